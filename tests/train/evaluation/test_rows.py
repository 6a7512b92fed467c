from __future__ import annotations

import pytest

from perfopt_cli.core import PerfoptError, Speedup
from perfopt_cli.train.evaluation.rows import Row, RowFile
from perfopt_cli.train.records import Level, Score

SETTINGS = {"data": "abc", "samples": 4}
ROW = Row(
    3,
    "p1",
    scores=(Score(Level.FASTER, "", Speedup(2.0, 1.5, 2.5)), Score(Level.BROKEN, "line 1 — é")),
    target=Score(Level.PASSED),
    counts=(120, None),
    least=100,
)


def test_a_row_comes_back_as_it_was(tmp_path):
    with RowFile(tmp_path / "rows.jsonl", SETTINGS) as rows:
        rows.add(ROW)
    with RowFile(tmp_path / "rows.jsonl", SETTINGS) as rows:
        assert rows.done == {3: ROW}


def test_a_line_cut_short_is_dropped_and_written_over(tmp_path):
    path = tmp_path / "rows.jsonl"
    with RowFile(path, SETTINGS) as rows:
        rows.add(ROW)
    path.write_bytes(path.read_bytes() + b'{"row": 4, "gro')
    other = Row(4, "p2", skipped="no tests")
    with RowFile(path, SETTINGS) as rows:
        assert list(rows.done) == [3]
        rows.add(other)
    with RowFile(path, SETTINGS) as rows:
        assert rows.done == {3: ROW, 4: other}


def test_rows_of_other_settings_are_refused_with_the_difference(tmp_path):
    RowFile(tmp_path / "rows.jsonl", SETTINGS).__exit__()
    with pytest.raises(PerfoptError, match="samples was 4 and is 8"):
        RowFile(tmp_path / "rows.jsonl", {"data": "abc", "samples": 8})


def test_a_file_that_holds_something_else_is_left_alone(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"hello": 1}\n')
    with pytest.raises(PerfoptError, match="line 1"):
        RowFile(path, SETTINGS)
    assert path.read_text() == '{"hello": 1}\n'


def test_a_folder_that_can_not_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PerfoptError, match="can't be"):
        RowFile(tmp_path / "file" / "rows.jsonl", SETTINGS)

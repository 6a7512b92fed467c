from __future__ import annotations

import csv
import lzma
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.formats.rows import Row, Skip, excerpt, read_rows


def test_an_excerpt_shows_no_control_character() -> None:
    assert excerpt("a\x1b[31m\n\ud800") == r"'a\x1b[31m\n\ud800'"
    assert excerpt("x" * 81) == repr("x" * 80) + "…"


def test_a_line_separator_in_a_text_does_not_end_the_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('\ufeff{"a": "1\u2028\x0c2"}\r\n\n{"a": 2}', encoding="utf-8")
    skip, row = list(read_rows(path))
    # A form feed must be escaped in JSON; the line as a whole is one row.
    assert isinstance(skip, Skip)
    assert row == Row("a.jsonl:3", {"a": 2}, "'{\"a\": 2}'")


def test_xz_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.xz"
    path.write_bytes(lzma.compress(b'{"a": 1}\n'))
    assert [row.values for row in read_rows(path) if isinstance(row, Row)] == [{"a": 1}]
    path.write_bytes(b"nothing")
    with pytest.raises(PerfoptError, match="is damaged"):
        list(read_rows(path))


def test_csv_is_read_with_the_line_where_a_row_begins(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    long = "x" * 200_000
    path.write_text(f'a,b\n"1\n2",3\n{long},4\n5\n', encoding="utf-8-sig")
    before = csv.field_size_limit()
    rows = [row for row in read_rows(path) if isinstance(row, Row)]
    assert [(row.where, row.values) for row in rows] == [
        ("a.csv:2", {"a": "1\n2", "b": "3"}),
        ("a.csv:4", {"a": long, "b": "4"}),
        ("a.csv:5", {"a": "5", "b": None}),
    ]
    assert csv.field_size_limit() == before


def test_csv_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n\xff,1\n")
    with pytest.raises(PerfoptError, match="not UTF-8"):
        list(read_rows(path))


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match=r"a\.jsonl can't be read: No such file"):
        list(read_rows(tmp_path / "a.jsonl"))

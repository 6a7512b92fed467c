from __future__ import annotations

import json

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.train import records
from perfopt_cli.train.evaluation.sources import ReplaySource, open_source
from perfopt_cli.train.records import Pair

PAIR = Pair("p1", "print(1)\n", "print(1)\n", records.Tests(), "test.jsonl:4")
PLAIN = {"adapter": None, "quantize": "auto", "style": None, "preset": None, "seed": 0}


def replay(tmp_path, *lines):
    path = tmp_path / "found.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return ReplaySource(path)


def test_lines_are_found_by_row_place_and_group_in_this_order(tmp_path):
    source = replay(
        tmp_path,
        {"group": "p1", "source": "a"},
        {"row": 7, "source": "b"},
        {"where": "test.jsonl:4", "source": "c"},
        {"group": "p2", "source": "d"},
    )
    assert source.propose(7, PAIR, 8) == ["b", "c", "a"]
    assert source.propose(8, PAIR, 8) == ["c", "a"]
    assert source.propose(7, PAIR, 2) == ["b", "c"]
    assert source.most == 3


def test_another_file_of_the_same_name_is_another_source(tmp_path):
    first = replay(tmp_path, {"row": 0, "source": "a"}).identity
    assert replay(tmp_path, {"row": 0, "source": "b"}).identity != first


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 1"),
        ("[]", "not a JSON object"),
        ('{"row": 1}', '"source" must be a string'),
        ('{"source": "x"}', 'one of "row"'),
        ('{"source": "x", "row": 1, "group": "p"}', 'one of "row"'),
        ('{"source": "x", "row": "1"}', "must be a number"),
        ('{"source": "x", "row": true}', "must be a number"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(tmp_path, line, why):
    path = tmp_path / "bad.jsonl"
    path.write_text(line)
    with pytest.raises(PerfoptError, match=why):
        ReplaySource(path)


def test_a_replay_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PerfoptError, match="does not exist"):
        open_source(f"replay:{tmp_path}/none.jsonl", **PLAIN)


def test_an_adapter_needs_a_model(tmp_path):
    with pytest.raises(PerfoptError, match="needs a local model"):
        open_source("rules", **{**PLAIN, "adapter": tmp_path})


def test_servers_are_refused():
    with pytest.raises(PerfoptError, match="asks no model servers"):
        open_source("http://localhost:1/v1#m", **PLAIN)


def test_the_rules_rewrite_whole_programs():
    slow = "out = []\nfor i in range(4):\n    out.append(i)\nprint(out)\n"
    pair = Pair("p", slow, slow, records.Tests())
    assert "append" not in open_source("rules", **PLAIN).propose(0, pair, 1)[0]

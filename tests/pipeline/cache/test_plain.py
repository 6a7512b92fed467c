"""Records come back from JSON as they were, or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from perfopt_cli.core import Baseline, Quad, Reason, Speedup, Support, Target, Timing
from perfopt_cli.locate import Failure, Located
from perfopt_cli.pipeline.cache.plain import decode, encode

TARGET = Target("m.py", "f", 3, "def f(): ...\n", share=0.5, tests=("t::a", "t::b"))
RECORDS: list[Any] = [
    TARGET,
    Timing(((Quad(1, 2, 3, 4), Quad(5, 6, 7, 8, 1, 2)), ()), Speedup(2.0, 1.5, 2.5)),
    Timing(()),
    Support(1, 2, 3, 3, ("missed",), (), "def test(): ...\n"),
    Located(
        Baseline({"t::a": "passed"}, 1.25),
        (TARGET,),
        (Failure("failed", "t::b", "why \udc80"),),
        ("note",),
        {"t::a": 0.5},
        0,
    ),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back(record: Any) -> None:
    data = json.loads(json.dumps(encode(record)))
    assert decode(type(record), data) == record


def test_a_path_comes_back() -> None:
    assert decode(Path, json.loads(json.dumps(encode(Path("/a/b"))))) == Path("/a/b")
    with pytest.raises(ValueError):
        decode(Path, 1)


def test_an_enumeration_comes_back() -> None:
    assert decode(Reason, encode(Reason.FASTER)) is Reason.FASTER


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Reason, "WRONG"),
        (int, "1"),
        (int, True),
        (int, 1.0),
        (bool, 1),
        (str, None),
        (str | None, 1),
        (tuple[int, ...], [1, "2"]),
        (tuple[int, int], [1]),
        (tuple[int, ...], "12"),
        (dict[str, str], {"a": 1}),
        (dict[str, str], []),
        (Speedup, {"ratio": 1.0, "low": 1.0}),
        (Speedup, {"ratio": 1.0, "low": 1.0, "high": 1.0, "more": 1.0}),
        (Speedup, {"ratio": 1.0, "low": 1.0, "high": "1.0"}),
        (Speedup, None),
        (Timing, {"samples": [[{"original_cpu": 1}]], "speedup": None, "sizes": []}),
    ],
)
def test_other_data_is_refused(kind: Any, data: Any) -> None:
    with pytest.raises(ValueError):
        decode(kind, data)


def test_a_value_that_json_has_no_form_for_is_refused() -> None:
    @dataclass(frozen=True)
    class Holder:
        data: bytes

    with pytest.raises(TypeError, match="bytes"):
        encode(Holder(b""))

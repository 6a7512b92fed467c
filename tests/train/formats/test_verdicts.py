from __future__ import annotations

from typing import Any

import pytest
from pair_rows import verdict

from perfopt_cli.core import Reason, Speedup
from perfopt_cli.train.formats.rows import BadRow, Row
from perfopt_cli.train.formats.verdicts import LEVELS, ReadVerdict, read_verdict
from perfopt_cli.train.records import Level


def read(**more: Any) -> ReadVerdict:
    return read_verdict(Row("v:1", verdict(**more), ""))


def test_a_verdict_is_read() -> None:
    scored = read().scored
    assert scored.group == "shop/order.py::Order.total"
    assert scored.code == "from x import one\n\ndef total(self):\n    return one\n"
    assert (scored.level, scored.reward) == (Level.FASTER, 2.0)
    assert (scored.speedup, scored.origin) == (Speedup(3.0, 2.5, 3.5), "rules:a")


def test_what_the_prompt_showed_of_the_module_goes_above_the_function() -> None:
    pair = read(context="import re\nLIMIT = 3").draft.pair
    assert pair.slow == "import re\nLIMIT = 3\n\ndef total(self):\n    return 1\n"


@pytest.mark.parametrize(
    ("reason", "candidate", "level"),
    [
        ("TESTS_FAILED", "x = 1", Level.FAILED),
        ("INVALID", "x = 1", Level.FAILED),
        ("INVALID", "def f(", Level.BROKEN),
        ("UNSAFE", "x = 1", Level.FAILED),
        ("NOT_FASTER", "x = 1", Level.PASSED),
    ],
)
def test_the_reason_gives_the_level(reason: str, candidate: str, level: Level) -> None:
    read_one = read(status="rejected", reason=reason, candidate=candidate, speedup=None)
    assert (read_one.scored.level, read_one.accepted) == (level, False)


def test_every_reason_has_a_level_or_says_nothing() -> None:
    silent = {Reason.DUPLICATE, Reason.UNTESTED, Reason.FLAKY, Reason.BUDGET}
    assert set(Reason) == set(LEVELS) | silent
    assert not set(LEVELS) & silent


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"status": "rejected"}, "contradict"),
        ({"reason": "TESTS_FAILED"}, "contradict"),
        ({"reason": "NICE"}, "none that perfopt gives"),
        ({"status": []}, "none that perfopt gives"),
        ({"status": None}, "none that perfopt gives"),
        ({"qualname": ""}, "qualname is empty"),
        ({"imports": "import x"}, "imports is no list"),
        ({"imports": [1]}, "an import is no text"),
        ({"speedup": {"ratio": 2.0}}, "speedup"),
        ({"speedup": 2.0}, "speedup"),
        ({"origin": 3}, "origin is no text"),
    ],
)
def test_a_line_of_another_form_is_refused(more: dict[str, Any], why: str) -> None:
    with pytest.raises(BadRow, match=why):
        read(**more)

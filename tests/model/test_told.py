from __future__ import annotations

from dataclasses import replace

import pytest
from asking import FACTS, TARGET

from perfopt_cli.core import Argument, Callee, Facts, HotLine, Seen
from perfopt_cli.model.told import duration, facts_parts, types_of


def told(facts: Facts, section: str = "facts") -> list[str]:
    return [part.text for part in facts_parts(facts, TARGET) if part.section == section]


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        ((Seen("shop.Order", 7),), "`shop.Order`"),
        ((Seen("list[str]", 7, (0, 3, 1200)),), "`list[str]` of length 0 to 1,200 (median 3)"),
        ((Seen("str", 7, (2, 2, 2)),), "`str` of length 2"),
        ((Seen("int", 7, (-5, 0, 5000)),), "`int` -5 to 5,000 (median 0)"),
        (
            (Seen("int", 2, (1, 1, 1)), Seen("None", 1)),
            "`int` 1 in 2 of 3 calls; `None` in 1 of 3 calls",
        ),
    ],
)
def test_types_are_told_with_sizes_and_how_often(seen: tuple[Seen, ...], text: str) -> None:
    assert types_of(seen) == text


@pytest.mark.parametrize(
    ("nanos", "text"),
    [
        (12, "12 ns"),
        (1_200, "1.2 us"),
        (40_000, "40 us"),
        (2_500_000, "2.5 ms"),
        (3 * 10**9, "3.0 s"),
    ],
)
def test_times_have_two_digits(nanos: int, text: str) -> None:
    assert duration(nanos) == text


def test_the_class_of_self_is_told_once_and_its_fields_by_name() -> None:
    facts = Facts(
        1, (Argument("self", (Seen("m.Shop", 1),)), Argument("self.items", (Seen("list", 1),))),
        owner="m.Shop",
    )  # fmt: skip
    assert told(facts) == ["- `self` is a `m.Shop`", "- `self.items`: `list`"]


def test_what_was_not_run_again_is_not_said_to_leave_its_arguments() -> None:
    assert not any("leaves" in line for line in told(replace(FACTS, arguments=(), rerun=0)))
    assert "- it leaves its arguments as they are" in told(replace(FACTS, arguments=()))


def test_lines_that_take_little_are_not_told() -> None:
    assert len(told(FACTS, "lines")) == 3


@pytest.mark.parametrize("number", [0, -3, 99])
def test_a_line_that_is_not_in_the_source_is_told_by_its_number(number: int) -> None:
    facts = replace(FACTS, lines=(HotLine(number, 0.5, 1.0),))
    assert told(facts, "lines") == [f"- line {number}: 50%"]


def test_a_callee_that_would_end_its_block_is_left_out() -> None:
    facts = replace(FACTS, callees=(Callee("f", 'def f():\n    """```"""\n'),))
    assert told(facts, "callees") == []


def test_of_a_changed_object_the_fields_are_named() -> None:
    changed = [Argument(name, (Seen("list", 1),), 1) for name in ("self", "self.items", "rows")]
    facts = Facts(1, tuple(changed), rerun=1)
    assert "- it changes `self.items` and `rows` in place" in told(facts)
    assert "- it changes `self` in place" in told(Facts(1, tuple(changed[:1]), rerun=1))

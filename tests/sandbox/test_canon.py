"""The canonical form: what counts as the same, and what does not."""

from __future__ import annotations

import collections
import dataclasses
import decimal
import enum
import hashlib
import re
from typing import Any

import pytest

from perfopt_cli.sandbox.worker.canon import Canonizer, Opaque


class Liar:
    def __init__(self, value: int) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "Liar"


class Slotted:
    __slots__ = ("a", "b")


class MyList(list):  # type: ignore[type-arg]
    pass


class MyInt(int):
    pass


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


@dataclasses.dataclass
class Point:
    x: float
    y: float


def canonical(value: object) -> str:
    writer = Canonizer()
    writer.write(value)
    return writer.text()


def twice(value: Any) -> list[Any]:
    return [value, value]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(1, True, id="int and bool"),
        pytest.param(1, 1.0, id="int and float"),
        pytest.param({1}, {True}, id="set members by type"),
        pytest.param({1: 0}, {True: 0}, id="dict keys by type"),
        pytest.param(0.0, -0.0, id="signed zeros"),
        pytest.param(0.1 + 0.2, 0.3, id="floats to the last bit"),
        pytest.param([1], (1,), id="list and tuple"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, id="dict order"),
        pytest.param("a", b"a", id="text and bytes"),
        pytest.param(ValueError("a"), ValueError("b"), id="exception text"),
        pytest.param(ValueError("a"), KeyError("a"), id="exception type"),
        pytest.param(Liar(1), Liar(2), id="objects that call themselves equal"),
        pytest.param(twice([]), [[], []], id="one object twice, and two objects"),
        pytest.param([1], MyList([1]), id="subclass of list"),
        pytest.param(1, MyInt(1), id="subclass of int"),
        pytest.param(collections.OrderedDict(a=1), {"a": 1}, id="subclass of dict"),
        pytest.param(collections.Counter("a"), collections.Counter("b"), id="counters"),
        pytest.param(collections.deque([1], 2), collections.deque([1], 3), id="deque length"),
        pytest.param(Colour.RED, Colour.BLUE, id="enum members"),
        pytest.param(Point(1, 2), Point(1, 2.0), id="fields of dataclasses"),
        pytest.param(decimal.Decimal("1.0"), decimal.Decimal("1.00"), id="decimals"),
        pytest.param(re.compile("a"), re.compile("a", re.I), id="pattern flags"),
        pytest.param(iter([1, 2]), iter([1]), id="what an iterator has left"),
        pytest.param((n for n in [1]), [1], id="generator and list"),
        pytest.param(frozenset({1}), {1}, id="frozenset and set"),
        pytest.param(set([1, 9, 17]), set([17, 9, 1]), id="order of a set of integers"),  # noqa: C405
        pytest.param(10**5000, 10**5000 + 1, id="very long integers"),
        pytest.param("x\ud800", "x", id="lone surrogates"),
        pytest.param(int, float, id="classes"),
        pytest.param(len, max, id="built-in functions"),
    ],
)
def test_what_differs_is_written_differently(one: object, other: object) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(float("nan"), float("nan"), id="nan"),
        pytest.param({"c", "a"}, {"a", "c"}, id="sets in any order"),
        pytest.param({"b", "a"}, {"a", "b"}, id="sets of text"),
        pytest.param(Point(1, 2), Point(1, 2), id="equal fields"),
        pytest.param([(1, "a")], [(1, "a")], id="nested values"),
        pytest.param(ValueError("a", 1), ValueError("a", 1), id="exceptions"),
    ],
)
def test_what_is_the_same_is_written_the_same(one: object, other: object) -> None:
    assert canonical(one) == canonical(other)


def test_a_cycle_has_a_form() -> None:
    value: list[Any] = [1]
    value.append(value)
    assert canonical(value) == "builtins.list[int:1,#0,]"


def test_slots_count_set_or_not() -> None:
    one, other = Slotted(), Slotted()
    one.a = 1  # type: ignore[attr-defined]
    assert canonical(one) != canonical(other)


def test_aliasing_across_values_counts() -> None:
    shared: list[int] = []
    assert canonical((shared, [shared])) != canonical((shared, [[]]))


def test_a_value_of_an_unknown_native_type_is_opaque() -> None:
    with pytest.raises(Opaque):
        canonical(hashlib.sha256())


def test_an_endless_iterator_ends() -> None:
    import itertools

    assert canonical(itertools.count()).endswith("...>")


def test_a_lambda_is_told_by_its_code() -> None:
    assert canonical(lambda: 1) != canonical(lambda x: x + 1)

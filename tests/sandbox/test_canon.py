"""The canonical form: what counts as the same, and what does not."""

from __future__ import annotations

import array
import collections
import ctypes
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import io
import operator
import os
import pathlib
import random
import re
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

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


class Flags(enum.Flag):
    A = 1
    B = 2


class Pair(NamedTuple):
    left: int
    right: int


class MyStr(str):
    pass


class Zone(datetime.tzinfo):
    def __init__(self, hours: int) -> None:
        self.hours = hours

    def __repr__(self) -> str:
        return "Zone()"


NOON = datetime.datetime(2024, 1, 1, 12)


def closure(value: int) -> Callable[[], int]:
    return lambda: value


def made_class(value: int) -> type:
    class Made:
        number = value

    return Made


def moved(value: dict[str, int]) -> collections.OrderedDict[str, int]:
    ordered = collections.OrderedDict(value)
    ordered.move_to_end("a")
    return ordered


def at(file: io.StringIO, position: int) -> io.StringIO:
    file.seek(position)
    return file


def held() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


def used(path: pathlib.Path) -> pathlib.Path:
    hash(path)
    assert path.parts
    return path


def struct_time(offset: float) -> os.stat_result:
    return os.stat_result([1] * 10, {"st_atime": offset})


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
        pytest.param({1.5, 2.5}, {2.5, 1.5, 3.5}, id="sets of floats"),
        pytest.param({"a": 1}.keys(), {"a": 2}.keys(), id="the dict under a view"),
        pytest.param([].append, [1].append, id="methods of different lists"),
        pytest.param(Point(1, 2).__init__, Point(1, 3).__init__, id="methods of other objects"),
        pytest.param(functools.partial(int, "1"), functools.partial(int, "2"), id="partials"),
        pytest.param(lambda: 1, lambda: 2, id="constants of a lambda"),
        pytest.param(lambda x=1: x, lambda x=2: x, id="defaults of a lambda"),
        pytest.param(closure(1), closure(2), id="what a function closes over"),
        pytest.param(made_class(1)(), made_class(2)(), id="classes made in a function"),
        pytest.param(Flags.A, Flags.A | Flags.B, id="flags"),
        pytest.param(Pair(1, 2), Pair(1, 3), id="named tuples"),
        pytest.param(moved({"a": 1, "b": 2}), collections.OrderedDict(a=1, b=2), id="OrderedDict"),
        pytest.param(collections.ChainMap({}, {}), collections.ChainMap({}), id="ChainMap"),
        pytest.param(collections.defaultdict(int), collections.defaultdict(list), id="defaults"),
        pytest.param(NOON, NOON.replace(fold=1), id="fold"),
        pytest.param(NOON, NOON.replace(tzinfo=datetime.timezone.utc), id="time zones"),
        pytest.param(NOON.replace(tzinfo=Zone(1)), NOON.replace(tzinfo=Zone(2)), id="own zones"),
        pytest.param(complex(0.0, 0.0), complex(-0.0, 0.0), id="complex zeros"),
        pytest.param(fractions.Fraction(1, 2), fractions.Fraction(1, 3), id="fractions"),
        pytest.param(slice(1, 2), slice(1, None), id="slices"),
        pytest.param(at(io.StringIO("abc"), 1), at(io.StringIO("abc"), 2), id="position in a text"),
        pytest.param(io.BytesIO(b"a"), io.BytesIO(b"b"), id="bytes held in memory"),
        pytest.param(re.match("(a)(b)?", "ab"), re.match("(a)(b)?", "ac"), id="groups of a match"),
        pytest.param(array.array("i", [1]), array.array("l", [1]), id="arrays"),
        pytest.param(memoryview(b"ab"), memoryview(b"ac"), id="memory views"),
        pytest.param(ctypes.c_int(1), ctypes.c_int(2), id="ctypes"),
        pytest.param(pathlib.Path("a"), pathlib.PurePath("a"), id="kinds of paths"),
        pytest.param(pathlib.Path("a"), pathlib.Path("b"), id="paths"),
        pytest.param(random.Random(1), random.Random(2), id="generators of random numbers"),
        pytest.param(held(), threading.Lock(), id="locks"),
        pytest.param(types.SimpleNamespace(a=1), types.SimpleNamespace(a=2), id="namespaces"),
        pytest.param(types.MappingProxyType({1: 1}), types.MappingProxyType({1: 2}), id="proxies"),
        pytest.param(weakref.ref(Colour.RED), weakref.ref(Colour.BLUE), id="weak references"),
        pytest.param(operator.itemgetter(1), operator.itemgetter(2), id="item getters"),
        pytest.param(property(len), property(max), id="properties"),
        pytest.param(struct_time(1.0), struct_time(2.0), id="hidden fields of a struct sequence"),
        pytest.param([(n for n in [1])], [(n for n in [2])], id="generators in a list"),
        pytest.param(MyStr("a"), MyStr("b"), id="subclass of str"),
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
        pytest.param(closure(1), closure(1), id="the same closure made twice"),
        pytest.param(made_class(1)(), made_class(1)(), id="the same class made twice"),
        pytest.param([Pair(1, 2)] * 2, [Pair(1, 2), Pair(1, 2)], id="equal immutable values"),
        pytest.param(pathlib.Path("a"), used(pathlib.Path("a")), id="what a path remembers"),
        pytest.param(threading.Lock(), threading.Lock(), id="locks"),
    ],
)
def test_what_is_the_same_is_written_the_same(one: object, other: object) -> None:
    assert canonical(one) == canonical(other)


def test_an_iterator_over_a_list_is_not_one_over_a_copy() -> None:
    items = [1, 2]
    assert canonical((items, iter(items))) != canonical((items, iter(list(items))))


def test_a_member_of_a_set_met_again_is_the_same_object() -> None:
    one, other = Liar(1), Liar(1)
    assert canonical(({one}, one)) != canonical(({one}, other))


def test_functions_that_share_a_variable_differ_from_those_that_have_their_own() -> None:
    def two(shared: bool) -> list[Callable[[], int]]:
        n, m = 0, 0

        def one() -> int:
            nonlocal n
            n += 1
            return n

        def copy() -> int:
            nonlocal m
            m += 1
            return m

        return [one, one if shared else copy]

    assert canonical(two(True)) != canonical(two(False))


def test_the_code_under_test_stands_for_itself_in_whichever_version() -> None:
    def first() -> int:
        return 1

    def second() -> int:
        return 2

    second.__name__, second.__qualname__ = first.__name__, first.__qualname__
    texts = []
    for function in (first, second):
        writer = Canonizer(target=function.__code__)
        writer.write([function])
        texts.append(writer.text())
    assert texts[0] == texts[1]


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

"""Calls written as Python to paste: what they look like, and that they hold."""

from __future__ import annotations

import array
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import pathlib
import sys
import typing
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from perfopt_cli.sandbox.worker.expressions import Unpasteable, Writer
from perfopt_cli.sandbox.worker.paste import Call, import_lines
from perfopt_cli.sandbox.worker.replay import canonical


class Color(enum.Enum):
    RED = 1


class Access(enum.Flag):
    READ = 1
    WRITE = 2


@dataclasses.dataclass
class Order:
    id: int
    lines: list[int] = dataclasses.field(default_factory=list)

    def total(self, times: int = 1, *, plus: int = 0) -> int:
        return sum(self.lines) * times + plus

    @property
    def size(self) -> int:
        return len(self.lines)

    @classmethod
    def empty(cls, number: int) -> Order:
        return cls(number)

    @staticmethod
    def half(number: int) -> float:
        return number / 2


class Point(typing.NamedTuple):
    x: int
    y: int = 0


class Account:
    def __init__(self, owner: str, limit: int = 10) -> None:
        self._owner = owner
        self.limit = limit


class Grown:
    def __init__(self, size: int) -> None:
        self.size = size
        self.extra: list[int] = []


class Text(str):
    pass


def plain(items: object, start: int = 0, *rest: int, scale: float = 1.0, **more: int) -> None:
    raise AssertionError("the function itself is not to run")


@functools.lru_cache
def cached(number: int) -> int:
    return number


def stepping(number: int) -> Iterator[int]:
    yield number


async def waiting(number: int) -> int:
    return number


def helper(number: int) -> int:
    return number


def evaluated(value: object) -> tuple[str, object]:
    writer = Writer(value)
    text = writer.write(value)
    namespace: dict[str, Any] = {}
    for line in import_lines(writer.modules):
        exec(line, namespace)
    return text, eval(text, namespace)


SHARED = [1]
VALUES: list[tuple[object, str]] = [
    (None, "None"),
    ([1, "a", b"b", True], "[1, 'a', b'b', True]"),
    ({"a": (1,), 2: ()}, "{'a': (1,), 2: ()}"),
    ([float("nan"), float("inf"), float("-inf"), -0.0], 'float("nan")'),
    (complex(1, -0.0), "complex(1.0, -0.0)"),
    ({3, 1, 2}, "{1, 2, 3}"),
    (set(), "set()"),
    (frozenset(), "frozenset()"),
    (frozenset("ba"), "frozenset({'a', 'b'})"),
    (bytearray(b"x"), "bytearray(b'x')"),
    (Color.RED, "Color.RED"),
    (Access.READ | Access.WRITE, "Access(3)"),
    (Order(1, [2]), "Order(1, [2])"),
    (Point(1, 2), "Point(x=1, y=2)"),
    (Account("me"), "Account('me')"),
    (Account("me", 3), "Account('me', 3)"),
    (Text("a"), "Text('a')"),
    (decimal.Decimal("1.50"), "Decimal('1.50')"),
    (fractions.Fraction(1, 3), "Fraction(1, 3)"),
    (datetime.date(2024, 1, 2), "datetime.date(2024, 1, 2)"),
    (datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc), "timezone.utc"),
    (datetime.timedelta(days=1), "datetime.timedelta(days=1)"),
    (pathlib.Path("a/b"), "Path('a/b')"),
    (pathlib.PurePosixPath("a"), "PurePosixPath('a')"),
    (uuid.UUID(int=5), "UUID('00000000-0000-0000-0000-000000000005')"),
    (collections.defaultdict(list, {1: [2]}), "defaultdict(list, {1: [2]})"),
    (collections.Counter("aab"), "Counter({'a': 2, 'b': 1})"),
    (collections.OrderedDict([(1, 2)]), "OrderedDict([(1, 2)])"),
    (collections.deque([1], 3), "deque([1], 3)"),
    (array.array("i", [1, 2]), "array('i', [1, 2])"),
    (range(1, 9, 2), "range(1, 9, 2)"),
    ([0] * 1001, "[0] * 1001"),
    (list(range(1, 1002)), "list(range(1, 1002))"),
    ([0] * 9 + [1, 2] + [""] * 20, "[0] * 9 + [1, 2] + [''] * 20"),
    ("ab" * 3, "'ababab'"),
    ("a" * 500, "'a' * 500"),
    ([SHARED, SHARED], "[(_1 := [1]), _1]"),
    ([helper, len, Order, sys], "[helper, len, Order, sys]"),
    (iter([1, 2]), "iter([1, 2])"),
    (ValueError("no", 1), "ValueError('no', 1)"),
]


@pytest.mark.parametrize(("value", "wanted"), VALUES, ids=[text for _, text in VALUES])
def test_a_value_is_written_so_that_it_comes_back(value: object, wanted: str) -> None:
    text, again = evaluated(value)
    assert wanted in text
    assert canonical(again) == canonical(value)


def itself() -> list[object]:
    value: list[object] = []
    value.append(value)
    return value


@pytest.mark.parametrize("value", [lambda: 1, itself(), (item for item in [1])])
def test_what_has_no_text_is_said_so(value: object) -> None:
    with pytest.raises(Unpasteable):
        evaluated(value)


def written(function: Any, qualname: str, *args: object, **kwargs: object) -> Any:
    inner = getattr(function, "__wrapped__", function)
    call = Call(inner, {"module": __name__, "qualname": qualname})
    return call.write(list(args), kwargs)


FROM = f"from {__name__} import"


@pytest.mark.parametrize(
    ("function", "args", "kwargs", "wanted"),
    [
        (plain, ([1], 0), {"scale": 1.0}, "plain([1])"),
        (plain, ([1], 2, 3), {"scale": 2.0, "other": 4}, "plain([1], 2, 3, scale=2.0, other=4)"),
        (plain, ([1], 0, 3), {"scale": 1.0}, "plain([1], 0, 3)"),
        (cached, (3,), {}, "cached(3)"),
        (stepping, (3,), {}, "list(stepping(3))"),
        (waiting, (3,), {}, "asyncio.run(waiting(3))"),
    ],
)
def test_a_call_is_written_with_what_is_to_be_imported(
    function: Callable[..., object], args: tuple[object], kwargs: dict[str, object], wanted: str
) -> None:
    imports, text = written(function, function.__name__, *args, **kwargs)
    assert text == wanted
    assert imports[-1] == f"{FROM} {function.__name__}"


@pytest.mark.parametrize(
    ("function", "args", "wanted"),
    [
        (Order.total, (Order(1, [2]), 1), "Order(1, [2]).total()"),
        (Order.total, (Order(1, [2]), 3), "Order(1, [2]).total(3)"),
        (vars(Order)["size"].fget, (Order(1, []),), "Order(1, []).size"),
        (vars(Order)["empty"].__func__, (Order, 7), "Order.empty(7)"),
        (Order.half, (7,), "Order.half(7)"),
    ],
)
def test_methods_are_called_on_their_object(
    function: Callable[..., object], args: tuple[object], wanted: str
) -> None:
    kwargs = {"plus": 0} if function is Order.total else {}
    name = function.__name__
    assert written(function, f"Order.{name}", *args, **kwargs) == ([f"{FROM} Order"], wanted)


def test_an_instance_that_its_constructor_does_not_give_is_not_pasteable() -> None:
    grown = Grown(3)
    grown.extra.append(1)
    assert written(plain, "plain", Grown(3), 0, scale=1.0)[1] == "plain(Grown(3))"
    assert written(plain, "plain", grown, 0, scale=1.0) is None


def test_a_text_that_would_be_very_long_is_not_given() -> None:
    assert written(plain, "plain", [str(i) for i in range(1000)], 0, scale=1.0) is None


def test_the_function_is_not_run_and_tracing_is_left_as_it_was() -> None:
    before = sys.gettrace()
    assert written(plain, "plain", 1, 0, scale=1.0) is not None
    assert sys.gettrace() is before

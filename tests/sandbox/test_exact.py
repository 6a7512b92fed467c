"""Exact types hold for every item of every call; what is not known for all is anything."""

from __future__ import annotations

import ast
import collections
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from perfopt_cli.sandbox.worker.exact import Exact, text
from perfopt_cli.sandbox.worker.subject import Subject


class Point:
    def __init__(self, x: Any) -> None:
        self.x = x

    @property
    def y(self) -> int:
        return 1


class Hidden(Point):
    def __getattribute__(self, name: str) -> Any:
        return object.__getattribute__(self, name)


class Words(list[str]): ...


def cyclic() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def of(*values: Any) -> str:
    exact = Exact(Subject(lambda x: x, [], ast.parse("def f(x): pass").body[0]))
    for value in values:
        exact.note((value,), {})
    return text(exact.seen["x"])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1], "int"),
        ([1, True, None], "None | bool | int"),
        ([[1, 2], []], "list[int]"),
        ([[]], "list[Never]"),
        ([[*range(1000), "x"]], "list[int | str]"),
        ([[[1], ["x"]]], "list[list[int | str]]"),
        ([{"a": {1, 2}}, {}], "dict[str, set[int]]"),
        ([(1, "x"), (2, "y")], "tuple[int, str]"),
        ([(1, "x"), (2,)], "tuple[int | str, ...]"),
        ([()], "tuple[Never, ...]"),
        ([tuple(range(9))], "tuple[int, ...]"),
        ([[(1, 2.5)] * 3], "list[tuple[int, float]]"),
        ([collections.defaultdict(list, a=[1])], "defaultdict[str, list[int]]"),
        ([collections.deque([b"x"])], "deque[bytes]"),
        ([[Point(1)]], "list[own.Point]"),
        ([[Point(1), 1]], "list[int | own.Point]"),
        ([Words()], "own.Words"),
        ([collections.Counter("a")], "object"),
        ([1, object()], "object"),
        ([[1, object()]], "list[object]"),
        ([cyclic()], "list[list[list[list[list[object]]]]]"),
        ([iter([1])], "object"),
    ],
)
def test_values_have_this_type(values: list[Any], told: str) -> None:
    assert of(*values) == told


def looked(function: Callable[..., Any], *recorded: tuple[Any, ...], body: str = "") -> Exact:
    node = ast.parse(f"def f(self): {body or 'pass'}").body[0]
    exact = Exact(Subject(function, [pickle.dumps((one, {})) for one in recorded], node))
    exact.look()
    return exact


def test_a_default_counts_where_the_argument_is_left_out() -> None:
    def f(x: Any, y: Any = None, *, z: Any = 1.5) -> None: ...

    assert looked(f, (1,), (1, "s")).rows() == [["x", "int"], ["y", "None | str"], ["z", "float"]]


def test_what_a_call_leaves_behind_counts() -> None:
    def f(xs: list[Any]) -> None:
        xs.append("x")

    exact = looked(f, ([1],))
    assert exact.rows() == [["xs", "list[int]"]]
    exact.look_again()
    assert exact.rows() == [["xs", "list[int | str]"]]


def test_nothing_is_told_where_not_all_calls_were_read() -> None:
    exact = Exact(Subject(lambda x: x, [], ast.parse("def f(x): pass").body[0]))
    exact.note((1,), {})
    assert exact.rows() == []


def f(self: Any) -> None: ...


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([Point(1), Point(2)], {"self": "own.Point", "self.x": "int"}),
        ([Point(1), Point("s")], {"self": "own.Point", "self.x": "int | str"}),
        ([Point(1), 3], {"self": "int | own.Point"}),
        ([Hidden(1)], {"self": "own.Hidden"}),
    ],
)
def test_a_field_is_known_where_every_instance_holds_it_itself(
    values: list[Any], told: dict[str, str]
) -> None:
    recorded = [(value,) for value in values]
    assert dict(looked(f, *recorded, body="self.x, self.y").rows()) == told

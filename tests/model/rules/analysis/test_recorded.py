"""Types of recorded calls count where annotations say nothing, or what is not so."""

from __future__ import annotations

import ast
import textwrap

import libcst as cst
import pytest

from perfopt_cli.model.rules import RULES, apply_rule
from perfopt_cli.model.rules.analysis.kinds import ANY, FLOAT, INT, SCALAR, STR, Kind
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.analysis.recorded import fields, refined, seen
from perfopt_cli.model.rules.base import Context
from perfopt_cli.source import definitions

MODULE = """
class Point:
    def __init__(self, x: int):
        self.x: int = x

Pair = tuple
list_of = list
"""


def ints(name: str = "list") -> Kind:
    return Kind(name, (INT,))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int", INT),
        ("bool | int", INT),
        ("None | int", SCALAR),
        ("list[int]", ints()),
        ("list[Never]", Kind("list", (ANY,))),
        ("dict[str, list[float]]", Kind("dict", (STR, Kind("list", (FLOAT,))))),
        ("tuple[int, str]", Kind("row", (INT, STR))),
        ("tuple[int, ...]", Kind("tuple", (INT,))),
        ("list[object]", Kind("list", (ANY,))),
        ("own.Point", Kind("record", (), "Point")),
        ("list[own.Point]", Kind("list", (Kind("record", (), "Point"),))),
        ("own.Pair", None),
        ("own.Missing", None),
        ("Never", None),
        ("object", None),
        ("int | object", None),
        ("list[int] | set[int]", None),
        ("tuple[int] | ...", None),
        ("list[int, int]", None),
        ("list[", None),
    ],
)
def test_a_type_is_read_or_left_out(text: str, kind: Kind | None) -> None:
    assert seen([("x", text)], Module(MODULE)) == ({} if kind is None else {"x": kind})


@pytest.mark.parametrize(
    ("promise", "given", "found"),
    [
        (ANY, ints(), ints()),
        (ints(), ANY, ints()),
        (Kind("list", (ANY,)), ints(), ints()),
        (SCALAR, INT, SCALAR),
        (STR, INT, INT),
        (ints(), Kind("list", (STR,)), Kind("list", (STR,))),
        (ints(), ints("set"), ints("set")),
        (ints("tuple"), Kind("row", (INT, INT)), ints("tuple")),
        (ints("sequence"), ints(), ints("sequence")),
        (Kind("sequence", (ANY,)), ints(), ints("sequence")),
        (Kind("iterable", (ANY,)), STR, Kind("iterable", (STR,))),
        (Kind("mapping", (ANY, ANY)), Kind("dict", (STR, INT)), Kind("mapping", (STR, INT))),
        (Kind("mapping", (ANY, ANY)), ints(), ints()),
        (Kind("sequence", (ANY,)), INT, INT),
    ],
)
def test_an_annotation_stays_unless_it_says_nothing_or_what_is_not_so(
    promise: Kind, given: Kind, found: Kind
) -> None:
    assert refined(promise, given) == found


@pytest.mark.parametrize(
    ("function", "types", "kind"),
    [
        ("def f(x):\n    return x", {"x": "int"}, INT),
        ("def f(x):\n    return x", {"y": "int"}, ANY),
        ("def f(*, x):\n    return x", {"x": "int"}, INT),
        ("def f(*x):\n    return x", {"x": "int"}, Kind("tuple", (ANY,))),
        ("def f(x: 'What'):\n    return x", {"x": "int"}, INT),
        ("def f(x: str):\n    return x", {"x": "int"}, INT),
        ("def f(x: 'int | None'):\n    return x", {"x": "int"}, SCALAR),
        ("def f(xs):\n    return xs[0]", {"xs": "list[int]"}, INT),
        ("def f(xs):\n    g(xs)\n    return xs[0]", {"xs": "list[int]"}, INT),
        ("def f(xs):\n    xs.append(1.5)\n    return xs[0]", {"xs": "list[int]"}, FLOAT),
        ("def f(xs):\n    xs[0] = g()\n    return xs[0]", {"xs": "list[int]"}, ANY),
        ("def f(x):\n    x = g(x)\n    return x", {"x": "int"}, ANY),
        ("def f(x):\n    x = x + 1\n    return x", {"x": "int"}, INT),
        ("def f(xs):\n    xs = xs or [1]\n    g(xs)\n    return xs[0]", {"xs": "list[int]"}, ANY),
        ("def f(xs, k):\n    k = lambda xs: xs\n    return k(0)", {"xs": "list[int]"}, ANY),
        ("def f(m):\n    return [x for row in m for x in row][0]", {"m": "list[list[int]]"}, INT),
    ],
)
def test_a_value_has_this_type(function: str, types: dict[str, str], kind: Kind) -> None:
    text = f"{function}\n"
    module = Module(text)
    context = Context(definitions(text)["f"].source, module, "f", seen(types.items(), module))
    value = context.tree.owned(cst.Return)[-1].value
    assert value is not None
    assert context.kinds(value) == kind


SLOW = """
    def f(words, known):
        found = []
        for word in words:
            if word in known:
                found.append(word)
        return found
"""


@pytest.mark.parametrize(
    ("words", "known", "fires"),
    [
        ("list[str]", "list[str]", True),
        ("list[str]", "tuple[str, ...]", True),
        ("list[str]", "list[str | float]", False),
        ("list[str]", "list[object]", False),
        ("list[str]", "object", False),
        ("list[float]", "list[int]", False),
        ("object", "list[str]", False),
    ],
)
def test_a_rule_fires_by_recorded_types_alone(words: str, known: str, fires: bool) -> None:
    source = textwrap.dedent(SLOW).lstrip()
    types = [("words", words), ("known", known)]
    assert apply_rule(RULES["set-membership"], source) is None
    found = apply_rule(RULES["set-membership"], source, types=types)
    assert (found is not None) == fires


SHOP = """
class Shop:
    limit = 3

    def __init__(self, items, known):
        self.items = items
        self.known = known

    def total(self, other=None):
        BODY
"""


@pytest.mark.parametrize(
    ("body", "types", "known"),
    [
        ("return self.items", {"self": "own.Shop"}, {"items": "list[int]"}),
        ("return self.items[0]", {"self": "own.Shop | own.Cart"}, {}),
        ("return self.items[0]", {}, {}),
        ("self.items = []", {"self": "own.Shop"}, {}),
        ("del self.items", {"self": "own.Shop"}, {}),
        ("return other.items, self.items", {"self": "own.Shop"}, {}),
        ("self = other; return self.items", {"self": "own.Shop"}, {}),
        ("self.items.append(3)", {"self": "own.Shop"}, {"items": "list"}),
        ("self.items[0] = 3", {"self": "own.Shop"}, {"items": "list"}),
        (
            "return self.limit, self.items",
            {"self": "own.Shop", "self.limit": "int"},
            {"items": "list[int]"},
        ),
    ],
)
def test_a_field_is_known_where_the_method_leaves_it_alone(
    body: str, types: dict[str, str], known: dict[str, str]
) -> None:
    module = Module(SHOP.replace("BODY", body))
    given = {**types, "self.items": "list[int]"}
    found = fields(given.items(), module, "Shop.total")
    assert {name: ast.unparse(node) for name, node in found.items()} == known


def test_a_rule_fires_by_the_types_of_fields() -> None:
    body = """found = []
        for item in self.items:
            if item in self.known:
                found.append(item)
        return found"""
    text = SHOP.replace("BODY", body)
    source = definitions(text)["Shop.total"].source
    types = {"self": "own.Shop", "self.items": "list[int]", "self.known": "list[int]"}
    rule = RULES["set-membership"]
    assert apply_rule(rule, source, text, "Shop.total") is None
    found = apply_rule(rule, source, text, "Shop.total", tuple(types.items()))
    assert found is not None
    assert "set(self.known)" in found.source

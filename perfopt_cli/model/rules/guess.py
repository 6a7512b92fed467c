"""Whether types of recorded calls could tell the rules something: a guess by the function's text.

Reading recorded calls takes processes; a function that no rule would change for
any types that its text suggests is not worth them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from perfopt_cli.model.rules.analysis.kinds import ANY, Kind
from perfopt_cli.model.rules.base import Context

_ITEMS = ("int", "str", "list[int]", "tuple[int, int]")
_METHODS: Mapping[str, frozenset[str]] = {
    "dict": frozenset({"items", "keys", "values", "get", "setdefault", "popitem"}),
    "set": frozenset({"add", "discard", "union", "intersection", "difference", "issubset"}),
    "str": frozenset({"split", "strip", "lower", "upper", "startswith", "endswith", "join"})
    | {"replace", "find", "isdigit", "isalpha", "isalnum", "islower", "isupper", "encode"},
}
_READERS = frozenset({"len", "sum", "min", "max", "sorted", "set", "list", "tuple", "enumerate"})
_READERS |= {"zip", "reversed", "any", "all", "map", "filter", "iter"}


def open_parameters(context: Context) -> list[str]:
    """Return the parameters of which something is not known without recorded calls."""
    params = context.tree.root.params
    named = (*params.posonly_params, *params.params, *params.kwonly_params)
    symbols = {s.name: s for s in context.names.symbols if s.scope is context.tree.root}
    return [
        param.name.value
        for param in named
        if param.name.value in symbols and param.name.value not in ("self", "cls")
        if _is_open(context.kinds.known[symbols[param.name.value]])
    ]


def guesses(context: Context) -> Iterator[list[tuple[str, str]]]:
    """Yield types that the open parameters may have, all together, by how they are used."""
    names = open_parameters(context)
    if not names:
        return
    uses = _uses(context.text.code)
    told: set[tuple[tuple[str, str], ...]] = set()
    for item in (*_ITEMS, "text"):
        types = [(name, _guess(uses.get(name, ""), item)) for name in names]
        if tuple(types) not in told:
            told.add(tuple(types))
            yield types


def _guess(use: str, item: str) -> str:
    if item == "text":
        return "str" if use == "held" else _guess(use, "str")
    scalar = item if item in ("int", "str") else "int"
    if use == "rows":
        return f"list[list[{scalar}]]"
    if use == "held":
        return f"list[{item}]"
    if use == "dict":
        return f"dict[str, {item}]"
    if use == "set":
        return f"set[{scalar}]"
    return use or scalar


def _uses(source: str) -> dict[str, str]:
    """Return for names what they seem to be: a form, ``held``, ``rows``; nothing for scalars."""
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(source)):
        for name, use in _use(node):
            # What says more wins: a method's name, then two indices, then one.
            if use in _METHODS or found.get(name, "") in ("", "held"):
                found[name] = use
    return found


def _use(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Attribute):
        for form, methods in _METHODS.items():
            if node.attr in methods:
                yield _name(node.value), form
    elif isinstance(node, ast.Subscript):
        yield _name(node.value), "held"
        if isinstance(node.value, ast.Subscript):
            yield _name(node.value.value), "rows"
    elif isinstance(node, (ast.For, ast.comprehension)):
        yield _name(node.iter), "held"
    elif isinstance(node, ast.Compare):
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, (ast.In, ast.NotIn)):
                yield _name(right), "held"
    elif isinstance(node, ast.Call) and _name(node.func) in _READERS:
        for argument in node.args:
            yield _name(argument), "held"


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _is_open(kind: Kind) -> bool:
    return kind == ANY or any(map(_is_open, kind.args))

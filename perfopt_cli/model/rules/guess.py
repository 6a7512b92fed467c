"""Whether types of recorded calls could tell the rules something: a guess by the function's text.

Reading recorded calls takes processes; a function that no rule would change for
any types that its text suggests is not worth them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import ANY, Kind
from perfopt_cli.model.rules.analysis.scan import bound
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
    """Return the parameters of which something is not known without recorded calls.

    And the free variables of a nested function that recorded calls may tell of.
    """
    params = context.tree.root.params
    named = (*params.posonly_params, *params.params, *params.kwonly_params)
    symbols = {s.name: s for s in context.names.symbols if s.scope is context.tree.root}
    known = {
        param.name.value: context.kinds.known[symbols[param.name.value]]
        for param in named
        if param.name.value in symbols and param.name.value not in ("self", "cls")
    }
    held = context.kinds.free
    known |= {name: kind for name, kind in held.items() if name in context.free.fixed}
    return [name for name, kind in known.items() if _is_open(kind)]


def open_fields(context: Context) -> list[str]:
    """Return the fields of a method's instance that it reads, of which something is not known.

    Named ``self.field``; none where the class's text says too little of its instances.
    """
    owner = context.qualname.rpartition(".")[0]
    params = context.tree.root.params
    first = [*params.posonly_params, *params.params][:1]
    if not first or context.module.record(owner) is None:
        return []
    me, members = first[0].name.value, set(bound(context.module.classes[owner].body))
    found = {
        f"{me}.{node.attr.value}": context.kinds(node)
        for node in context.tree.find(context.root, cst.Attribute)
        if isinstance(node.value, cst.Name) and node.value.value == me
        if node.attr.value not in members
    }
    return [name for name, kind in found.items() if _is_open(kind)]


def guesses(context: Context) -> Iterator[list[tuple[str, str]]]:
    """Yield types that open parameters and fields may have together, by how they are used."""
    fields = open_fields(context)
    names = [*open_parameters(context), *fields]
    if not names:
        return
    owner, _, _ = context.qualname.rpartition(".")
    given = [(fields[0].partition(".")[0], f"own.{owner}")] if fields else []
    uses = _uses(context.text.code)
    told: set[tuple[tuple[str, str], ...]] = set()
    for item in (*_ITEMS, "text"):
        types = [(name, _guess(uses.get(name, ""), item)) for name in names]
        if tuple(types) not in told:
            told.add(tuple(types))
            yield [*given, *types]


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
    if isinstance(node, ast.Attribute):
        return f"{inner}.{node.attr}" if (inner := _name(node.value)) else ""
    return node.id if isinstance(node, ast.Name) else ""


def _is_open(kind: Kind) -> bool:
    return kind == ANY or any(map(_is_open, kind.args))

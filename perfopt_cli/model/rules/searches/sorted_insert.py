"""A list that is sorted again after every append is kept sorted by insertion.

``xs.append(x); xs.sort()`` becomes ``insort(xs, x)``. The list must be made
empty, or sorted, by the function, and change in no other way, so that it is
sorted each time; its items must provably be ints or text.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import INT, NEVER, STR
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, expression, method, plain
from perfopt_cli.model.rules.analysis.uses import Use, is_target
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import argument, line, merged

NAME = "sorted-insert"
SUMMARY = "a list that is sorted after every append is kept sorted by insort()"
EXAMPLE = Example(
    before=(
        "def f(xs: list[int]) -> list[int]:\n"
        "    middles = []\n"
        "    seen = []\n"
        "    for x in xs:\n"
        "        seen.append(x)\n"
        "        seen.sort()\n"
        "        middles.append(seen[len(seen) // 2])\n"
        "    return middles\n"
    ),
    call="([(i * 7919) % 1009 for i in range(1000)],)",
    safe="The list starts empty or sorted and only grows in this way; items are ints or text.",
    pays="The list grows to more than a few dozen items.",
)
_KEEPERS = {"append", "sort", "pop", "clear", "remove", "index", "count", "copy"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such pair of statements."""
    adder = context.imported("bisect", "insort")
    for symbol in context.names.symbols if adder else ():
        kind = context.kinds.known[symbol]
        if kind.name != "list" or kind.item not in (INT, STR) or adder is None:
            continue
        if not context.flow.private(symbol) or not _starts_sorted(context, symbol):
            continue
        found = _pairs(context, symbol)
        if not found:
            continue
        replace: dict[cst.CSTNode, cst.CSTNode] = {}
        gone: list[cst.CSTNode] = []
        for added, ordered, value in found:
            new = line(f"{adder[0]}({symbol.name}, {argument(value)})")
            replace[added] = merged(new, [added, ordered])
            gone.append(ordered)
        yield Change(replace=replace, remove=tuple(gone), imports=adder[1])


def _starts_sorted(context: Context, symbol: Symbol) -> bool:
    if len(symbol.bindings) != 1 or symbol.bindings[0].form != "assign":
        return False
    value = symbol.bindings[0].value
    if isinstance(value, cst.Call):
        name = context.kinds.origin(value.func)
        return (name == "sorted" and len(value.args) == 1) or (name == "list" and not value.args)
    return (
        isinstance(value, cst.List)
        and len(value.elements) < 2
        and context.kinds(value).item in (NEVER, INT, STR)
    )


def _pairs(
    context: Context, symbol: Symbol
) -> list[tuple[Statement, Statement, cst.BaseExpression]]:
    """Return the pairs of append and sort, if there is nothing else that changes the order."""
    appends: dict[Statement, cst.BaseExpression] = {}
    sorts: set[Statement] = set()
    for load, use in context.flow.uses(symbol):
        parent = context.tree.parent[load]
        if not context.tree.own(load) or (
            use is Use.STORE and not isinstance(parent, cst.Subscript)
        ):
            return []
        if use is Use.STORE or isinstance(parent, cst.AugAssign) or is_target(context.tree, load):
            return []
        if use is not Use.METHOD:
            continue
        statement = context.tree.statement(load)
        receiver, _, args = method(expression(statement))
        called = parent.attr.value if isinstance(parent, cst.Attribute) else ""
        if called not in _KEEPERS:
            return []
        if called in ("append", "sort"):
            if receiver is not load or not plain(args) or len(args) != (called == "append"):
                return []
            if called == "append":
                appends[statement] = args[0].value
            else:
                sorts.add(statement)
    found = []
    for statement, value in appends.items():
        block, place = context.tree.siblings(statement)
        after = block[place + 1] if place + 1 < len(block) else None
        if after not in sorts or after is None or not context.tree.loops(statement):
            return []
        sorts.discard(after)
        found.append((statement, after, value))
    return [] if sorts else found

"""``items.insert(0, x)`` in a loop becomes append, and one reverse after the loop.

Only where the list starts empty just before the loop, the loop does nothing
else with it, and no exception could show it half-made.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import expression, method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import is_empty, mentions, start_of
from perfopt_cli.model.rules.text import line

NAME = "insert-front"
SUMMARY = "insert(0, …) in a loop becomes append and one reverse"
EXAMPLE = Example(
    before="""\
def f(n: int) -> list[int]:
    digits = []
    for i in range(n):
        digits.insert(0, i * i)
    return digits
""",
    call="(4000,)",
    safe=(
        "The list starts empty before the loop, the loop does nothing with it but insert at "
        "0, and no `try`, `yield` or `await` could show it half-made."
    ),
    pays="The list grows long: each insertion at the front moves all the other items.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop and list."""
    loops: list[cst.For | cst.While] = [*context.tree.owned(cst.For)]
    for loop in [*loops, *context.tree.owned(cst.While)]:
        if loop.orelse or context.tree.guarded(loop) or context.tree.suspends(loop):
            continue
        if not isinstance(context.tree.parent[loop], cst.IndentedBlock):
            continue
        for symbol in context.names.symbols:
            calls = _inserts(context, symbol, loop)
            start = start_of(context, symbol, loop) if calls else None
            if start is not None and is_empty(context, start.value, "list"):
                replace: dict[cst.CSTNode, cst.CSTNode] = {}
                for call in calls:
                    name = cst.Name(symbol.name)
                    item = call.args[1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
                    replace[call] = call.with_changes(
                        func=cst.Attribute(name, cst.Name("append")), args=[item]
                    )
                yield Change(replace=replace, after={loop: [line(f"{symbol.name}.reverse()")]})


def _inserts(context: Context, symbol: Symbol, loop: cst.CSTNode) -> list[cst.Call]:
    """Return the ``insert(0, …)`` statements if they are all that the loop does with the list."""
    if symbol.captured or symbol.outer or not mentions(context, symbol, loop):
        return []
    calls: list[cst.Call] = []
    for statement in context.tree.find(loop, cst.Expr):
        receiver, name, args = method(expression(statement), "insert")
        if name and context.names.of(receiver) is symbol and context.tree.own(statement):
            zero = len(args) == 2 and plain(args) and isinstance(args[0].value, cst.Integer)
            if not zero or args[0].value.value != "0":  # type: ignore[attr-defined]
                return []
            assert isinstance(statement.value, cst.Call)
            calls.append(statement.value)
    return calls if mentions(context, symbol, loop) == len(calls) else []

"""``[0 for _ in range(n)]`` becomes ``[0] * n``."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import clause, operand, parse

NAME = "list-repeat"
SUMMARY = "a list of one value is repeated instead of filled"
EXAMPLE = Example(
    before="""def f(n: int) -> list[list[int]]:
    return [[0 for _ in range(n)] for _ in range(10)]
""",
    call="(200,)",
    safe="The value is a constant or a variable, so every round gives the same object.",
    pays="The list is made at once, at its size.",
)
_CONSTANTS = {"True", "False", "None"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such list."""
    for node in context.tree.owned(cst.ListComp):
        first = node.for_in
        if first.ifs or first.inner_for_in is not None or first.asynchronous:
            continue
        count = _count(context, first.iter)
        target = context.names.of(first.target)
        if count is None or target is None or target.loads or not _is_fixed(context, node):
            continue
        yield Change(replace={node: parse(f"[{clause(node.elt)}] * {operand(count)}")})


def _count(context: Context, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return ``n`` if the expression is ``range(n)`` with an int."""
    if not isinstance(node, cst.Call) or context.kinds.origin(node.func) != "range":
        return None
    args = [arg.value for arg in node.args if not arg.star and not arg.keyword]
    if len(args) == 2 and isinstance(args[0], cst.Integer) and args[0].value == "0":
        args = args[1:]
    fits = len(args) == 1 and context.kinds(args[0]).name in ("int", "bool")
    return args[0] if fits else None


def _is_fixed(context: Context, node: cst.ListComp) -> bool:
    """Tell whether the item is one object, which exists even where the list stays empty."""
    item = node.elt
    if isinstance(item, cst.UnaryOperation) and isinstance(item.operator, cst.Minus):
        item = item.expression
        return isinstance(item, (cst.Integer, cst.Float))
    if isinstance(item, (cst.Integer, cst.Float, cst.SimpleString)):
        return True
    if not isinstance(item, cst.Name):
        return False
    if item.value in _CONSTANTS:
        return True
    symbol = context.names.of(item)
    if symbol is None or symbol.captured or symbol.outer:
        return False
    return context.flow.bound_before(symbol, context.tree.statement(node))

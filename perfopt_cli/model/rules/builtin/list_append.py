"""``xs = xs + [x]`` and ``xs += [x]`` become ``xs.append(x)``.

The first makes a new list each time, so the old one must be in no other
hands; several items, or those of another list, become ``extend``.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import argument, line

NAME = "list-append"
SUMMARY = "adding a list of one item becomes append"
EXAMPLE = Example(
    before="""def f(n: int) -> list[int]:
    xs = []
    for i in range(n):
        if i % 3:
            xs = xs + [i]
    return xs
""",
    call="(1000,)",
    safe="No other variable or object holds the list.",
    pays="Adding lists copies all earlier items each time.",
)
_UNFIT = (cst.Await, cst.Yield, cst.NamedExpr, cst.Lambda)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such statement in a loop."""
    nodes: list[cst.Assign | cst.AugAssign] = [*context.tree.owned(cst.Assign)]
    for node in [*nodes, *context.tree.owned(cst.AugAssign)]:
        symbol, added = _added(context, node)
        if symbol is None or added is None or symbol.outer or not context.tree.loops(node):
            continue
        if context.kinds.known[symbol].name != "list" or context.kinds(added).name != "list":
            continue
        if any(isinstance(part, _UNFIT) for part in context.tree.walk(added)):
            continue
        single = isinstance(added, cst.List) and len(added.elements) == 1
        if isinstance(node, cst.Assign):
            if not context.flow.private(symbol) or _goes_over(context, symbol, node):
                continue
        elif not single:
            continue
        text = f"{symbol.name}.extend({argument(added)})"
        if isinstance(added, cst.List) and len(added.elements) == 1:
            item = added.elements[0]
            if not isinstance(item, cst.Element):
                continue
            text = f"{symbol.name}.append({argument(item.value)})"
        made = cst.ensure_type(line(text), cst.SimpleStatementLine)
        yield Change(replace={node: made.body[0]})


def _added(
    context: Context, node: cst.Assign | cst.AugAssign
) -> tuple[Symbol | None, cst.BaseExpression | None]:
    """Return the list's variable and what is added to it."""
    if isinstance(node, cst.AugAssign):
        fits = isinstance(node.operator, cst.AddAssign)
        return (context.names.of(node.target), node.value) if fits else (None, None)
    value = node.value
    if len(node.targets) != 1 or not isinstance(value, cst.BinaryOperation):
        return None, None
    symbol = context.names.of(node.targets[0].target)
    fits = isinstance(value.operator, cst.Add) and context.names.of(value.left) is symbol
    return (symbol, value.right) if fits and symbol is not None else (None, None)


def _goes_over(context: Context, symbol: Symbol, node: cst.CSTNode) -> bool:
    """Tell whether a loop around the statement reads the list, which would now grow below it."""
    for loop in context.tree.loops(node):
        if isinstance(loop, cst.For) and any(
            context.tree.inside(load, loop.iter) for load in symbol.loads
        ):
            return True
    return False

"""An item that a loop reads again and again, ``table[i]``, is read once before it.

The item must be there when the loop starts, because its index is within the
bounds that the text proves, or because it was read before; and neither the
index nor the list may change in the loop.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import Statement
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.iteration.bounds import Bounds
from perfopt_cli.model.rules.iteration.objects import unchanged
from perfopt_cli.model.rules.iteration.places import hint, read_before, twins
from perfopt_cli.model.rules.text import code, line, parse

NAME = "hoist-subscript"
SUMMARY = "an item that a loop reads in every round is read once before it"
EXAMPLE = Example(
    before="""def f(grid: list[list[int]]) -> int:
    best = 0
    for i in range(1, len(grid)):
        for j in range(1, len(grid[i])):
            if grid[i][j] > grid[i - 1][j] and grid[i][j] > grid[i][j - 1]:
                best += grid[i][j]
    return best
""",
    call="([[(i * 37 + j * 91) % 101 for j in range(60)] for i in range(60)],)",
    safe="The index is proved to be in range, and nothing in the loop replaces the item.",
    pays="In nested loops over tables, and where an inner loop compares with one item.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each item and the outermost loop that leaves it alone."""
    for node in context.tree.owned(cst.Subscript):
        if any(twin is node for twin in twins(context, node, node)):
            yield from _hoisted(context, node)


def _hoisted(context: Context, node: cst.Subscript) -> Iterator[Change]:
    for loop in context.tree.loops(node):
        region = context.tree.statement(loop)
        if not unchanged(context, node, [region]):
            continue
        if not is_there(context, node, region):
            continue
        name = context.fresh(hint(node))
        found = twins(context, region, node)
        yield Change(
            replace={twin: parse(name) for twin in found},
            before={region: [line(f"{name} = {code(node)}")]},
        )
        return


def is_there(context: Context, node: cst.Subscript, region: Statement) -> bool:
    """Tell whether reading the item where the region starts is what happens anyway, or safe."""
    bounds = Bounds(context)
    there = bounds.within(node, region)
    if there and isinstance(node.value, cst.Subscript):
        return is_there(context, node.value, region)
    return there or read_before(context, node, region)

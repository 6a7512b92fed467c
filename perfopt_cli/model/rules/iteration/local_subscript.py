"""An item that is read several times in one round, ``xs[i]``, is read once.

Nothing between the reads may replace it, and it must be there at the first.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import Statement, sole
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.iteration.hoist_subscript import is_there
from perfopt_cli.model.rules.iteration.objects import unchanged
from perfopt_cli.model.rules.iteration.places import hint, is_unconditional, opens, twins
from perfopt_cli.model.rules.text import code, line, parse

NAME = "local-subscript"
SUMMARY = "an item that is read several times in a round is read once"
EXAMPLE = Example(
    before="""def f(xs: list[int]) -> int:
    total = 0
    for i in range(1, len(xs)):
        if xs[i] > xs[i - 1] and xs[i] % 2 and xs[i] != 7:
            total += xs[i]
    return total
""",
    call="([n * 37 % 101 for n in range(2000)],)",
    safe="The same item is read by every one of the subscripts, and no error comes earlier.",
    pays="With three reads or more in each round of a hot loop, or two of a dict.",
)
_LEAST = 3
_FEW = 2  # a look-up by hash costs more


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each block of a loop and item that is read several times in it."""
    for block in context.tree.owned(cst.IndentedBlock):
        body = [
            statement
            for statement in block.body
            if isinstance(statement, (cst.BaseCompoundStatement, cst.SimpleStatementLine))
        ]
        if body and context.tree.loops(body[0]):
            yield from _kept(context, block, body)


def _kept(context: Context, block: cst.IndentedBlock, body: list[Statement]) -> Iterator[Change]:
    done: set[str] = set()
    for node in context.tree.find(block, cst.Subscript):
        text = code(node)
        if text in done or not twins(context, node, node):
            continue
        done.add(text)
        found = twins(context, block, node)
        least = _FEW if context.kinds(node.value).name == "dict" else _LEAST
        if len(found) < least:
            continue
        first = next(i for i, part in enumerate(body) if context.tree.inside(found[0], part))
        for last in range(len(body), first, -1):
            regions = body[first:last]
            inside = [t for t in found if any(context.tree.inside(t, r) for r in regions)]
            if len(inside) < least:
                break
            if unchanged(context, node, regions):
                if _early(context, inside, body[first]):
                    name = context.fresh(hint(node))
                    yield Change(
                        replace={twin: parse(name) for twin in inside},
                        before={body[first]: [line(f"{name} = {text}")]},
                    )
                break


def _early(context: Context, found: list[cst.Subscript], start: Statement) -> bool:
    """Tell whether the item may be read where the statement starts, and often is anyway."""
    head = _head(start)
    often = head is not None and any(
        context.tree.inside(twin, head) and is_unconditional(context, twin, head) for twin in found
    )
    if not often or head is None:
        return False
    if isinstance(start, cst.While):
        return is_there(context, found[0], start)
    return opens(context, head, found[0]) or is_there(context, found[0], start)


def _head(statement: Statement) -> cst.BaseExpression | None:
    """Return the expression that the statement evaluates first."""
    if isinstance(statement, (cst.If, cst.While)):
        return statement.test
    if isinstance(statement, cst.For):
        return statement.iter
    small = sole(statement)
    if isinstance(small, cst.AugAssign):
        return small.value if isinstance(small.target, cst.Name) else None
    return small.value if isinstance(small, (cst.Assign, cst.Expr, cst.Return)) else None

"""A variable that a loop computes anew in every round, to the same value, is computed before it.

The computation must have no effect and never raise. The variable must be
read only after it, in the loop, and what it holds must not be changed or
handed out.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_flat
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, sole
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.calling import holds_old_items

NAME = "hoist-assignment"
SUMMARY = "a variable with the same value in every round is set once"
EXAMPLE = Example(
    before="""\
def f(rows: list[int], words: list[str]) -> int:
    total = 0
    for row in rows:
        longest = [len(word) for word in words]
        total += row * len(longest)
    return total
""",
    call="(list(range(200)), ['word'] * 100)",
    safe=(
        "The computation has no effect, never raises and has the same value in every round; "
        "the variable is set once, read only after that and within the loop, and what it "
        "holds is neither changed nor handed out."
    ),
    pays="The loop has more than one round; the more the costlier the computation.",
)
_COSTLY = (cst.Call, cst.ListComp, cst.SetComp, cst.DictComp, cst.BinaryOperation)
_CONTAINERS = {"list", "set", "dict", "frozenset", "tuple"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such variable."""
    for statement in context.tree.owned(cst.SimpleStatementLine):
        small = sole(statement)
        if not isinstance(small, cst.Assign) or len(small.targets) != 1:
            continue
        symbol, value = context.names.of(small.targets[0].target), small.value
        if symbol is None or not isinstance(value, _COSTLY) or not context.total(value):
            continue
        if not _only_read_after(context, symbol, statement) or not _kept(context, symbol, value):
            continue
        block, _ = context.tree.siblings(statement)
        region = _region(context, statement, value) if len(block) > 1 else None
        if region is not None:
            yield Change(before={region: [statement]}, remove=(statement,))


def _only_read_after(context: Context, symbol: Symbol, statement: Statement) -> bool:
    """Tell whether every read comes after the assignment, in its block or deeper."""
    if len(symbol.bindings) != 1 or symbol.captured or symbol.outer:
        return False
    block, place = context.tree.siblings(statement)
    later = block[place + 1 :]
    return all(any(context.tree.inside(load, line) for line in later) for load in symbol.loads)


def _kept(context: Context, symbol: Symbol, value: cst.BaseExpression) -> bool:
    """Tell whether one object can stand for the new one of every round."""
    if is_flat(context.kinds(value)):
        return True
    if context.kinds(value).name not in _CONTAINERS or not context.flow.private(symbol):
        return False
    if not holds_old_items(context, value):
        return False
    changed = context.flow.changed(context.root.body)
    return all(not _is_of(context, symbol, node) for node in changed)


def _is_of(context: Context, symbol: Symbol, node: cst.BaseExpression) -> bool:
    return any(context.names.of(name) is symbol for name in context.tree.find(node, cst.Name))


def _region(
    context: Context, statement: cst.SimpleStatementLine, value: cst.BaseExpression
) -> Statement | None:
    """Return the outermost loop around the assignment that leaves its value alone."""
    for loop in context.tree.loops(statement):
        region = context.tree.statement(loop)
        flow = context.flow
        if flow.invariant(value, region) and flow.all_bound_before(value, region):
            return region
    return None

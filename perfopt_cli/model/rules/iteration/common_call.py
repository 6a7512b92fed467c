"""A call that is made twice in a row with the same arguments is made once.

Both must be in the same block, with nothing between them that could change
the value, and making it early must have no effect and never raise.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import Statement
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.calling import alike, called, kept, shareable
from perfopt_cli.model.rules.text import code

NAME = "common-call"
SUMMARY = "a call that is repeated in a block is made once"
EXAMPLE = Example(
    before="""\
def f(prices: list[int]) -> tuple[float, float]:
    share = 100 / (1 + sum(prices))
    mean = sum(prices) / (1 + len(prices))
    return share, mean
""",
    call="(list(range(5000)),)",
    safe=(
        "Nothing between the two calls could change the value, making the call early has no "
        "effect and never raises, and it can't be seen that both get one object."
    ),
    pays="Always, as one of two calls is saved.",
)
_SHARED = {"sum", "min", "max", "sorted", "set", "frozenset", "any", "all"}
_SHARED |= {"lower", "upper", "casefold", "replace", "split", "splitlines", "join"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each call that is repeated in a block."""
    for block in context.tree.owned(cst.IndentedBlock):
        done: set[str] = set()
        for call in context.tree.find(block, cst.Call):
            text = code(call)
            bare = not call.args and isinstance(call.func, cst.Name)
            if text in done or bare or not context.tree.own(call):
                continue
            done.add(text)
            if called(context, call) in _SHARED:
                yield from _shared(context, block, call)


def _shared(context: Context, block: cst.IndentedBlock, call: cst.Call) -> Iterator[Change]:
    others = alike(context, block, call)
    if len(others) < 2 or not all(shareable(context, other) for other in others):
        return
    body = list(block.body)
    places = [
        next(i for i, line in enumerate(body) if context.tree.inside(other, line))
        for other in others
    ]
    first, last = min(places), max(places)
    start = body[first]
    if not isinstance(start, (cst.BaseCompoundStatement, cst.SimpleStatementLine)):
        return
    regions = body[first : last + 1]
    flow = context.flow
    fixed = all(flow.invariant(call, region) for region in regions)
    if fixed and _never_raises(context, call, start) and flow.all_bound_before(call, start):
        yield kept(context, call, others, start, code(call))


def _never_raises(context: Context, call: cst.Call, start: Statement) -> bool:
    if context.total(call):
        return True
    extreme = context.kinds.origin(call.func) in ("min", "max") and len(call.args) == 1
    return extreme and context.flow.nonempty(call.args[0].value, start)

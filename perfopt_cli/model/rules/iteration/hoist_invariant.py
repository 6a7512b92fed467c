"""A call that gives the same value in every round of a loop is made once, before it.

It must have no effect and never raise: the loop may run no rounds. max and
min raise on an empty container, so they need one that is provably not empty,
or a loop over that very container.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import NUMBERS, SIZED, is_scalar
from perfopt_cli.model.rules.analysis.library import Effect
from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.calling import alike, called, kept, shareable
from perfopt_cli.model.rules.text import clause, code, same

NAME = "hoist-invariant"
SUMMARY = "a call with the same value in every round is made once"
EXAMPLE = Example(
    before="""\
def f(prices: list[int]) -> list[float]:
    shares = []
    for price in prices:
        shares.append(price / (1 + abs(sum(prices))))
    return shares
""",
    call="(list(range(300)),)",
    safe=(
        "The call has the same value in every round, no effect and never raises (max and min: "
        "of a container that is not empty, or within a loop over it), and it can't be seen "
        "that all rounds get one object."
    ),
    pays="The loop has more than one round and the call goes over a container.",
)
_HOISTED = {"len", "sum", "min", "max", "sorted", "set", "frozenset", "list", "tuple", "str"}
_HOISTED |= {"any", "all", "abs", "lower", "upper", "casefold", "strip", "lstrip", "rstrip"}
_HOISTED |= {"title", "capitalize", "replace", "split", "splitlines", "join", "removeprefix"}
_HOISTED |= {"removesuffix", "count", "find", "startswith", "endswith"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each call and the outermost loop that leaves its value alone."""
    for call in context.tree.owned(cst.Call):
        name = called(context, call)
        extreme = name in ("min", "max") and len(call.args) == 1 and not call.args[0].keyword
        if name not in _HOISTED or (not call.args and isinstance(call.func, cst.Name)):
            continue
        if not context.total(call) and not (extreme and context.pure(call)):
            continue
        for loop in context.tree.loops(call):
            region = context.tree.statement(loop)
            if not _fits(context, call, region):
                continue
            others = alike(context, region, call)
            text = _text(context, call, others, region) if extreme else code(call)
            if text and all(shareable(context, other) for other in others):
                yield kept(context, call, others, region, text)
            break


def _fits(context: Context, call: cst.Call, region: cst.CSTNode) -> bool:
    assert isinstance(region, (cst.BaseCompoundStatement, cst.SimpleStatementLine))
    flow = context.flow
    return flow.invariant(call, region) and flow.all_bound_before(call, region)


def _text(context: Context, call: cst.Call, others: list[cst.Call], region: cst.CSTNode) -> str:
    """Return ``max(x)``, or ``max(x, default=0)`` where it is only used in loops over x."""
    items = call.args[0].value
    kind = context.kinds(items)
    if context.effects.source(items) != Effect.TOTAL or kind.name not in SIZED:
        return ""
    if isinstance(items, COMPREHENSIONS) or not is_scalar(kind.item):
        return ""
    if context.flow.nonempty(items, region):
        return code(call)
    default = "0" if kind.item.name in NUMBERS else '""'
    inner = all(_goes_over(context, other, items, region) for other in others)
    return f"{code(call.func)}({clause(items)}, default={default})" if inner else ""


def _goes_over(
    context: Context, call: cst.Call, items: cst.BaseExpression, region: cst.CSTNode
) -> bool:
    """Tell whether the call is only made in a loop over the items, so not if there are none."""
    for loop in context.tree.loops(call):
        iterated = loop.iter if isinstance(loop, cst.For) else None
        if isinstance(loop, COMPREHENSIONS):
            iterated = loop.for_in.iter
        if iterated is not None and context.tree.inside(loop, region) and same(iterated, items):
            return True
    return False

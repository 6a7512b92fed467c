"""Two nested loops that only ask whether two containers share an item ask a set.

``for x in a: for y in b: if x == y: return True`` becomes
``if not set(a).isdisjoint(b): return True``. The items must provably be int,
str, bytes or None, so that hashing agrees with ``==``.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import REITERABLE, is_key
from perfopt_cli.model.rules.analysis.tree import leaves, lines
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import mentions
from perfopt_cli.model.rules.searches.lengths import inner_loop, squeezed
from perfopt_cli.model.rules.text import argument, merged, parse

NAME = "common-item"
SUMMARY = "a search for an item that two containers share uses a set"
EXAMPLE = Example(
    before=(
        "def f(xs: list[int], ys: list[int]) -> bool:\n"
        "    for x in xs:\n"
        "        for y in ys:\n"
        "            if x == y:\n"
        "                return True\n"
        "    return False\n"
    ),
    call="(list(range(1000)), list(range(1000, 2000)))",
    safe="The items are ints, text or None, and what follows does not use the item.",
    pays="The containers have more than a few items and often share none.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such pair of loops."""
    for outer in context.tree.owned(cst.For):
        inner = inner_loop(outer)
        body = lines(inner.body) if inner is not None else []
        branch = body[0] if len(body) == 1 else None
        if inner is None or not isinstance(branch, cst.If) or branch.orelse:
            continue
        if not context.builtin("set") or not _only_asks(context, outer, inner, branch):
            continue
        call = f"set({argument(outer.iter)}).isdisjoint({argument(inner.iter)})"
        asked = cst.If(
            cst.UnaryOperation(cst.Not(), parse(call)),
            body=branch.body,
        )
        yield Change(replace={outer: merged(asked, [outer])})


def _only_asks(context: Context, outer: cst.For, inner: cst.For, branch: cst.If) -> bool:
    first, second = context.names.of(outer.target), context.names.of(inner.target)
    if first is None or second is None or first is second or not leaves(branch.body):
        return False
    last = lines(branch.body)[-1]
    if not isinstance(last, (cst.Return, cst.Raise)):
        return False
    pair = {f"{first.name}=={second.name}", f"{second.name}=={first.name}"}
    if squeezed(branch.test) not in pair:
        return False
    for symbol, loop in ((first, outer), (second, inner)):
        if not context.flow.confined(symbol, loop) or mentions(context, symbol, branch.body):
            return False
    for source in (outer.iter, inner.iter):
        kind = context.kinds(source)
        if kind.name not in REITERABLE or not is_key(kind.item) or not context.total(source):
            return False
    used = [context.names.of(name) for name in context.tree.find(inner.iter, cst.Name)]
    return first not in used and context.flow.all_bound_before(inner.iter, outer)

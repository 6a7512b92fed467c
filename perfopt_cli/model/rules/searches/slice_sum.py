"""Sums of slices in a loop are differences of running sums that are taken once.

``sum(xs[a:b])`` becomes ``sums[b] - sums[a]`` wherever 0 <= a <= b <= len(xs),
which is asked on the spot; elsewhere the slice is summed as before. For ints
only: floats would be rounded in another way.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import ANY, BOOL, INT
from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.lengths import kept_back
from perfopt_cli.model.rules.searches.slices import difference, ends_of, region_of
from perfopt_cli.model.rules.text import code, line

NAME = "slice-sum"
SUMMARY = "sums of slices in a loop use running sums"
EXAMPLE = Example(
    before=(
        "def f(xs: list[int], size: int) -> int:\n"
        "    best = 0\n"
        "    for i in range(len(xs) - size + 1):\n"
        "        best = max(best, sum(xs[i : i + size]))\n"
        "    return best\n"
    ),
    call="(list(range(2000)), 500)",
    safe="The items are ints, and the list stays as it is through the loop.",
    pays="The slices have more than a few dozen items.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each list whose slices are summed."""
    adder = context.imported("itertools", "accumulate")
    for call in context.tree.owned(cst.Call) if adder else ():
        found = _summed(context, call)
        if found is None or adder is None or not context.builtin("list"):
            continue
        items = found[0]
        region = region_of(context, call, items, call.args[0].value)
        if region is None:
            continue
        name = context.fresh(f"{code(items)}_sums")
        replace: dict[cst.CSTNode, cst.CSTNode] = {}
        for other in context.tree.find(region, cst.Call):
            mine = _summed(context, other) if context.tree.own(other) else None
            if mine is not None and context.names.of(mine[0]) is context.names.of(items):
                replace[other] = difference(context, other, name, *mine)
        made = line(f"{name}: list[int] = list({adder[0]}({code(items)}, initial=0))")
        yield Change(replace=replace, before={region: [made]}, imports=adder[1])


def _summed(
    context: Context, call: cst.Call
) -> tuple[cst.Name, cst.BaseExpression | None, cst.BaseExpression | None] | None:
    """Return the list and the ends of ``sum(xs[a:b])``."""
    if context.kinds.origin(call.func) != "sum" or len(call.args) != 1 or not plain(call.args):
        return None
    found = ends_of(context, call.args[0].value)
    kind = context.kinds(found[0]) if found is not None else ANY
    if found is None or kind.name not in ("list", "tuple") or kind.item not in (INT, BOOL):
        return None
    return None if kept_back(context, call, f"{found[0].value}_sums") else found

"""Sums of slices in a loop are differences of running sums that are taken once.

``sum(xs[a:b])`` becomes ``sums[b] - sums[a]`` wherever 0 <= a <= b <= len(xs),
which is asked on the spot; elsewhere the slice is summed as before. For ints
only: floats would be rounded in another way.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import BOOL, INT
from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.lengths import placed, squeezed
from perfopt_cli.model.rules.text import code, line, operand, parse

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
        region = _region(context, call, items)
        if region is None:
            continue
        name = context.fresh(f"{code(items)}_sums")
        replace: dict[cst.CSTNode, cst.CSTNode] = {}
        for other in context.tree.find(region, cst.Call):
            mine = _summed(context, other) if context.tree.own(other) else None
            if mine is not None and context.names.of(mine[0]) is context.names.of(items):
                replace[other] = _difference(context, other, name, *mine)
        made = line(f"{name} = list({adder[0]}({code(items)}, initial=0))")
        yield Change(replace=replace, before={region: [made]}, imports=adder[1])


def _summed(
    context: Context, call: cst.Call
) -> tuple[cst.Name, cst.BaseExpression | None, cst.BaseExpression | None] | None:
    """Return the list and the ends of ``sum(xs[a:b])``."""
    if context.kinds.origin(call.func) != "sum" or len(call.args) != 1 or not plain(call.args):
        return None
    value = call.args[0].value
    if not isinstance(value, cst.Subscript) or not isinstance(value.value, cst.Name):
        return None
    kind = context.kinds(value.value)
    cut = value.slice[0].slice if len(value.slice) == 1 else None
    if kind.name not in ("list", "tuple") or kind.item not in (INT, BOOL):
        return None
    if not isinstance(cut, cst.Slice) or cut.step is not None:
        return None
    ends = [end for end in (cut.lower, cut.upper) if end is not None]
    whole = all(context.kinds(end) == INT and context.total(end) for end in ends)
    return (value.value, cut.lower, cut.upper) if ends and whole else None


def _region(context: Context, call: cst.Call, items: cst.Name) -> cst.BaseCompoundStatement | None:
    """Return the outermost loop around the call that leaves the list alone, if its slices move."""
    argument = call.args[0].value
    for loop in context.tree.loops(call):
        region = context.tree.statement(loop)
        flow = context.flow
        if not flow.invariant(items, region) or not flow.all_bound_before(items, region):
            continue
        moves = not flow.invariant(argument, region)
        if isinstance(loop, COMPREHENSIONS) or not moves:
            return None
        return region if isinstance(region, cst.BaseCompoundStatement) else None
    return None


def _difference(
    context: Context,
    call: cst.Call,
    name: str,
    items: cst.Name,
    lower: cst.BaseExpression | None,
    upper: cst.BaseExpression | None,
) -> cst.BaseExpression:
    low = code(lower) if lower is not None and squeezed(lower) != "0" else ""
    high = code(upper) if upper is not None else ""
    value = f"{name}[{high or -1}]" + (f" - {name}[{low}]" if low else "")
    only = (lower if low else None) if not high else (upper if not low else None)
    if only is not None and _within(context, call, only, items):
        return parse(f"({value})" if low else value)
    limits = [end for end in (lower if low else None, upper) if end is not None]
    asked = " <= ".join(["0", *map(_beside, limits)])
    return parse(f"({value} if {asked} < len({name}) else {code(call)})")


def _beside(node: cst.BaseExpression) -> str:
    return code(node) if isinstance(node, cst.BinaryOperation) else operand(node)


def _within(context: Context, call: cst.Call, node: cst.BaseExpression, items: cst.Name) -> bool:
    """Tell whether the value is a place of the list, or one more."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        node = node.left if squeezed(node.right) == "1" else node
    found = placed(context, node, call)
    return found is not None and found is context.names.of(items)

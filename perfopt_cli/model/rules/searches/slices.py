"""Slices of a list or text in a loop, and differences of running totals in their place."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import INT
from perfopt_cli.model.rules.analysis.tree import Statement
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.searches.lengths import placed, squeezed
from perfopt_cli.model.rules.text import code, operand, parse


def ends_of(
    context: Context, node: cst.BaseExpression
) -> tuple[cst.Name, cst.BaseExpression | None, cst.BaseExpression | None] | None:
    """Return the variable and the ends of ``xs[a:b]``, if the ends are ints that never fail."""
    if not isinstance(node, cst.Subscript) or not isinstance(node.value, cst.Name):
        return None
    cut = node.slice[0].slice if len(node.slice) == 1 else None
    if not isinstance(cut, cst.Slice) or cut.step is not None:
        return None
    ends = [end for end in (cut.lower, cut.upper) if end is not None]
    whole = all(context.kinds(end) == INT and context.total(end) for end in ends)
    return (node.value, cut.lower, cut.upper) if ends and whole else None


def region_of(
    context: Context, call: cst.Call, items: cst.Name, part: cst.BaseExpression
) -> Statement | None:
    """Return the outermost loop around the call that leaves the list alone, if its slices move."""
    for loop in context.tree.loops(call):
        region = context.tree.statement(loop)
        flow = context.flow
        if flow.invariant(items, region) and flow.all_bound_before(items, region):
            return None if flow.invariant(part, region) else region
    return None


def difference(
    context: Context,
    call: cst.Call,
    name: str,
    items: cst.Name,
    lower: cst.BaseExpression | None,
    upper: cst.BaseExpression | None,
) -> cst.BaseExpression:
    """Return ``name[upper] - name[lower]``, or the call where the ends may not be places."""
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

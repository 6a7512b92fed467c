"""Counting the items below or above a value, in a loop, bisects a list that is sorted once.

``sum(y < x for y in ys)``, ``sum(1 for y in ys if y < x)`` and
``len([y for y in ys if y < x])``. The items and the value must provably be
ints, or text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import INT, STR
from perfopt_cli.model.rules.analysis.tree import Statement
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.lengths import placed, squeezed
from perfopt_cli.model.rules.text import clause, line, parse

NAME = "rank-count"
SUMMARY = "counting the items below a value in a loop bisects a sorted list"
EXAMPLE = Example(
    before=(
        "def f(xs: list[int]) -> list[int]:\n"
        "    ranks = []\n"
        "    for x in xs:\n"
        "        ranks.append(sum(1 for y in xs if y < x))\n"
        "    return ranks\n"
    ),
    call="([(i * 7919) % 1009 for i in range(1000)],)",
    safe="The items are ints or text, and the list stays as it is through the loop.",
    pays="The list has more than a few dozen items.",
)
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_BELOW = {"<": "bisect_left", "<=": "bisect_right", ">": "bisect_right", ">=": "bisect_left"}


@dataclass(frozen=True, slots=True)
class Rank:
    """How many items compare so with the value."""

    items: cst.Name
    operator: str
    value: cst.BaseExpression


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such call."""
    if not context.builtin("sorted") or not context.builtin("len"):
        return
    for call in context.tree.owned(cst.Call):
        found = _read(context, call)
        region = _region(context, call, found) if found is not None else None
        if found is None or region is None:
            continue
        finder = context.imported("bisect", _BELOW[found.operator])
        if finder is None:
            continue
        name = context.fresh(f"{found.items.value}_sorted", f"sorted_{found.items.value}")
        below = f"{finder[0]}({name}, {clause(found.value)})"
        text = below if found.operator in ("<", "<=") else f"(len({name}) - {below})"
        yield Change(
            replace={call: parse(text)},
            before={region: [line(f"{name} = sorted({found.items.value})")]},
            imports=finder[1],
        )


def _read(context: Context, call: cst.Call) -> Rank | None:
    """Read one of the three forms."""
    name = context.kinds.origin(call.func)
    if name not in ("sum", "len") or len(call.args) != 1 or call.args[0].keyword:
        return None
    inner = call.args[0].value
    if not isinstance(inner, cst.ListComp if name == "len" else (cst.GeneratorExp, cst.ListComp)):
        return None
    part = inner.for_in
    if part.inner_for_in is not None or part.asynchronous or len(part.ifs) > 1:
        return None
    item, source = context.names.of(part.target), part.iter
    kept = inner.elt
    if item is None or not isinstance(source, cst.Name):
        return None
    test = part.ifs[0].test if part.ifs else kept
    counted = squeezed(kept) == "1" or (name == "len" and context.names.of(kept) is item)
    if bool(part.ifs) != counted or (name == "len" and not part.ifs):
        return None
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    left, right = test.left, test.comparisons[0].comparator
    operator = squeezed(test.comparisons[0].operator)
    if operator not in _TURNED:
        return None
    if context.names.of(right) is item:
        left, right, operator = right, left, _TURNED[operator]
    used = {context.names.of(name) for name in context.tree.find(right, cst.Name)}
    if context.names.of(left) is not item or item in used:
        return None
    kinds = context.kinds(source), context.kinds(right)
    fits = kinds[0].name in ("list", "tuple") and kinds[0].item == kinds[1]
    return Rank(source, operator, right) if fits and kinds[1] in (INT, STR) else None


def _region(context: Context, call: cst.Call, found: Rank) -> Statement | None:
    """Return the outermost loop around the call that leaves the items alone."""
    if not context.total(found.value) and not _is_there(context, call, found):
        return None
    for loop in context.tree.loops(call):
        region = context.tree.statement(loop)
        flow = context.flow
        if flow.invariant(found.items, region) and flow.all_bound_before(found.items, region):
            return None if flow.invariant(found.value, region) else region
    return None


def _is_there(context: Context, call: cst.Call, found: Rank) -> bool:
    """Tell whether the value is an item of the list at a place that it has."""
    value = found.value
    key = index_of(value) if isinstance(value, cst.Subscript) else None
    if key is None or not isinstance(value, cst.Subscript):
        return False
    items = context.names.of(value.value)
    return items is not None and placed(context, key, call) is items

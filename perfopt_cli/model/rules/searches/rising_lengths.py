"""The lengths of the longest rising subsequences that end at each place, by bisection.

``for i …: for j in range(i): if xs[j] < xs[i]: best[i] = max(best[i], best[j] + 1)``
asks all places before; a sorted list of the lowest last items of each length
tells the same by bisection (patience sorting). For falling and for equal
items likewise. The items must provably be ints, or text that rises.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import INT, STR
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import lines, named
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.lengths import length_of, ranged, squeezed
from perfopt_cli.model.rules.text import line, parse

NAME = "rising-lengths"
SUMMARY = "lengths of rising subsequences are found by bisection"
EXAMPLE = Example(
    before=(
        "def f(xs: list[int]) -> int:\n"
        "    n = len(xs)\n"
        "    best = [1] * n\n"
        "    for i in range(1, n):\n"
        "        for j in range(i):\n"
        "            if xs[j] < xs[i]:\n"
        "                best[i] = max(best[i], best[j] + 1)\n"
        "    return max(best, default=0)\n"
    ),
    call="([(i * 7919) % 1009 for i in range(1000)],)",
    safe="The items are ints or text, and nothing else changes the two lists.",
    pays="The list has more than a few dozen items.",
)
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such pair of loops."""
    for inner in context.tree.owned(cst.For):
        block = context.tree.parent[inner]
        outer = context.tree.parent.get(block)
        if isinstance(outer, cst.For) and outer.body is block and not outer.asynchronous:
            change = _change(context, outer, inner)
            if change is not None:
                yield change


def _change(context: Context, outer: cst.For, inner: cst.For) -> Change | None:
    i, j = named(outer.target), named(inner.target)
    second = context.names.of(inner.target)
    if not i or not j or second is None or inner.orelse or inner.asynchronous:
        return None
    if not context.flow.confined(second, inner) or outer.body.body[0] is not inner:
        return None
    read = _read(context, inner, i, j)
    if read is None:
        return None
    items, lengths, operator = read
    size = _direction(context, outer, inner, i)
    first = context.names.of(outer.target)
    if size is None or first is None or context.flow.rebound(first, outer.body):
        return None
    length, left_out = size
    if length_of(context, length, outer) is not items:
        return None
    if not _only_ones(context, lengths, items, outer, inner):
        return None
    finder = context.imported("bisect", f"bisect_{'left' if len(operator) == 1 else 'right'}")
    if finder is None:
        return None
    ends = context.fresh("ends", f"{items.name}_ends")
    place = context.fresh("place", f"{items.name}_place")
    sign = "-" if operator[0] == ">" else ""
    first_ends = left_out.format(xs=items.name)
    if context.kinds.known[items].name != "list" and first_ends != "[]":
        first_ends = f"[*{first_ends}]"
    if sign and first_ends != "[]":
        first_ends = f"[-item for item in {first_ends}]"
    value = f"{sign}{items.name}[{i}]"
    found = parse(f"{finder[0]}({ends}, {value})")
    new = [
        line(f"{place} = {context.text.code_for_node(found)}"),
        line(f"{ends}[{place} : {place} + 1] = [{value}]"),
        line(f"{lengths.name}[{i}] = {place} + 1"),
    ]
    statement = context.tree.statement(inner)
    return Change(
        replace={statement: new[-1]},
        before={outer: [line(f"{ends} = {first_ends}")], statement: new[:-1]},
        imports=finder[1],
    )


def _direction(
    context: Context, outer: cst.For, inner: cst.For, i: str
) -> tuple[cst.BaseExpression, str] | None:
    """Return the list's length, and the text of the items that the outer loop leaves out."""
    ends, places = ranged(context, outer), ranged(context, inner)
    texts, inside = [squeezed(end) for end in ends], [squeezed(place) for place in places]
    if inside in ([i], ["0", i]):
        if len(ends) == 1 or (len(ends) == 2 and texts[0] in ("0", "1")):
            return ends[-1], "{xs}[:1]" if texts[0] == "1" and len(ends) == 2 else "[]"
        return None
    back = len(ends) == 3 and texts[1:] == ["-1", "-1"] and len(places) == 2
    last: cst.BaseExpression | None = ends[0] if ends else None
    if not back or inside[0] != f"{i}+1":
        return None
    if not isinstance(last, cst.BinaryOperation) or not isinstance(last.operator, cst.Subtract):
        return None
    if squeezed(last.left) != inside[1]:
        return None
    step = squeezed(last.right)
    return (places[1], "[]" if step == "1" else "{xs}[-1:]") if step in ("1", "2") else None


def _read(context: Context, inner: cst.For, i: str, j: str) -> tuple[Symbol, Symbol, str] | None:
    """Return the items, the lengths, and how an item compares with a later one it may precede."""
    body = lines(inner.body)
    if len(body) != 1 or not isinstance(body[0], cst.If) or body[0].orelse:
        return None
    branch = body[0]
    test, guard = branch.test, ""
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
        guard = squeezed(test.right)
        test = test.left
    core = lines(branch.body)
    if len(core) == 1 and isinstance(core[0], cst.If) and not core[0].orelse and not guard:
        guard, core = squeezed(core[0].test), lines(core[0].body)
    found = _compared(context, test, i, j)
    update = core[0] if len(core) == 1 else None
    if found is None or not isinstance(update, cst.Assign) or len(update.targets) != 1:
        return None
    target = update.targets[0].target
    lengths = context.names.of(target.value) if isinstance(target, cst.Subscript) else None
    if lengths is None or squeezed(target) != f"{lengths.name}[{i}]":
        return None
    here, more = squeezed(target), (f"{lengths.name}[{j}]+1", f"1+{lengths.name}[{j}]")
    asked = {f"{here}<{one}" for one in more} | {f"{one}>{here}" for one in more}
    asked |= {f"{here}<={lengths.name}[{j}]", f"{lengths.name}[{j}]>={here}"}
    value = squeezed(update.value)
    greatest = {f"max({here},{one})" for one in more} | {f"max({one},{here})" for one in more}
    fits = value in greatest if not guard else guard in asked and value in {*more, *greatest}
    plain = not guard and not context.builtin("max")
    return (found[0], lengths, found[1]) if fits and not plain else None


def _compared(
    context: Context, test: cst.BaseExpression, i: str, j: str
) -> tuple[Symbol, str] | None:
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    left, right = test.left, test.comparisons[0].comparator
    operator = squeezed(test.comparisons[0].operator)
    items = context.names.of(left.value) if isinstance(left, cst.Subscript) else None
    if items is None or operator not in _TURNED:
        return None
    kind = context.kinds(left)
    texts = squeezed(left), squeezed(right)
    if texts == (f"{items.name}[{i}]", f"{items.name}[{j}]"):
        operator = _TURNED[operator]
    elif texts != (f"{items.name}[{j}]", f"{items.name}[{i}]"):
        return None
    fits = kind == INT or (kind == STR and operator[0] == "<")
    return (items, operator) if fits else None


def _only_ones(
    context: Context, lengths: Symbol, items: Symbol, outer: cst.For, inner: cst.For
) -> bool:
    """Tell whether the lengths are all 1 before the loop, and nobody else changes them."""
    if len(lengths.bindings) != 1 or not context.flow.private(lengths):
        return False
    binding = lengths.bindings[0]
    value = binding.value
    size: cst.BaseExpression | None = None
    if isinstance(value, cst.BinaryOperation):
        ones = squeezed(value.left) == "[1]" and isinstance(value.operator, cst.Multiply)
        size = value.right if ones else None
    elif isinstance(value, cst.ListComp) and squeezed(value.elt) == "1":
        clause = value.for_in
        call = clause.iter
        plain = not clause.ifs and clause.inner_for_in is None and isinstance(call, cst.Call)
        if plain and isinstance(call, cst.Call) and context.kinds.origin(call.func) == "range":
            size = call.args[0].value if len(call.args) == 1 else None
    if size is None or length_of(context, size, outer) is not items:
        return False
    if not context.flow.bound_before(lengths, outer) or context.tree.loops(outer):
        return False
    changes = [
        node
        for node in context.flow.changed(context.root.body)
        if context.names.of(node) is lengths
    ]
    return all(context.tree.inside(node, inner) for node in changes)

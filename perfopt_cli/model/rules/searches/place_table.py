"""``items.index(x)`` in a loop looks up the first places, which are gathered once.

Where ``x`` is not known to be one of the items, the search begins at its
place: a missing one is searched for as before, and so fails as before. Items
and ``x`` must provably be int, str, bytes or None.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_key, spelled
from perfopt_cli.model.rules.analysis.tree import Statement, method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.lengths import kept_back
from perfopt_cli.model.rules.text import clause, line, parse, same

NAME = "place-table"
SUMMARY = "list.index() in a loop looks up a table of first places"
EXAMPLE = Example(
    before=(
        "def f(xs: list[int], ys: list[int]) -> int:\n"
        "    total = 0\n"
        "    for y in ys:\n"
        "        total += xs.index(y)\n"
        "    return total\n"
    ),
    call="(list(range(1000)), list(range(1000)))",
    safe="The items are ints, text or None, and the list stays as it is through the loop.",
    pays="The list has more than a few items and is searched often.",
)
_WRAPPERS = {"sorted", "set", "list", "tuple", "reversed"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each list that is searched in a loop."""
    if not all(map(context.builtin, ("dict", "zip", "reversed", "range", "len"))):
        return
    for call in context.tree.owned(cst.Call):
        items = _searched(context, call)
        region = _region(context, call, items) if items is not None else None
        if items is None or region is None:
            continue
        name = context.fresh(f"{items.value}_places")
        replace: dict[cst.CSTNode, cst.CSTNode] = {}
        for other in context.tree.find(region, cst.Call):
            mine = _searched(context, other) if context.tree.own(other) else None
            if mine is not None and context.names.of(mine) is context.names.of(items):
                replace[other] = parse(_looked_up(context, other, mine, name))
        if any(
            one is not two and context.tree.inside(one, two) for one in replace for two in replace
        ):
            continue
        last = f"range(len({items.value}) - 1, -1, -1)"
        key = spelled(context.kinds(items).item)
        kind = f": dict[{key}, int]" if key else ""
        made = line(f"{name}{kind} = dict(zip(reversed({items.value}), {last}))")
        yield Change(replace=replace, before={region: [made]})


def _searched(context: Context, call: cst.Call) -> cst.Name | None:
    """Return the list of ``items.index(x)`` where a dict would find the same."""
    items, name, args = method(call, "index")
    if not name or len(args) != 1 or not plain(args) or not isinstance(items, cst.Name):
        return None
    kind, value = context.kinds(items), args[0].value
    keys = kind.name in ("list", "tuple") and is_key(kind.item) and is_key(context.kinds(value))
    if not keys or kept_back(context, call, f"{items.value}_places"):
        return None
    return items if context.total(value) or _is_item(context, items, value) else None


def _looked_up(context: Context, call: cst.Call, items: cst.Name, name: str) -> str:
    value = call.args[0].value
    if _is_item(context, items, value):
        return f"{name}[{clause(value)}]"
    # No branch that only a missing item would enter: tests seldom have one.
    return f"{items.value}.index({clause(value)}, {name}.get({clause(value)}, 0))"


def _is_item(context: Context, items: cst.Name, value: cst.BaseExpression) -> bool:
    """Tell whether the value comes from a loop over the list itself."""
    symbol = context.names.of(value)
    if symbol is None or not symbol.bindings:
        return False
    return all(
        binding.form == "for"
        and not binding.path
        and binding.value is not None
        and same(_core(context, binding.value), items)
        for binding in symbol.bindings
    )


def _core(context: Context, node: cst.BaseExpression) -> cst.BaseExpression:
    """Return ``x`` of ``sorted(x)``, ``set(x)`` and the like."""
    while isinstance(node, cst.Call) and context.kinds.origin(node.func) in _WRAPPERS:
        if not node.args or node.args[0].star:
            break
        node = node.args[0].value
    return node


def _region(context: Context, call: cst.Call, items: cst.Name) -> Statement | None:
    """Return the outermost loop around the call that leaves the list alone."""
    for loop in context.tree.loops(call):
        region = context.tree.statement(loop)
        flow = context.flow
        if flow.invariant(items, region) and flow.all_bound_before(items, region):
            return None if flow.invariant(call.args[0].value, region) else region
    return None

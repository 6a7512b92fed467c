"""A Counter that starts empty and is only a table of sums becomes a defaultdict.

``counts[key] += 1`` of a new key calls a method of Counter that is written in
Python. Counts are read by ``get``, so that reading adds no key. The variable
must be used as a plain dict only, and by nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import sole
from perfopt_cli.model.rules.analysis.uses import Use, is_target, use_of
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.counters import always_counter, asked, key_text
from perfopt_cli.model.rules.text import parse

NAME = "counter-table"
SUMMARY = "an empty Counter that is only a table of sums becomes a defaultdict"
EXAMPLE = Example(
    before=(
        "from collections import Counter\n\n"
        "def f(xs: list[int]) -> int:\n"
        "    counts = Counter()\n"
        "    best = 0\n"
        "    for x in xs:\n"
        "        counts[x] += 1\n"
        "        best = max(best, counts[x - 1])\n"
        "    return best\n"
    ),
    call="(list(range(0, 4000, 2)),)",
    safe="The Counter starts empty, is used as a plain dict only, and stays in the function.",
    pays="Many keys are new when they are counted.",
)
_VIEWS = {"items", "values", "keys"}
_ASKED = {"len", "max", "min", "sum", "sorted", "any", "all", "set", "list", "bool"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such Counter."""
    maker = context.imported("collections", "defaultdict")
    for symbol in context.names.symbols if maker and context.builtin("int") else ():
        if len(symbol.bindings) != 1 or symbol.captured or not always_counter(context, symbol):
            continue
        call = symbol.bindings[0].value
        start = symbol.bindings[0].node
        if not isinstance(call, cst.Call) or call.args or maker is None:
            continue
        one = isinstance(start, cst.Assign) and len(start.targets) == 1
        if not one or sole(context.tree.statement(start)) is not start:
            continue
        if not all(_is_plain(context, symbol, load) for load in symbol.loads):
            continue
        reads = asked(context, symbol)
        nested = any(
            node is not other and context.tree.inside(node, other)
            for node in reads
            for other in reads
        )
        added = any(isinstance(context.tree.parent[load], cst.Subscript) for load in symbol.loads)
        if nested or not added:
            continue
        replace: dict[cst.CSTNode, cst.CSTNode] = {call: parse(f"{maker[0]}(int)")}
        for node, text in reads.items():
            replace[node] = parse(f"{symbol.name}.get({text}, 0)")
        yield Change(replace=replace, imports=maker[1])


def _is_plain(context: Context, symbol: Symbol, load: cst.Name) -> bool:
    """Tell whether a dict that adds missing keys would do as well there."""
    parent = context.tree.parent[load]
    above = context.tree.parent[parent]
    if not context.tree.own(load):
        return False
    if isinstance(parent, cst.Subscript):
        if parent.value is not load or not key_text(parent):
            return False
        if isinstance(above, cst.AugAssign) and above.target is parent:
            return _adds(context, symbol, above)
        stored = isinstance(above, cst.AssignTarget)
        return stored or not is_target(context.tree, parent)
    if isinstance(parent, cst.Attribute):
        if parent.attr.value == "get" and isinstance(above, cst.Call):
            return len(above.args) == 2
        if not isinstance(above, cst.Call) or above.func is not parent or above.args:
            return False
        return parent.attr.value in _VIEWS and _passes(context, above)
    if isinstance(parent, cst.ComparisonTarget):
        return isinstance(parent.operator, (cst.In, cst.NotIn))
    return _passes(context, load)


def _adds(context: Context, symbol: Symbol, node: cst.AugAssign) -> bool:
    """Tell whether the value is there before and after the key is, and is sure to come."""
    used = {context.names.of(name) for name in context.tree.find(node.value, cst.Name)}
    sure = context.total(node.value) and not context.tree.guarded(node)
    return symbol not in used and sure


def _passes(context: Context, node: cst.BaseExpression) -> bool:
    """Tell whether the object is only gone through or asked about on the spot."""
    parent = context.tree.parent[node]
    if isinstance(parent, cst.Arg):
        call = context.tree.parent[parent]
        return isinstance(call, cst.Call) and context.kinds.origin(call.func) in _ASKED
    use = use_of(context.tree, node, context.kinds.origin)
    return use in (Use.ITERATE, Use.TEST)

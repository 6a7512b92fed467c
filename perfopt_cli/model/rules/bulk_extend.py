"""A loop that only appends to a list that exists already becomes one extend.

The same for ``add`` and ``update`` of a set. Only for lists and sets that
nothing but the function's own variable can reach.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import REITERABLE
from perfopt_cli.model.rules.analysis.tree import expression, method, plain
from perfopt_cli.model.rules.base import Change, Context
from perfopt_cli.model.rules.loops import gathers, is_empty, mentions, start_of
from perfopt_cli.model.rules.text import clause, line, merged

NAME = "bulk-extend"
SUMMARY = "append or add in a loop becomes one extend or update"
_BULK = {("list", "append"): "extend", ("set", "add"): "update"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    for found in gathers(context):
        receiver, name, args = method(expression(found.core), "append", "add")
        symbol = context.names.of(receiver)
        if not name or symbol is None or len(args) != 1 or not plain(args):
            continue
        bulk = _BULK.get((context.kinds.known[symbol].name, name))
        if bulk is None or not context.flow.private(symbol):
            continue
        if mentions(context, symbol, found.loop) > 1:
            continue
        if not context.flow.bound_before(symbol, found.loop):
            continue
        start = start_of(context, symbol, found.loop)
        if start is not None and is_empty(context, start.value, context.kinds.known[symbol].name):
            continue  # a comprehension is better
        item = clause(args[0].value)
        known = found.source is not None and context.kinds(found.source).name in REITERABLE
        if known and isinstance(found.source, cst.BaseExpression) and item == found.item:
            text = clause(found.source)
        else:
            text = found.comprehension(item)
        new = merged(line(f"{symbol.name}.{bulk}({text})"), [found.loop])
        yield Change(replace={found.loop: new})

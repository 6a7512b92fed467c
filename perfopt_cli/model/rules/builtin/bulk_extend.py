"""A loop that only appends to a list that exists already becomes one extend.

The same for ``add`` and ``update`` of a set. Only for lists and sets that
nothing but the function's own variable can reach.
"""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.model.rules.analysis.kinds import is_flat
from perfopt_cli.model.rules.analysis.tree import expression, method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import gathers, is_empty, mentions, start_of
from perfopt_cli.model.rules.text import clause, line, merged

NAME = "bulk-extend"
SUMMARY = "append or add in a loop becomes one extend or update"
EXAMPLE = Example(
    before="""\
def f(items: list[int]) -> list[int]:
    out = [0]
    for item in items:
        out.append(item)
    return out
""",
    call="(list(range(3000)),)",
    safe=(
        "Nothing but the function's own variable reaches the list or set, the loop does "
        "nothing else with it and is in no `try`, and the loop's variables are not read after "
        "it. Computed items of a set are numbers, str and the like, or tuples of them."
    ),
    pays=(
        "The loop has more than a few rounds; most where the items go in as they are, little "
        "where each is computed."
    ),
)
_BULK = {("list", "append"): "extend", ("set", "add"): "update"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    for found in gathers(context):
        receiver, name, args = method(expression(found.core), "append", "add")
        symbol = context.names.of(receiver)
        if not name or symbol is None or len(args) != 1 or not plain(args):
            continue
        kind = context.kinds.known[symbol].name
        bulk = _BULK.get((kind, name))
        if bulk is None or not context.flow.private(symbol):
            continue
        if mentions(context, symbol, found.loop) > 1:
            continue
        if not context.flow.bound_before(symbol, found.loop):
            continue
        start = start_of(context, symbol, found.loop)
        if start is not None and is_empty(context, start.value, kind):
            continue  # a comprehension is better
        item = clause(args[0].value)
        if found.takes_over(context, item, kind) and found.source is not None:
            text = clause(found.source)
        elif bulk == "update" and not is_flat(context.kinds(args[0].value)):
            continue  # add may refuse an item before the next is computed
        else:
            text = found.comprehension(item)
        new = merged(line(f"{symbol.name}.{bulk}({text})"), [found.loop])
        yield Change(replace={found.loop: new})

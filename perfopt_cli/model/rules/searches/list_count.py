"""``items.count(x)`` in a loop looks up counts that are taken once, before it.

Both the items and ``x`` must provably be str, int, bytes or None.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_key
from perfopt_cli.model.rules.analysis.tree import method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.set_membership import outermost
from perfopt_cli.model.rules.text import clause, code, line, parse, same

NAME = "list-count"
SUMMARY = "list.count() in a loop looks up a Counter"
EXAMPLE = Example(
    before="""\
def f(words: list[str]) -> list[str]:
    repeated = []
    for word in words:
        if words.count(word) > 1:
            repeated.append(word)
    return repeated
""",
    call="([f'word {i % 250}' for i in range(400)],)",
    safe=(
        "The items and what is counted are int, bool, str, bytes or None, or tuples of them, "
        "so that `==` and a look-up agree; the list stays as it is through the loop."
    ),
    pays="The list has more than a few items and is counted in several rounds.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each list that is counted in a loop."""
    counter = context.imported("collections", "Counter")
    for call in context.tree.owned(cst.Call) if counter else ():
        items = _counted(context, call)
        region = outermost(context, call, items) if items is not None else None
        if items is None or region is None or counter is None:
            continue
        word = code(items).rpartition(".")[2].strip("_")
        name = context.fresh(f"{word}_counts")
        replace: dict[cst.CSTNode, cst.CSTNode] = {}
        for other in context.tree.find(region, cst.Call):
            mine = _counted(context, other) if context.tree.own(other) else None
            alike = mine is not None and same(mine, items)
            if mine is not None and alike and context.names.of(mine) is context.names.of(items):
                replace[other] = parse(f"{name}[{clause(other.args[0].value)}]")
        made = line(f"{name} = {counter[0]}({code(items)})")
        yield Change(replace=replace, before={region: [made]}, imports=counter[1])


def _counted(context: Context, call: cst.Call) -> cst.BaseExpression | None:
    """Return the list of ``items.count(x)`` where a Counter would give the same."""
    items, name, args = method(call, "count")
    if not name or len(args) != 1 or not plain(args):
        return None
    kind = context.kinds(items)
    named = isinstance(items, (cst.Name, cst.Attribute))
    counts = kind.name in ("list", "tuple", "row") and is_key(kind.item)
    return items if named and counts and is_key(context.kinds(args[0].value)) else None

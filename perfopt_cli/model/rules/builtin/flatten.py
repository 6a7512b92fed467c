"""``[x for row in rows for x in row]`` and ``sum(rows, [])`` become a chain.

Both go over the same iterators in the same order, whatever they are. Adding
up lists takes time that grows with the square of their number.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import REITERABLE, is_flat
from perfopt_cli.model.rules.analysis.tree import method
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import argument, code, parse, same

NAME = "flatten"
SUMMARY = "nested iterables are joined by itertools.chain"
EXAMPLE = Example(
    before="""def f(rows: list[list[int]]) -> list[int]:
    return [x for row in rows for x in row]
""",
    call="([list(range(20))] * 100,)",
    safe="The items are taken as they are, from each inner iterable in turn.",
    pays="The items are taken in C; adding up lists copies all earlier items each time.",
)
_TAKERS = {"set", "tuple", "sorted", "sum", "min", "max", "any", "all", "frozenset"}
_TAKERS |= {"collections.Counter"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such comprehension or sum."""
    chain = context.imported("itertools", "chain")
    if chain is None:
        return
    for node in context.tree.owned(cst.ListComp):
        outer = _outer(node)
        arg = context.tree.parent[node]
        if outer is not None and isinstance(arg, cst.Arg) and _is_calm(context, arg, outer):
            made = parse(f"{chain[0]}.from_iterable({argument(outer)})")
            yield Change(replace={arg: arg.with_changes(value=made)}, imports=chain[1])
        elif outer is not None and context.builtin("list"):
            text = f"list({chain[0]}.from_iterable({argument(outer)}))"
            yield Change(replace={node: parse(text)}, imports=chain[1])
    for generator in context.tree.owned(cst.GeneratorExp):
        outer, arg = _outer(generator), context.tree.parent[generator]
        if outer is not None and isinstance(arg, cst.Arg) and _is_taken(context, arg):
            made = parse(f"{chain[0]}.from_iterable({argument(outer)})")
            yield Change(replace={arg: arg.with_changes(value=made)}, imports=chain[1])
    for call in context.tree.owned(cst.Call):
        rows = _summed(context, call)
        if rows is not None and context.builtin("list"):
            text = f"list({chain[0]}.from_iterable({argument(rows)}))"
            yield Change(replace={call: parse(text)}, imports=chain[1])


def _is_taken(context: Context, arg: cst.Arg) -> bool:
    """Tell whether a call uses the argument up."""
    call = context.tree.parent[arg]
    if not isinstance(call, cst.Call) or arg is not call.args[0]:
        return False
    return context.kinds.origin(call.func) in _TAKERS or bool(method(call, "join")[1])


def _is_calm(context: Context, arg: cst.Arg, outer: cst.BaseExpression) -> bool:
    """Tell whether the call can take items one by one that it was given all at once."""
    kind = context.kinds(outer)
    known = kind.name in REITERABLE and kind.item.name in REITERABLE
    return known and is_flat(kind.item.item) and _is_taken(context, arg)


def _outer(node: cst.ListComp | cst.GeneratorExp) -> cst.BaseExpression | None:
    """Return ``rows`` of ``x for row in rows for x in row``."""
    first, second = node.for_in, node.for_in.inner_for_in
    if second is None or second.inner_for_in is not None or first.ifs or second.ifs:
        return None
    if first.asynchronous or second.asynchronous:
        return None
    names = (first.target, second.target)
    if not all(isinstance(name, cst.Name) for name in names) or same(*names):
        return None
    return first.iter if same(second.iter, names[0]) and same(node.elt, names[1]) else None


def _summed(context: Context, call: cst.Call) -> cst.BaseExpression | None:
    """Return ``rows`` of ``sum(rows, [])`` if they are lists."""
    if context.kinds.origin(call.func) != "sum" or len(call.args) != 2:
        return None
    rows, start = call.args
    if rows.star or rows.keyword or start.star or code(start.value) != "[]":
        return None
    if start.keyword is not None and start.keyword.value != "start":
        return None
    return rows.value if context.kinds(rows.value).item.name == "list" else None

"""``for i in range(n)`` that reads ``xs[i]``, where xs has n items, goes over the items.

Several lists of that length are zipped. That the lengths agree must follow
from the text, as in ``n = len(xs)``.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import named
from perfopt_cli.model.rules.analysis.uses import is_target
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.iteration.bounds import Bounds, Form
from perfopt_cli.model.rules.iteration.direct_iteration import is_fixed
from perfopt_cli.model.rules.iteration.objects import is_kept, steady
from perfopt_cli.model.rules.text import parse

NAME = "counted-items"
SUMMARY = "a loop over the places of a list, or of several, goes over the items"
EXAMPLE = Example(
    before="""def f(xs: list[int], ys: list[int]) -> int:
    n = len(xs)
    total = 0
    for i in range(n):
        if xs[i] > 100 and xs[i] % 2:
            total += xs[i]
    return total
""",
    call="(list(range(2000)), [])",
    safe="The range is proved to be as long as the list, which stays as it is in the loop.",
    pays="Where items are read by their place, most of all more than once.",
)

_MOST = 3


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    for loop in context.tree.owned(cst.For):
        symbol = context.names.of(loop.target)
        if symbol is None or loop.asynchronous or not is_fixed(context, symbol, loop):
            continue
        rounds = _rounds(context, loop)
        if rounds is None:
            continue
        found = _indexed(context, symbol, loop, rounds)
        if found:
            yield from _changed(context, symbol, loop, found)


def _rounds(context: Context, loop: cst.For) -> Form | None:
    """Return how often the loop runs if it counts from 0."""
    ends = Bounds(context).ends(loop.iter, loop)
    if ends is None or not isinstance(loop.iter, cst.Call) or len(loop.iter.args) > 2:
        return None
    first, last = ends
    return None if first.terms or first.constant else last.shifted(1)


def _indexed(
    context: Context, symbol: Symbol, loop: cst.For, rounds: Form
) -> dict[str, list[cst.Subscript]]:
    """Return the reads of ``xs[i]`` by the name of xs, for lists of the right length."""
    found: dict[str, list[cst.Subscript]] = {}
    wrong: set[str] = set()
    for node in context.tree.find(loop.body, cst.Subscript):
        name = named(node.value)
        if not name or context.names.of(index_of(node)) is not symbol or name in wrong:
            continue
        if is_target(context.tree, node) or not context.tree.own(node):
            continue
        if name not in found and not _fits(context, node.value, loop, rounds):
            wrong.add(name)
            continue
        found.setdefault(name, []).append(node)
    return found


def _fits(context: Context, items: cst.BaseExpression, loop: cst.For, rounds: Form) -> bool:
    lengths = Bounds(context).lengths(items, loop)
    equal = [length.plus(rounds, -1) for length in lengths]
    if not any(not rest.terms and not rest.constant for rest in equal):
        return False
    kept = is_kept(context.names.of(items), context, [loop])
    return kept and steady(context, items, [loop])


def _changed(
    context: Context, symbol: Symbol, loop: cst.For, found: dict[str, list[cst.Subscript]]
) -> Iterator[Change]:
    reads = [load for load in symbol.loads if context.tree.inside(load, loop.body)]
    if len(reads) > sum(len(nodes) for nodes in found.values()) or len(found) > _MOST:
        return  # with the counter beside the items nothing is gained
    if len(found) > 1 and not context.builtin("zip"):
        return
    replace: dict[cst.CSTNode, cst.CSTNode] = {}
    items: list[str] = []
    for name, nodes in found.items():
        item = _fresh(context, name, symbol, items)
        items.append(item)
        replace.update({node: cst.Name(item) for node in nodes})
    over = ", ".join(found)
    over = f"zip({over})" if len(found) > 1 else over
    target = ", ".join(items)
    pair = parse(f"({target})") if "," in target else cst.Name(target)
    replace[loop.target] = pair.with_changes(lpar=[], rpar=[])
    replace[loop.iter] = parse(over)
    yield Change(replace=replace)


def _fresh(context: Context, name: str, symbol: Symbol, taken: list[str]) -> str:
    singular = name[:-1] if len(name) > 2 and name.endswith("s") and name[-2] != "s" else ""
    hints = [singular.strip("_"), f"{name}_{symbol.name}", f"{name}_item"]
    for hint in hints:
        if hint and hint not in taken and context.fresh(hint) == hint:
            return hint
    return context.fresh(f"{name}_item_{len(taken)}")

"""``for k in d: … d[k] …`` becomes a loop over the dict's items.

The dict must stay as it is through the loop, and the key must keep its value.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.uses import is_target
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, operand, parse, same

NAME = "dict-items"
SUMMARY = "looking up each key of a dict in a loop becomes items()"
EXAMPLE = Example(
    before="""\
def f(prices: dict[str, int]) -> int:
    total = 0
    for name in prices:
        if prices[name] > 10:
            total += prices[name]
    return total
""",
    call="({f'name {i}': i for i in range(3000)},)",
    safe=(
        "It is a dict (not a defaultdict) that stays as it is through the loop, nothing is "
        "assigned to its items, and the key keeps its value through a round and is not read "
        "after the loop."
    ),
    pays="The value is read in most rounds.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop or comprehension."""
    loops: list[cst.For | cst.CompFor] = [*context.tree.owned(cst.For)]
    for loop in [*loops, *context.tree.owned(cst.CompFor)]:
        symbol = context.names.of(loop.target)
        mapping = loop.iter
        if symbol is None or loop.asynchronous or context.kinds(mapping).name != "dict":
            continue
        if not isinstance(mapping, (cst.Name, cst.Attribute)):
            continue
        region = loop if isinstance(loop, cst.For) else symbol.scope
        body = loop.body if isinstance(loop, cst.For) else region
        if not _is_fixed(context, symbol, loop, body):
            continue
        if not context.flow.invariant(mapping, region):
            continue
        found = _lookups(context, symbol, mapping, region)
        if found:
            yield _change(context, symbol, loop, mapping, found)


def _is_fixed(
    context: Context, symbol: Symbol, loop: cst.For | cst.CompFor, body: cst.CSTNode
) -> bool:
    """Tell whether the key is bound by the loop alone while a round lasts."""
    if isinstance(loop, cst.CompFor):
        return len(symbol.bindings) == 1 and not symbol.captured
    return context.flow.confined(symbol, loop) and not context.flow.rebound(symbol, body)


def _lookups(
    context: Context, symbol: Symbol, mapping: cst.BaseExpression, region: cst.CSTNode
) -> list[cst.Subscript]:
    """Return the ``d[k]`` of the region; none where one is assigned to."""
    found: list[cst.Subscript] = []
    for node in context.tree.find(region, cst.Subscript):
        key = index_of(node)
        if key is None or context.names.of(key) is not symbol or not same(node.value, mapping):
            continue
        if is_target(context.tree, node) or not context.tree.own(node):
            return []
        if context.names.of(node.value) is not context.names.of(mapping):
            return []
        found.append(node)
    return found


def _change(
    context: Context,
    symbol: Symbol,
    loop: cst.For | cst.CompFor,
    mapping: cst.BaseExpression,
    found: list[cst.Subscript],
) -> Change:
    value = context.fresh("value", f"{symbol.name}_value")
    replace: dict[cst.CSTNode, cst.CSTNode] = {node: cst.Name(value) for node in found}
    if len(symbol.loads) == len(found):
        replace[loop.target] = cst.Name(value)
        replace[loop.iter] = parse(f"{operand(mapping)}.values()")
    else:
        pair = [cst.Element(cst.Name(code(loop.target))), cst.Element(cst.Name(value))]
        replace[loop.target] = cst.Tuple(pair, lpar=[], rpar=[])
        replace[loop.iter] = parse(f"{operand(mapping)}.items()")
    return Change(replace=replace)

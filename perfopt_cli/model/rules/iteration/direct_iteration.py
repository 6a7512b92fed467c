"""``for i in range(len(xs))`` that reads ``xs[i]`` goes over the items themselves."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import named
from perfopt_cli.model.rules.analysis.uses import is_target
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import clause, code, same

NAME = "direct-iteration"
SUMMARY = "range(len(x)) with x[i] becomes a loop over x"
EXAMPLE = Example(
    before="""\
def f(prices: list[int], limit: int) -> list[int]:
    out = []
    for i in range(len(prices)):
        if prices[i] > limit and prices[i] % 2:
            out.append(prices[i])
    return out
""",
    call="(list(range(3000)), 100)",
    safe=(
        "It is a list, tuple or str that stays as it is through the loop, and the index keeps "
        "its value through a round and is not read after the loop. Where the index is used "
        "otherwise too, it becomes enumerate()."
    ),
    pays="The item is read in most rounds.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop or comprehension."""
    loops: list[cst.For | cst.CompFor] = [*context.tree.owned(cst.For)]
    for loop in [*loops, *context.tree.owned(cst.CompFor)]:
        items = _measured(context, loop.iter)
        symbol = context.names.of(loop.target)
        if items is None or symbol is None or loop.asynchronous:
            continue
        region = loop if isinstance(loop, cst.For) else symbol.scope
        if not is_fixed(context, symbol, loop) or not context.flow.invariant(items, region):
            continue
        found = _indexed(context, symbol, items, region)
        if found:
            yield from _change(context, symbol, loop, items, found)


def _measured(context: Context, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return ``xs`` if the expression is ``range(len(xs))`` and xs is a list, tuple or str."""
    if not isinstance(node, cst.Call) or context.kinds.origin(node.func) != "range":
        return None
    args = [arg.value for arg in node.args]
    if len(args) == 2 and isinstance(args[0], cst.Integer) and args[0].value == "0":
        args = args[1:]
    length = args[0] if len(args) == 1 else None
    if not isinstance(length, cst.Call) or context.kinds.origin(length.func) != "len":
        return None
    items = length.args[0].value if len(length.args) == 1 else None
    if not isinstance(items, (cst.Name, cst.Attribute)):
        return None
    return items if context.kinds(items).name in ("list", "tuple", "row", "str") else None


def is_fixed(context: Context, symbol: Symbol, loop: cst.For | cst.CompFor) -> bool:
    """Tell whether only the loop itself sets its variable, and nothing reads it afterwards."""
    if isinstance(loop, cst.CompFor):
        return len(symbol.bindings) == 1 and not symbol.captured
    return context.flow.confined(symbol, loop) and not context.flow.rebound(symbol, loop.body)


def _indexed(
    context: Context, symbol: Symbol, items: cst.BaseExpression, region: cst.CSTNode
) -> list[cst.Subscript]:
    """Return the ``xs[i]`` of the region."""
    return [
        node
        for node in context.tree.find(region, cst.Subscript)
        if context.names.of(index_of(node)) is symbol
        and same(node.value, items)
        and context.names.of(node.value) is context.names.of(items)
        and not is_target(context.tree, node)
    ]


def _change(
    context: Context,
    symbol: Symbol,
    loop: cst.For | cst.CompFor,
    items: cst.BaseExpression,
    found: list[cst.Subscript],
) -> Iterator[Change]:
    word = named(items) or (items.attr.value if isinstance(items, cst.Attribute) else "")
    singular = word[:-1] if len(word) > 2 and word.endswith("s") and word[-2] != "s" else ""
    hints = [hint for hint in (singular.strip("_"), "item", f"{symbol.name}_item") if hint]
    name = context.fresh(*hints)
    replace: dict[cst.CSTNode, cst.CSTNode] = {node: cst.Name(name) for node in found}
    inside = [load for load in symbol.loads if context.tree.inside(load, _body(loop, symbol))]
    if len(inside) == len(found):
        replace[loop.target] = cst.Name(name)
        replace[loop.iter] = items
    elif context.builtin("enumerate") and _pays(context, loop, items, found):
        pair = [cst.Element(cst.Name(code(loop.target))), cst.Element(cst.Name(name))]
        replace[loop.target] = cst.Tuple(pair, lpar=[], rpar=[])
        replace[loop.iter] = cst.parse_expression(f"enumerate({clause(items)})")
    else:
        return
    yield Change(replace=replace)


def _pays(
    context: Context,
    loop: cst.For | cst.CompFor,
    items: cst.BaseExpression,
    found: list[cst.Subscript],
) -> bool:
    """Tell whether a round reads its item so often that this costs more than making a pair."""
    least = 2 if context.kinds(items).name == "str" else 3
    depth = len(context.tree.loops(loop)) + 1
    return len(found) >= least or any(len(context.tree.loops(one)) > depth for one in found)


def _body(loop: cst.For | cst.CompFor, symbol: Symbol) -> cst.CSTNode:
    return loop.body if isinstance(loop, cst.For) else symbol.scope

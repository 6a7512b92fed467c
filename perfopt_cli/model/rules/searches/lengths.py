"""Loops over the places of a list: which variable runs where, and what may be read there."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, lines, named
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.text import code

_ITEMS = ("list", "tuple", "str")


def squeezed(node: cst.CSTNode) -> str:
    """Return the node's text without spaces."""
    return "".join(code(node).split())


def length_of(context: Context, node: cst.BaseExpression, loop: Statement) -> Symbol | None:
    """Return the list that has this length all through the loop, if the expression says one."""
    if isinstance(node, cst.Call) and context.kinds.origin(node.func) == "len":
        symbol = context.names.of(node.args[0].value) if len(node.args) == 1 else None
        fits = symbol is not None and context.kinds.known[symbol].name in _ITEMS
        return symbol if fits and symbol and context.flow.stable(symbol, loop) else None
    size = context.names.of(node)
    if size is None or len(size.bindings) != 1 or size.captured or size.outer:
        return None
    binding = size.bindings[0]
    value: cst.BaseExpression | None = binding.value if binding.form == "assign" else None
    for step in binding.path:
        value = value.elements[step].value if isinstance(value, cst.Tuple) else None
    if not isinstance(value, cst.Call):
        return None
    start, end = _top(context, binding.node), _top(context, loop)
    block = list(context.root.body.body)
    if start is None or end is None or context.tree.loops(binding.node):
        return None
    if not context.flow.bound_before(size, loop):
        return None
    between = block[block.index(start) + (start is not end) : block.index(end) + 1]
    found = {length_of(context, value, region) for region in between}  # type: ignore[arg-type]
    return found.pop() if len(found) == 1 else None


def _top(context: Context, node: cst.CSTNode) -> cst.CSTNode | None:
    """Return the statement of the function's own block that holds the node."""
    for up in (node, *context.tree.ancestors(node)):
        if context.tree.parent.get(up) is context.root.body:
            return up
    return None


def ranged(context: Context, loop: cst.For) -> list[cst.BaseExpression]:
    """Return the arguments of the ``range`` that the loop goes over, if that is what it does."""
    call = loop.iter
    if not isinstance(call, cst.Call) or context.kinds.origin(call.func) != "range":
        return []
    return [] if any(a.keyword or a.star for a in call.args) else [a.value for a in call.args]


def placed(context: Context, node: cst.BaseExpression, at: cst.CSTNode) -> Symbol | None:
    """Return the list that has a place of this number at ``at``, if a loop over places says so."""
    symbol = context.names.of(node)
    if symbol is None or len(symbol.bindings) != 1:
        return None
    loop = symbol.bindings[0].node
    if not isinstance(loop, cst.For) or loop.target is not symbol.bindings[0].name:
        return None
    if loop.asynchronous or not context.tree.inside(at, loop.body):
        return None
    ends = ranged(context, loop)
    known = len(ends) == 1 or (len(ends) == 2 and isinstance(ends[0], cst.Integer))
    return length_of(context, ends[-1], loop) if known else None


def inner_loop(loop: cst.For) -> cst.For | None:
    """Return the loop that is the body of this one, if both are plain."""
    body = lines(loop.body)
    inner = body[0] if len(body) == 1 else None
    if not isinstance(inner, cst.For) or not (named(loop.target) and named(inner.target)):
        return None
    odd = loop.orelse or inner.orelse or loop.asynchronous or inner.asynchronous
    return None if odd else inner


def kept_back(context: Context, call: cst.Call, name: str) -> bool:
    """Tell whether the call is what a look-up in a table of this name leaves for other cases."""
    choice = context.tree.parent[call]
    found = isinstance(choice, cst.IfExp) and choice.orelse is call
    return found and isinstance(choice, cst.IfExp) and squeezed(choice.body).startswith(name)

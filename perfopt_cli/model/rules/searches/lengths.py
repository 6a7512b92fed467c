"""Loops over the places of a list: which variable runs where, and what may be read there."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import INT, STR
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Line, Statement, lines, named
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


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two loops over all places ``first < second`` of a list, with one test."""

    outer: cst.For
    inner: cst.For
    first: Symbol
    second: Symbol
    items: Symbol
    size: cst.BaseExpression
    branch: cst.If
    body: list[Line]


def pairs(context: Context, outer: cst.For) -> Pairs | None:
    """Read ``for i in range(n): for j in range(i + 1, n): if …``, or return None."""
    inner = inner_loop(outer)
    if inner is None or context.tree.parent.get(outer) is None:
        return None
    first, second = context.names.of(outer.target), context.names.of(inner.target)
    ends, places = ranged(context, outer), ranged(context, inner)
    body = lines(inner.body)
    branch = body[0] if len(body) == 1 else None
    if first is None or second is None or first is second or len(places) != 2:
        return None
    if not isinstance(branch, cst.If) or branch.orelse or not ends:
        return None
    items = length_of(context, places[1], outer)
    start = f"{first.name}+1", f"1+{first.name}"
    if items is None or squeezed(places[0]) not in start:
        return None
    if (len(ends) == 2 and squeezed(ends[0]) != "0") or len(ends) > 2:
        return None
    last = ends[-1]
    if isinstance(last, cst.BinaryOperation) and isinstance(last.operator, cst.Subtract):
        last = last.left if squeezed(last.right) == "1" else last
    if length_of(context, last, outer) is not items:
        return None
    loops = (first, outer), (second, inner)
    if not all(context.flow.confined(symbol, loop) for symbol, loop in loops):
        return None
    if any(context.flow.rebound(symbol, inner.body) for symbol in (first, second)):
        return None
    if len(first.bindings) > 1 and context.flow.rebound(first, inner):
        return None
    return Pairs(outer, inner, first, second, items, places[1], branch, lines(branch.body))


def sound(context: Context, node: cst.BaseExpression, found: Pairs, place: Symbol) -> bool:
    """Tell whether the expression gives an int or text at every place, and never fails.

    It may use the variable ``place`` of the two, to read the list, and what
    stays the same through the loops.
    """
    if isinstance(node, (cst.Integer, cst.SimpleString)):
        return context.kinds(node) in (INT, STR)
    if isinstance(node, cst.Name):
        symbol = context.names.of(node)
        if symbol is None or symbol is place or context.kinds(node) not in (INT, STR):
            return False
        bound = context.flow.bound_before(symbol, found.outer)
        return bound and context.flow.stable(symbol, found.outer)
    if isinstance(node, cst.Subscript):
        return _read(context, node, found, place)
    if isinstance(node, cst.BinaryOperation):
        if isinstance(node.operator, (cst.Modulo, cst.FloorDivide)):
            whole = isinstance(node.right, cst.Integer) and node.right.evaluated_value != 0
        else:
            whole = isinstance(node.operator, (cst.Add, cst.Subtract, cst.Multiply))
            whole = whole and sound(context, node.right, found, place)
            whole = whole and context.kinds(node.right) == INT
        return whole and context.kinds(node.left) == INT and sound(context, node.left, found, place)
    if isinstance(node, cst.Call) and context.kinds.origin(node.func) == "len":
        value = node.args[0].value
        return context.kinds(value) == STR and sound(context, value, found, place)
    return False


def _read(context: Context, node: cst.Subscript, found: Pairs, place: Symbol) -> bool:
    key = index_of(node)
    if key is None:
        parts = node.slice[0].slice if len(node.slice) == 1 else None
        if context.kinds(node.value) != STR or not isinstance(parts, cst.Slice):
            return False
        given = [part for part in (parts.lower, parts.upper, parts.step) if part is not None]
        plain = all(squeezed(part).lstrip("-").isdigit() for part in given)
        step = squeezed(parts.step) if parts.step is not None else "1"
        return plain and step != "0" and sound(context, node.value, found, place)
    if context.names.of(node.value) is found.items:
        return context.names.of(key) is place and context.kinds(node) in (INT, STR)
    row = context.kinds(node.value)
    within = isinstance(key, cst.Integer) and key.evaluated_value < len(row.args)
    whole = row.name == "row" and within and context.kinds(node) in (INT, STR)
    inner = node.value
    if not whole or not isinstance(inner, cst.Subscript):
        return False
    at = index_of(inner)
    reads = context.names.of(inner.value) is found.items
    return reads and at is not None and context.names.of(at) is place

"""Two nested loops over all pairs of a list: their forms, and what each side may compute."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import INT, STR
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Line, lines, named
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.searches.lengths import length_of, ranged, squeezed

_ITEMS = ("list", "tuple", "str")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the pair: the variable of its place, that of the item, or both."""

    place: Symbol | None
    item: Symbol | None

    @property
    def symbols(self) -> set[Symbol]:
        """The variables there are."""
        return {symbol for symbol in (self.place, self.item) if symbol is not None}

    def filled(self, items: str, place: str) -> dict[str, str]:
        """Return what the variables become where the place has another name."""
        names = {} if self.place is None else {self.place.name: place}
        return names if self.item is None else {**names, self.item.name: f"{items}[{place}]"}


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two loops over all places ``first < second`` of a list, with one test."""

    outer: cst.For
    inner: cst.For
    first: Side
    second: Side
    items: Symbol
    size: str
    branch: cst.If
    body: list[Line]


def pairs(context: Context, outer: cst.For) -> Pairs | None:
    """Read two loops over all pairs with a single ``if``, or return None.

    The outer loop is ``for i in range(n)`` or ``for i, x in enumerate(xs)``, the
    inner one ``for j in range(i + 1, n)`` or ``for y in xs[i + 1:]``.
    """
    inner = lines(outer.body)[0]
    if len(lines(outer.body)) != 1 or not isinstance(inner, cst.For):
        return None
    if outer.orelse or inner.orelse or outer.asynchronous or inner.asynchronous:
        return None
    head = _head(context, outer)
    tail = _tail(context, inner, head[0]) if head is not None else None
    branch = lines(inner.body)[0]
    if head is None or tail is None or len(lines(inner.body)) != 1:
        return None
    first, items = head
    second, size = tail
    if not isinstance(branch, cst.If) or branch.orelse or first.symbols & second.symbols:
        return None
    if length_of(context, size, outer) is not items if size else not _cut(context, inner, items):
        return None
    for side, loop in ((first, outer), (second, inner)):
        for symbol in side.symbols:
            body = inner if loop is outer else inner.body
            if not context.flow.confined(symbol, loop) or context.flow.rebound(symbol, body):
                return None
    length = context.text.code_for_node(size) if size else f"len({items.name})"
    return Pairs(outer, inner, first, second, items, length, branch, lines(branch.body))


def _head(context: Context, outer: cst.For) -> tuple[Side, Symbol] | None:
    call, target = outer.iter, outer.target
    if isinstance(target, cst.Tuple):
        parts = [context.names.of(part.value) for part in target.elements]
        made = context.kinds.origin(call.func) if isinstance(call, cst.Call) else ""
        if not isinstance(call, cst.Call) or made != "enumerate" or len(call.args) != 1:
            return None
        items = context.names.of(call.args[0].value)
        if items is None or len(parts) != 2 or None in parts or parts[0] is parts[1]:
            return None
        kept = context.kinds.known[items].name in _ITEMS and context.flow.stable(items, outer)
        return (Side(parts[0], parts[1]), items) if kept else None
    ends = ranged(context, outer)
    first = context.names.of(target)
    if first is None or not ends or len(ends) > 2:
        return None
    if len(ends) == 2 and squeezed(ends[0]) != "0":
        return None
    last = ends[-1]
    if isinstance(last, cst.BinaryOperation) and isinstance(last.operator, cst.Subtract):
        last = last.left if squeezed(last.right) == "1" else last
    found = length_of(context, last, outer)
    return (Side(first, None), found) if found is not None else None


def _tail(
    context: Context, inner: cst.For, first: Side
) -> tuple[Side, cst.BaseExpression | None] | None:
    """Return the second side and the list's length, if that is named."""
    second = context.names.of(inner.target)
    if second is None or first.place is None:
        return None
    after = (f"{first.place.name}+1", f"1+{first.place.name}")
    if isinstance(inner.iter, cst.Subscript):
        cut = inner.iter.slice[0].slice if len(inner.iter.slice) == 1 else None
        rest = isinstance(cut, cst.Slice) and cut.upper is None and cut.step is None
        if not rest or not isinstance(cut, cst.Slice) or cut.lower is None:
            return None
        return (Side(None, second), None) if squeezed(cut.lower) in after else None
    places = ranged(context, inner)
    if len(places) != 2 or squeezed(places[0]) not in after:
        return None
    return Side(second, None), places[1]


def _cut(context: Context, inner: cst.For, items: Symbol) -> bool:
    source = inner.iter
    return isinstance(source, cst.Subscript) and context.names.of(source.value) is items


def sound(context: Context, node: cst.BaseExpression, found: Pairs, side: Side) -> bool:
    """Tell whether the expression gives an int or text for every pair, and never fails.

    It may read the item of this side, and what stays the same through the loops.
    """
    if isinstance(node, (cst.Integer, cst.SimpleString)):
        return context.kinds(node) in (INT, STR)
    if isinstance(node, cst.Name):
        symbol = context.names.of(node)
        if symbol is None or symbol is side.place or context.kinds(node) not in (INT, STR):
            return False
        bound = context.flow.bound_before(symbol, found.outer)
        return symbol is side.item or (bound and context.flow.stable(symbol, found.outer))
    if isinstance(node, cst.Subscript):
        return _read(context, node, found, side)
    if isinstance(node, cst.UnaryOperation):
        whole = isinstance(node.operator, cst.Minus) and context.kinds(node) == INT
        return whole and sound(context, node.expression, found, side)
    if isinstance(node, cst.BinaryOperation):
        if isinstance(node.operator, (cst.Modulo, cst.FloorDivide)):
            whole = isinstance(node.right, cst.Integer) and node.right.evaluated_value != 0
        else:
            whole = isinstance(node.operator, (cst.Add, cst.Subtract, cst.Multiply))
            whole = whole and sound(context, node.right, found, side)
            whole = whole and context.kinds(node.right) == INT
        return whole and context.kinds(node.left) == INT and sound(context, node.left, found, side)
    if isinstance(node, cst.Call) and context.kinds.origin(node.func) == "len":
        value = node.args[0].value
        return context.kinds(value) == STR and sound(context, value, found, side)
    return False


def _read(context: Context, node: cst.Subscript, found: Pairs, side: Side) -> bool:
    key = index_of(node)
    if key is None:
        parts = node.slice[0].slice if len(node.slice) == 1 else None
        if context.kinds(node.value) != STR or not isinstance(parts, cst.Slice):
            return False
        given = [part for part in (parts.lower, parts.upper, parts.step) if part is not None]
        plain = all(squeezed(part).lstrip("-").isdigit() for part in given)
        step = squeezed(parts.step) if parts.step is not None else "1"
        return plain and int(step) != 0 and sound(context, node.value, found, side)
    if _is_item(context, node, found, side):
        return context.kinds(node) in (INT, STR)
    row = context.kinds(node.value)
    within = isinstance(key, cst.Integer) and key.evaluated_value < len(row.args)
    whole = row.name == "row" and within and context.kinds(node) in (INT, STR)
    return whole and _is_item(context, node.value, found, side)


def _is_item(context: Context, node: cst.BaseExpression, found: Pairs, side: Side) -> bool:
    """Tell whether the expression reads the item at the side's place."""
    if named(node):
        return side.item is not None and context.names.of(node) is side.item
    if not isinstance(node, cst.Subscript) or context.names.of(node.value) is not found.items:
        return False
    key = index_of(node)
    return side.place is not None and key is not None and context.names.of(key) is side.place

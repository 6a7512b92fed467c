"""Which lists and their items stay the same through a region."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import NUMBERS, SCALARS, Kind, is_scalar
from perfopt_cli.model.rules.analysis.library import Effect
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, method
from perfopt_cli.model.rules.analysis.uses import is_target
from perfopt_cli.model.rules.base import Context

_FIXED = {"tuple", "row", "str", "bytes", "range"}
_MUTABLE = {"list", "set", "dict", "deque", "defaultdict"}
_HELD = _MUTABLE | {"tuple", "row", "items", "frozenset"}
_WHOLE = ("int", "bool")
_SAME_SIZE = {"sort", "reverse", "count", "index", "copy"}


def root(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return what ``x[i][j]`` indexes in the first place."""
    while isinstance(node, cst.Subscript):
        node = node.value
    return node


def distinct(one: Kind, two: Kind) -> bool:
    """Tell whether no object is of both types."""
    if one.name != two.name:
        known = _HELD | SCALARS
        both = {one.name, two.name}
        if both <= NUMBERS or "scalar" in both or not both <= known:
            return False
        return not (both <= {"tuple", "row", "items", "list"} or both <= {"dict", "defaultdict"})
    return one.name == "list" and distinct(one.item, two.item)


def may_be(context: Context, changed: cst.BaseExpression, node: cst.BaseExpression) -> bool:
    """Tell whether changing one object in place may change the container ``node`` itself."""
    names, flow = context.names, context.flow
    mine, other = names.of(root(node)), names.of(root(changed))
    if isinstance(node, cst.Name):
        if isinstance(changed, cst.Name) and other is mine:
            return True
        if mine is not None and flow.private(mine):
            return False
    elif mine is not None and other is not mine and flow.deep(mine):
        return False
    if other is not None and other is not mine and flow.harmless(changed):
        return False
    return not distinct(context.kinds(changed), context.kinds(node))


def steady(context: Context, node: cst.BaseExpression, regions: Sequence[cst.CSTNode]) -> bool:
    """Tell whether the container keeps its items, and every item its place, in the regions."""
    if context.kinds(node).name in _FIXED:
        return True
    if context.kinds(node).name not in ("list", "dict"):
        return False
    return all(_untouched(context, node, region) for region in regions)


def _untouched(context: Context, node: cst.BaseExpression, region: cst.CSTNode) -> bool:
    flow = context.flow
    if isinstance(root(node), cst.Attribute):
        known = flow.invariant(root(node), region) and flow.quiet(region)
        return known and not context.tree.suspends(region)
    if any(may_be(context, changed, node) for changed in flow.changed(region)):
        return False
    symbol = context.names.of(root(node))
    if symbol is None:
        return False
    if flow.private(symbol) if isinstance(node, cst.Name) else flow.deep(symbol):
        return True  # nothing but the text at hand can reach it
    return context.effects(region) < Effect.OPAQUE and not context.tree.suspends(region)


def is_index(context: Context, node: cst.BaseExpression) -> bool:
    """Tell whether the expression is a sum of whole numbers in variables and the text."""
    if isinstance(node, cst.UnaryOperation):
        return isinstance(node.operator, cst.Minus) and is_index(context, node.expression)
    if isinstance(node, cst.BinaryOperation):
        exact = isinstance(node.operator, (cst.Add, cst.Subtract, cst.Multiply))
        return exact and is_index(context, node.left) and is_index(context, node.right)
    if isinstance(node, cst.Name) and context.names.of(node) is None:
        return False
    return isinstance(node, (cst.Integer, cst.Name)) and context.kinds(node).name in _WHOLE


def is_key(context: Context, node: cst.BaseExpression) -> bool:
    """Tell whether the expression is a key of basic type, in variables and the text."""
    if isinstance(node, cst.Tuple):
        return all(
            isinstance(item, cst.Element) and is_key(context, item.value) for item in node.elements
        )
    if isinstance(node, cst.Name) and context.names.of(node) is None:
        return False
    plain = isinstance(node, (cst.Name, cst.SimpleString))
    return is_index(context, node) or (plain and is_scalar(context.kinds(node)))


def is_kept(symbol: Symbol | None, context: Context, regions: Sequence[cst.CSTNode]) -> bool:
    """Tell whether the function's own variable is not bound anew in the regions."""
    if symbol is None or symbol.outer or symbol.scope is not context.root:
        return False
    if symbol.captured and context.tree.find(context.root, cst.Nonlocal):
        return False
    return not any(context.flow.rebound(symbol, region) for region in regions)


def unchanged(context: Context, node: cst.Subscript, regions: Sequence[cst.CSTNode]) -> bool:
    """Tell whether ``x[i]`` gives the same object all through the regions, if it gives one."""
    key = index_of(node)
    keyed = context.kinds(node.value).name == "dict"
    if key is None or not (is_key(context, key) if keyed else is_index(context, key)):
        return False
    for name in context.tree.find(key, cst.Name):
        if not is_kept(context.names.of(name), context, regions):
            return False
    base = node.value
    if isinstance(base, cst.Subscript):
        held = unchanged(context, base, regions)
    elif isinstance(base, cst.Attribute):
        held = all(context.flow.invariant(base, region) for region in regions)
    else:
        held = is_kept(context.names.of(base), context, regions)
    return held and steady(context, base, regions)


def resized(context: Context, symbol: Symbol, until: Statement) -> bool:
    """Tell whether the variable's container may get another length before ``until`` ends.

    All statements of the function up to the one that holds ``until`` count.
    """
    kind = context.kinds.known[symbol]
    if kind.name in _FIXED:
        return False
    if kind.name != "list":
        return True
    body = context.root.body.body
    last = next(i for i, line in enumerate(body) if context.tree.inside(until, line))
    private = context.flow.private(symbol)
    regions = body[: last + 1]
    load = next(iter(symbol.loads), None)
    if load is None:
        return True
    if not private:
        for region in regions:
            if context.effects(region) >= Effect.OPAQUE or context.tree.suspends(region):
                return True
    return any(
        may_be(context, changed, load)
        for region in regions
        for changed in _resizings(context, region)
    )


def _resizings(context: Context, region: cst.CSTNode) -> list[cst.BaseExpression]:
    """Return the expressions whose containers the region may make longer or shorter."""
    found: list[cst.BaseExpression] = []
    for changed in context.flow.changed(region):
        parent = context.tree.parent[changed]
        if isinstance(parent, cst.Subscript) and is_target(context.tree, parent):
            above = context.tree.parent[parent]
            if index_of(parent) is not None and not isinstance(above, cst.Del):
                continue
        _, name, _ = method(context.tree.parent.get(parent))
        if isinstance(parent, cst.Attribute) and name in _SAME_SIZE:
            continue
        found.append(changed)
    return found

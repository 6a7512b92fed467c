"""Pieces of arithmetic that several rules look for."""

from __future__ import annotations

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import INT
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import lines, plain
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.numbers.extremes import own_variable


def range_args(context: Context, node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """Return the arguments of a call of ``range``, else an empty list."""
    if not isinstance(node, cst.Call) or context.kinds.origin(node.func) != "range":
        return []
    return [arg.value for arg in node.args] if plain(node.args) else []


def int_variable(context: Context, node: cst.CSTNode) -> Symbol | None:
    """Return the function's own variable that the node names, if it holds an int."""
    symbol = own_variable(context, node)
    return symbol if symbol is not None and context.kinds.known[symbol] == INT else None


def literal(node: cst.CSTNode | None) -> int | None:
    """Return the value of an int literal."""
    return node.evaluated_value if isinstance(node, cst.Integer) else None


def divided(test: cst.BaseExpression) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """Split a test whether a number divides another into the number and the divisor."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return _modulo(test.expression)
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    part = test.comparisons[0]
    if not isinstance(part.operator, cst.Equal):
        return None
    for zero, other in ((part.comparator, test.left), (test.left, part.comparator)):
        if literal(zero) == 0:
            return _modulo(other)
    return None


def _modulo(node: cst.BaseExpression) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    fits = isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo)
    return (node.left, node.right) if fits else None  # type: ignore[attr-defined]


def shifted(node: cst.BaseExpression) -> tuple[cst.BaseExpression, int]:
    """Split ``x + 1`` or ``x - 1`` into ``x`` and the number; else give the node and 0."""
    if isinstance(node, cst.BinaryOperation):
        number = literal(node.right)
        if number is not None and isinstance(node.operator, cst.Add):
            return node.left, number
        if number is not None and isinstance(node.operator, cst.Subtract):
            return node.left, -number
    return node, 0


def is_half(context: Context, node: cst.BaseExpression, number: Symbol) -> bool:
    """Tell whether the expression is ``number // 2``."""
    if not isinstance(node, cst.BinaryOperation):
        return False
    floor = isinstance(node.operator, cst.FloorDivide) and literal(node.right) == 2
    return floor and context.names.of(node.left) is number


def is_positive(symbol: Symbol) -> bool:
    """Tell whether the variable only ever holds ints above 0, by what binds it.

    It goes through a range that starts above 0 and does not go down, or starts
    at such a number and only grows.
    """
    return bool(symbol.bindings) and all(
        _is_from(binding.form, binding.value, binding.node, 1) and not binding.path
        for binding in symbol.bindings
    )


def is_natural(symbol: Symbol) -> bool:
    """Tell whether the variable only ever holds ints from 0 up, by what binds it."""
    return bool(symbol.bindings) and all(
        _is_from(binding.form, binding.value, binding.node, 0) and not binding.path
        for binding in symbol.bindings
    )


def _is_from(form: str, value: cst.BaseExpression | None, node: cst.CSTNode, low: int) -> bool:
    number = literal(value)
    if form == "assign":
        return number is not None and number >= low
    if form == "augment":
        grows = isinstance(node, cst.AugAssign) and isinstance(node.operator, cst.AddAssign)
        return grows and number is not None
    if form != "for" or not isinstance(value, cst.Call) or not plain(value.args):
        return False
    args = [arg.value for arg in value.args]
    if not isinstance(value.func, cst.Name) or value.func.value != "range":
        return False
    start = literal(args[0]) if len(args) > 1 else 0
    steps = len(args) < 3 or (literal(args[2]) or 0) > 0
    return start is not None and start >= low and steps


def is_floored(context: Context, symbol: Symbol, at: cst.CSTNode) -> bool:
    """Tell whether the variable can't be negative there: by its bindings, or a test before.

    Such a test is ``if n < 2: return`` in a block around, for a variable that
    is bound once.
    """
    if is_natural(symbol):
        return True
    if len(symbol.bindings) != 1:
        return False
    statement: cst.CSTNode = at
    for up in (at, *context.tree.ancestors(at)):
        block = context.tree.parent.get(up)
        if isinstance(block, cst.IndentedBlock):
            statement = up
            before = list(block.body)[: list(block.body).index(statement)]  # type: ignore[arg-type]
            if any(_sends_off(context, earlier, symbol) for earlier in before):
                return True
    return False


def _sends_off(context: Context, node: cst.CSTNode, symbol: Symbol) -> bool:
    """Tell whether the statement leaves the function for numbers below 0."""
    if not isinstance(node, cst.If) or not isinstance(node.test, cst.Comparison):
        return False
    body, parts = lines(node.body), node.test.comparisons
    if not body or not isinstance(body[-1], (cst.Return, cst.Raise)) or len(parts) != 1:
        return False
    below = isinstance(parts[0].operator, (cst.LessThan, cst.LessThanEqual))
    known = literal(parts[0].comparator) is not None
    return below and known and context.names.of(node.test.left) is symbol

"""A list comprehension that gives one value again and again becomes a repetition.

The value must be one object, made once: a literal, or a variable.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import SIZED, is_scalar
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, operand, parse

NAME = "repeat-list"
SUMMARY = "a comprehension of equal items becomes a repeated list"
EXAMPLE = Example(
    before="""def f(rows: int, columns: int) -> list[list[int]]:
    return [[0 for _ in range(columns)] for _ in range(rows)]
""",
    call="(100, 100)",
    safe="The item is a constant or a variable, so every item is the same object anyway.",
    pays="Wherever tables are filled with a first value.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each comprehension of equal items."""
    for made in context.tree.owned(cst.ListComp):
        clause = made.for_in
        target = context.names.of(clause.target)
        if clause.ifs or clause.inner_for_in or clause.asynchronous or target is None:
            continue
        if target.captured or not _is_one(context, made.elt):
            continue
        if any(context.tree.inside(load, made.elt) for load in target.loads):
            continue
        times = _times(context, clause.iter)
        if times:
            yield Change(replace={made: parse(f"[{code(made.elt)}] * {times}")})


def _is_one(context: Context, node: cst.BaseExpression) -> bool:
    """Tell whether evaluating the expression again and again gives one object."""
    if isinstance(node, cst.UnaryOperation):
        number = isinstance(node.expression, (cst.Integer, cst.Float))
        return isinstance(node.operator, cst.Minus) and number
    if isinstance(node, cst.Tuple):
        whole = all(isinstance(item, cst.Element) for item in node.elements)
        return whole and bool(node.lpar) and all(_literal(item.value) for item in node.elements)
    if isinstance(node, cst.Call):
        # Every call makes an equal float.
        word = node.args[0].value if len(node.args) == 1 else None
        fits = isinstance(word, cst.SimpleString) and word.evaluated_value in ("inf", "-inf")
        return fits and context.kinds.origin(node.func) == "float"
    if isinstance(node, cst.Name):
        symbol = context.names.of(node)
        if symbol is None:
            return _literal(node) or context.kinds.origin(node) == "math.inf"
        if context.tree.inside(node, symbol.scope) and symbol.scope is not context.root:
            return True  # an outer clause's variable
        return context.flow.bound_before(symbol, context.tree.statement(node))
    return _literal(node)


def _literal(node: cst.BaseExpression) -> bool:
    names = ("True", "False", "None")
    constant = isinstance(node, cst.Name) and node.value in names
    return constant or isinstance(node, (cst.Integer, cst.Float, cst.SimpleString))


def _times(context: Context, node: cst.BaseExpression) -> str:
    """Return how many items the iterable gives, as an expression, or nothing."""
    if isinstance(node, cst.Call) and context.kinds.origin(node.func) == "range":
        args = [arg.value for arg in node.args]
        whole = all(_is_count(context, arg) for arg in args) and not any(
            arg.star or arg.keyword for arg in node.args
        )
        if not whole or not 1 <= len(args) <= 2:
            return ""
        if len(args) == 1 or code(args[0]) == "0":
            return operand(args[-1])
        return f"({operand(args[1])} - {operand(args[0])})"
    sized = context.kinds(node).name in SIZED - {"range"} and isinstance(node, cst.Name)
    return f"len({code(node)})" if sized and context.builtin("len") else ""


def _is_count(context: Context, node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.Subscript) and index_of(node) is None:
        return False
    return context.kinds(node).name in ("int", "bool") and is_scalar(context.kinds(node))

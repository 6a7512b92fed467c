"""``x == 1 or x == 2 or x == 3`` becomes ``x in {1, 2, 3}``.

The value must be of a basic type and computed without an effect: a set
finds it by its hash, and agrees with ``==``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_scalar
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import answer
from perfopt_cli.model.rules.text import code, same

NAME = "equal-chain"
SUMMARY = "comparing with several constants becomes one look-up in a set"
EXAMPLE = Example(
    before="""def f(words: list[str]) -> int:
    n = 0
    for w in words:
        if w == "and" or w == "or" or w == "not" or w == "if":
            n += 1
    return n
""",
    call='(["some", "words", "and", "others"] * 300,)',
    safe="The value is a number, text or None, and the constants are numbers or texts.",
    pays="One look-up stands for three comparisons and more.",
)
_LEAST = 3


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each chain."""
    for node in context.tree.owned(cst.BooleanOperation):
        joined = isinstance(node.operator, cst.Or)
        operator = cst.Equal if joined else cst.NotEqual
        parts = _parts(node, type(node.operator))
        sides = [_sides(part, operator) for part in parts]
        if len(parts) < _LEAST or not all(sides):
            continue
        pairs = [side for side in sides if side is not None]
        value = pairs[0][0]
        if not all(same(other, value) for other, _ in pairs[1:]):
            continue
        if not context.total(value) or not is_scalar(context.kinds(value)):
            continue
        constants = list(dict.fromkeys(code(constant) for _, constant in pairs))
        word = "in" if joined else "not in"
        text = f"{code(value)} {word} {{{', '.join(constants)}}}"
        yield Change(replace={node: answer(context, node, text)})


def _parts(node: cst.BaseExpression, operator: type) -> list[cst.BaseExpression]:
    """Return what ``or`` or ``and`` joins, in order."""
    if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, operator):
        return [*_parts(node.left, operator), *_parts(node.right, operator)]
    return [node]


def _sides(
    node: cst.BaseExpression, operator: type[cst.BaseCompOp]
) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """Return the value and the constant of a comparison."""
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return None
    part = node.comparisons[0]
    if not isinstance(part.operator, operator):
        return None
    for value, constant in ((node.left, part.comparator), (part.comparator, node.left)):
        if _is_constant(constant) and not _is_constant(value):
            return value, constant
    return None


def _is_constant(node: cst.BaseExpression) -> bool:
    if not isinstance(node, (cst.Integer, cst.SimpleString)):
        return False
    return isinstance(ast.literal_eval(node.value), (int, str))

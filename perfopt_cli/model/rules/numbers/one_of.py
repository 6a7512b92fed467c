"""``x == 1 or x == 2 or x == 3`` becomes ``x in {1, 2, 3}``."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_scalar
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.extremes import own_variable
from perfopt_cli.model.rules.text import code, parse

NAME = "one-of"
SUMMARY = "comparing a variable with one constant after the other becomes a look-up in a set"
EXAMPLE = Example(
    before="""\
def f(text: str):
    count = 0
    for c in text:
        if c == "a" or c == "e" or c == "i" or c == "o" or c == "u":
            count += 1
    return count
""",
    call="('the quick brown fox jumps over a lazy dog' * 50,)",
    safe="The variable holds a number, a string or None, which a set tells apart as == does.",
    pays="Python keeps a set of constants ready, and looks up in it once.",
)
_FEWEST = 4


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such chain."""
    for node in context.tree.owned(cst.BooleanOperation):
        above = context.tree.parent[node]
        if isinstance(above, cst.BooleanOperation) and isinstance(
            above.operator, type(node.operator)
        ):
            continue
        either = isinstance(node.operator, cst.Or)
        parts = [_compared(part, either) for part in _chain(node, type(node.operator))]
        names = {context.names.of(part[0]) for part in parts if part is not None}
        if None in parts or len(names) != 1 or len(parts) < _FEWEST:
            continue
        first = parts[0]
        symbol = own_variable(context, first[0]) if first is not None else None
        if symbol is None or not is_scalar(context.kinds.known[symbol]):
            continue
        constants = list(dict.fromkeys(code(part[1]) for part in parts if part is not None))
        word = "in" if either else "not in"
        text = f"{symbol.name} {word} {{{', '.join(constants)}}}"
        yield Change(replace={node: parse(text)})


def _chain(
    node: cst.BaseExpression, operator: type[cst.BaseBooleanOp]
) -> Iterator[cst.BaseExpression]:
    if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, operator):
        yield from _chain(node.left, operator)
        yield from _chain(node.right, operator)
    else:
        yield node


def _compared(
    node: cst.BaseExpression, either: bool
) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """Split ``x == constant``, or ``x != constant``."""
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return None
    part = node.comparisons[0]
    if not isinstance(part.operator, cst.Equal if either else cst.NotEqual):
        return None
    for one, other in ((node.left, part.comparator), (part.comparator, node.left)):
        if isinstance(one, cst.Name) and isinstance(other, (cst.Integer, cst.SimpleString)):
            return one, other
    return None

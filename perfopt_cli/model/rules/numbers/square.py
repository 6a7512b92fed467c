"""``x ** 2`` becomes ``x * x`` for ints.

The power of a float may be rounded otherwise, and fails where the product is
infinite.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import INT
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.extremes import may_bind, placed
from perfopt_cli.model.rules.numbers.parts import int_variable, literal
from perfopt_cli.model.rules.text import clause

NAME = "square"
SUMMARY = "the square of an int becomes a product"
EXAMPLE = Example(
    before="""\
def f(xs: list[int], y: int):
    return sum([(x - y) ** 2 for x in xs])
""",
    call="(list(range(2000)), 3)",
    safe="The number is an int, so that nothing is rounded.",
    pays="A product takes one instruction; a power starts a general computation.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each square in a loop, or in a function without loops."""
    short = not context.tree.owned(cst.For) and not context.tree.owned(cst.While)
    for node in context.tree.owned(cst.BinaryOperation):
        if not isinstance(node.operator, cst.Power) or literal(node.right) != 2:
            continue
        if context.kinds(node.left) != INT or not (short or context.tree.loops(node)):
            continue
        if isinstance(node.left, cst.Integer):
            continue  # Python works it out when it compiles
        if int_variable(context, node.left) is not None:
            text = f"{clause(node.left)} * {clause(node.left)}"
            yield Change(replace={node: placed(context, node, text)})
        elif may_bind(context, node):
            name = context.fresh("base", "number")
            bare = node.left.with_changes(lpar=[], rpar=[])
            text = f"({name} := {clause(bare)}) * {name}"
            yield Change(replace={node: placed(context, node, text)})

"""Sums and products of whole numbers that stay the same are computed before the loop."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.iteration.objects import is_index, is_kept
from perfopt_cli.model.rules.iteration.places import alike
from perfopt_cli.model.rules.text import code, line, parse, same

NAME = "hoist-arithmetic"
SUMMARY = "arithmetic with the same result in every round is done once"
EXAMPLE = Example(
    before="""def f(n: int, limit: int) -> int:
    found = 0
    for a in range(1, n):
        for b in range(a, n):
            if a * a + b * b <= limit * limit:
                found += 1
    return found
""",
    call="(60, 40)",
    safe="Adding, subtracting and multiplying whole numbers never fails and changes nothing.",
    pays="In inner loops, for products of what only depends on the outer ones, or sums made twice.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each expression and the outermost loop that leaves it alone."""
    for node in context.tree.owned(cst.BinaryOperation):
        names = context.tree.find(node, cst.Name)
        if not names or not is_index(context, node) or not _is_hot(context, node):
            continue
        for loop in context.tree.loops(node):
            region = context.tree.statement(loop)
            flow = context.flow
            kept = all(is_kept(context.names.of(name), context, [region]) for name in names)
            if not kept or not flow.all_bound_before(node, region):
                continue
            found = [
                other
                for other in context.tree.find(region, cst.BinaryOperation)
                if same(other, node) and alike(context, other, node) and context.tree.own(other)
            ]
            if not _pays(context, node, found):
                break
            name = context.fresh(_hint(node))
            yield Change(
                replace={other: parse(name) for other in found},
                before={region: [line(f"{name} = {code(node)}")]},
            )
            break


def _pays(context: Context, node: cst.BinaryOperation, found: list[cst.BinaryOperation]) -> bool:
    """Tell whether more is saved in a round than one addition."""
    operations = context.tree.find(node, cst.BinaryOperation)
    products = any(isinstance(part.operator, cst.Multiply) for part in operations)
    return products or len(operations) * sum(_is_hot(context, other) for other in found) > 1


def _is_hot(context: Context, node: cst.BinaryOperation) -> bool:
    """Tell whether the innermost loop around it computes the expression in its rounds.

    What the head of a loop computes, or the statement that ends one, is not hot.
    """
    for up in context.tree.ancestors(node):
        if isinstance(up, (cst.For, cst.CompFor)) and context.tree.inside(node, up.iter):
            return False
        if isinstance(up, (cst.Return, cst.Raise)):
            return False
        if isinstance(up, (cst.For, cst.While, *COMPREHENSIONS)):
            return True
    return True


def _hint(node: cst.BinaryOperation) -> str:
    """Return a name for the value: ``n_minus_1``, ``a_times_a``."""
    words = {cst.Add: "plus", cst.Subtract: "minus", cst.Multiply: "times"}
    left, right = code(node.left), code(node.right)
    simple = left.isidentifier() and right.isalnum() and right.isascii()
    word = words.get(type(node.operator), "with")
    return f"{left}_{word}_{right}" if simple else "product" if word == "times" else "offset"

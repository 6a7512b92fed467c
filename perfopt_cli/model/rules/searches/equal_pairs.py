"""The test of a loop over pairs as an equation between its two sides."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import INT
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.searches.pairing import Pairs, Side, sound
from perfopt_cli.model.rules.text import code, operand, parse

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "=="}


@dataclass(frozen=True, slots=True)
class Sides:
    """``first operator second``, each in terms of one place of the pair."""

    first: cst.BaseExpression
    operator: str
    second: cst.BaseExpression


def sides(context: Context, found: Pairs, test: cst.BaseExpression) -> Sides | None:
    """Split a comparison by the two places; sums and differences of ints are moved across."""
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    part = test.comparisons[0]
    left, right = test.left, part.comparator
    operator = code(part.operator).strip()
    if operator not in _TURNED:
        return None
    if _fits(context, found, left, right):
        return Sides(left, operator, right)
    if _fits(context, found, right, left):
        return Sides(right, _TURNED[operator], left)
    if operator == "==":
        return _moved(context, found, left, right) or _moved(context, found, right, left)
    return None


def _fits(
    context: Context, found: Pairs, first: cst.BaseExpression, second: cst.BaseExpression
) -> bool:
    each = (first, found.first, found.second), (second, found.second, found.first)
    alike = context.kinds(first) == context.kinds(second)
    return alike and all(_about(context, found, *one) for one in each)


def _about(
    context: Context, found: Pairs, node: cst.BaseExpression, mine: Side, other: Side
) -> bool:
    """Tell whether the side depends on its own place of the pair alone."""
    used = {context.names.of(name) for name in context.tree.find(node, cst.Name)}
    apart = bool(used & mine.symbols) and not used & other.symbols
    return apart and sound(context, node, found, mine)


def _moved(
    context: Context, found: Pairs, joined: cst.BaseExpression, total: cst.BaseExpression
) -> Sides | None:
    """Read ``a + b == t``, ``a - b == t`` and ``(a + b) % m == t``."""
    modulus = ""
    if isinstance(joined, cst.BinaryOperation) and isinstance(joined.operator, cst.Modulo):
        if not isinstance(joined.right, cst.Integer) or not isinstance(total, cst.Integer):
            return None
        if total.evaluated_value >= joined.right.evaluated_value:
            return None
        modulus = joined.right.value
        joined = joined.left
    if not isinstance(joined, cst.BinaryOperation) or not isinstance(
        joined.operator, (cst.Add, cst.Subtract)
    ):
        return None
    left, right = joined.left, joined.right
    names = {context.names.of(name) for name in context.tree.find(total, cst.Name)}
    if names & (found.first.symbols | found.second.symbols) or not sound(
        context, total, found, found.first
    ):
        return None
    if {context.kinds(node) for node in (left, right, total)} != {INT}:
        return None
    plus = isinstance(joined.operator, cst.Add)
    if _fits(context, found, left, right):
        wanted = _less(total, left) if plus else f"{operand(left)} - {operand(total)}"
        second = right
    elif _fits(context, found, right, left):
        wanted = _less(total, right) if plus else f"{operand(total)} + {operand(right)}"
        second = left
    else:
        return None
    if modulus:
        return Sides(
            parse(f"({wanted}) % {modulus}"), "==", parse(f"{operand(second)} % {modulus}")
        )
    return Sides(parse(wanted), "==", second)


def _less(total: cst.BaseExpression, part: cst.BaseExpression) -> str:
    nothing = isinstance(total, cst.Integer) and total.evaluated_value == 0
    return f"-{operand(part)}" if nothing else f"{operand(total)} - {operand(part)}"

"""The sum of a polynomial over a range becomes its closed form.

``sum([i * i for i in range(1, n + 1)])`` is a polynomial of ``n`` with
rational coefficients (Faulhaber), exact for ints of any size. A range may be
empty, which the closed form must be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import comb, lcm

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.parts import int_variable, literal, range_args, shifted
from perfopt_cli.model.rules.text import parse

NAME = "range-sum"
SUMMARY = "the sum of a polynomial over a range becomes its closed form"
EXAMPLE = Example(
    before="""\
def f(n: int):
    return sum([i * i for i in range(1, n + 1)])
""",
    call="(1000,)",
    safe="All numbers are ints, so that nothing is rounded; an empty range is told apart.",
    pays="A few operations take the place of one for each number of the range.",
)
_DEGREE = 6
_COEFFICIENT = 10**6
Polynomial = list[Fraction]


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such call of ``sum``."""
    for call in context.tree.owned(cst.Call):
        if context.kinds.origin(call.func) != "sum" or len(call.args) != 1 or not plain(call.args):
            continue
        found = _summed(context, call.args[0].value)
        if found is not None:
            items, terms = found
            text = _closed(context, items, terms)
            if text:
                lone = isinstance(context.tree.parent[call], (cst.Assign, cst.Return))
                yield Change(replace={call: parse(text if lone else f"({text})")})


def _summed(
    context: Context, node: cst.BaseExpression
) -> tuple[list[cst.BaseExpression], Polynomial] | None:
    """Return the arguments of the range, and the polynomial that is added up."""
    if isinstance(node, (cst.ListComp, cst.GeneratorExp)):
        head = node.for_in
        if head.ifs or head.inner_for_in or head.asynchronous:
            return None
        if not isinstance(head.target, cst.Name):
            return None
        terms = _polynomial(context, node.elt, head.target)
        return (range_args(context, head.iter), terms) if terms else None
    return range_args(context, node), [Fraction(0), Fraction(1)]


def _polynomial(
    context: Context, node: cst.BaseExpression, variable: cst.Name
) -> Polynomial | None:
    """Return the coefficients of an int expression of one variable, the constant first."""
    if isinstance(node, cst.Name) and context.names.of(node) is context.names.of(variable):
        return [Fraction(0), Fraction(1)]
    number = literal(node)
    if number is not None:
        return [Fraction(number)] if number < _COEFFICIENT else None
    if not isinstance(node, cst.BinaryOperation):
        return None
    left = _polynomial(context, node.left, variable)
    power = literal(node.right)
    if isinstance(node.operator, cst.Power):
        result: Polynomial | None = [Fraction(1)]
        for _ in range(power if power is not None and power <= _DEGREE else 0):
            result = _times(result, left)
        return result if power is not None and power <= _DEGREE and left else None
    right = _polynomial(context, node.right, variable)
    if left is None or right is None:
        return None
    if isinstance(node.operator, cst.Multiply):
        return _times(left, right)
    if isinstance(node.operator, cst.Add):
        return _plus(left, right)
    minus = isinstance(node.operator, cst.Subtract)
    return _plus(left, [-c for c in right]) if minus else None


def _times(left: Polynomial | None, right: Polynomial | None) -> Polynomial | None:
    if left is None or right is None or len(left) + len(right) > _DEGREE + 2:
        return None
    result = [Fraction(0)] * (len(left) + len(right) - 1)
    for i, one in enumerate(left):
        for j, two in enumerate(right):
            result[i + j] += one * two
    return result


def _plus(left: Polynomial, right: Polynomial) -> Polynomial:
    size = max(len(left), len(right))
    pad = [[*side, *([Fraction(0)] * (size - len(side)))] for side in (left, right)]
    return [one + two for one, two in zip(*pad, strict=True)]


def _below(terms: Polynomial) -> Polynomial:
    """Return the polynomial of ``n`` that is the sum over ``range(n)``.

    From n^(k+1) = sum over i < n of (i+1)^(k+1) - i^(k+1), solved for the
    highest power.
    """
    powers: list[Polynomial] = []
    for k in range(len(terms)):
        sums = [Fraction(0)] * (k + 2)
        sums[k + 1] = Fraction(1)
        for j, lower in enumerate(powers):
            for place, c in enumerate(lower):
                sums[place] -= comb(k + 1, j) * c
        powers.append([c / (k + 1) for c in sums])
    total: Polynomial = [Fraction(0)]
    for factor, power in zip(terms, powers, strict=True):
        total = _plus(total, [factor * c for c in power])
    return total


def _moved(terms: Polynomial, offset: int) -> Polynomial:
    """Return the polynomial of ``n`` that has the value of the given one at ``n + offset``."""
    result: Polynomial = [Fraction(0)] * len(terms)
    for k, factor in enumerate(terms):
        for j in range(k + 1):
            result[j] += factor * comb(k, j) * offset ** (k - j)
    return result


def _closed(context: Context, items: list[cst.BaseExpression], terms: Polynomial) -> str:
    """Return the text of the sum over ``range(start, n + offset)``."""
    if len(items) not in (1, 2):
        return ""
    start = literal(items[0]) if len(items) == 2 else 0
    end, offset = shifted(items[-1])
    number = int_variable(context, end)
    if start is None or number is None:
        return ""
    whole = _below(terms)
    first = sum((c * start**k for k, c in enumerate(whole)), Fraction(0))
    result = _moved(whole, offset)
    result[0] -= first
    return f"{_spelled(result, number.name)} if {number.name} > {start - offset} else 0"


def _spelled(terms: Polynomial, name: str) -> str:
    """Return a polynomial with whole values as text, by Horner's scheme."""
    while len(terms) > 1 and terms[-1] == 0:
        terms = terms[:-1]
    below = lcm(*(c.denominator for c in terms))
    *lower, highest = [int(c * below) for c in terms]
    text = str(highest) if highest != 1 or not lower else ""
    for place, c in enumerate(reversed(lower)):
        text = f"{text} * {name}" if text else name
        if c:
            text += f" {'+' if c > 0 else '-'} {abs(c)}"
            text = f"({text})" if place < len(lower) - 1 or below > 1 else text
    return f"{text} // {below}" if below > 1 else text

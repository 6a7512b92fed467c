"""A search for any divisor stops at the square root.

Of two factors of ``n`` one is at most the root, so there is a divisor from 2
up to an end beyond the root, below ``n``, exactly if there is one up to the
root. Only what does not depend on which divisor was found may follow.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Line, lines
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import mentions
from perfopt_cli.model.rules.numbers.parts import (
    divided,
    int_variable,
    is_floored,
    is_half,
    literal,
    range_args,
    shifted,
)
from perfopt_cli.model.rules.text import clause, code, parse

NAME = "trial-division"
SUMMARY = "a search for any divisor of a number stops at its square root"
EXAMPLE = Example(
    before="""\
def f(n: int):
    if n < 2:
        return False
    for i in range(2, n):
        if n % i == 0:
            return False
    return True
""",
    call="(1009,)",
    safe="What follows does not depend on which divisor is found, and the number is an int.",
    pays="The root of a number is far smaller than the number.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    for loop in context.tree.owned(cst.For):
        args = range_args(context, loop.iter)
        item = context.names.of(loop.target)
        body = lines(loop.body)
        if len(args) != 2 or literal(args[0]) != 2 or item is None or len(body) != 1:
            continue
        branch = body[0]
        parts = divided(branch.test) if isinstance(branch, cst.If) else None
        if parts is None or loop.asynchronous or not context.flow.confined(item, loop):
            continue
        assert isinstance(branch, cst.If)
        number = int_variable(context, parts[0])
        if number is None or context.names.of(parts[1]) is not item or number is item:
            continue
        if not _is_one_end(context, branch, item) or context.flow.rebound(number, loop):
            continue
        text = _end(context, args[1], number, loop)
        root = context.imported("math", "isqrt")
        if text and root is not None:
            end = text.replace("isqrt", root[0])
            yield Change(replace={args[1]: parse(end)}, imports=root[1])


def _is_one_end(context: Context, branch: cst.If, item: Symbol) -> bool:
    """Tell whether any divisor leads to the same: the loop is left, or a constant is set."""
    body = lines(branch.body)
    if branch.orelse is not None and not all(
        isinstance(part, cst.Pass | cst.Continue) for part in _otherwise(branch)
    ):
        return False
    if mentions(context, item, branch.body) or not body:
        return False
    if isinstance(body[-1], (cst.Return, cst.Raise, cst.Break)):
        return True
    return all(
        isinstance(part, cst.Assign)
        and all(isinstance(target.target, cst.Name) for target in part.targets)
        and (literal(part.value) is not None or code(part.value) in ("True", "False", "None"))
        for part in body
    )


def _otherwise(branch: cst.If) -> list[Line]:
    assert branch.orelse is not None
    return lines(branch.orelse.body) if isinstance(branch.orelse, cst.Else) else [branch.orelse]


def _end(context: Context, end: cst.BaseExpression, number: Symbol, loop: cst.For) -> str:
    """Return the new end of the range, or nothing where the old one may not reach the root."""
    base, offset = shifted(end)
    whole = context.names.of(base) is number and offset in (0, -1)
    half = is_half(context, base, number)
    if not whole and not (half and offset in (0, 1)):
        return ""
    floored = is_floored(context, number, loop)
    root = f"isqrt({number.name if floored else f'max({number.name}, 0)'}) + 1"
    if not floored and not context.builtin("max"):
        return ""
    if half and not offset:
        # The half of 4 does not reach its root.
        return f"min({clause(end)}, {root})" if context.builtin("min") else ""
    return root

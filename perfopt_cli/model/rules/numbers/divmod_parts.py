"""``q, r = divmod(n, 10)`` becomes ``q, r = n // 10, n % 10`` for ints and a constant divisor."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.parts import int_variable, literal
from perfopt_cli.model.rules.text import code, parse

NAME = "divmod-parts"
SUMMARY = "divmod() of an int by a constant becomes a quotient and a remainder"
EXAMPLE = Example(
    before="""\
def f(xs: list[int]):
    total = 0
    for x in xs:
        tens, ones = divmod(x, 10)
        total += tens * ones
    return total
""",
    call="(list(range(2000)),)",
    safe="The number is an int and the divisor a constant other than 0.",
    pays="Two operators cost less than a call that makes a tuple.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such call that is unpacked at once."""
    for assign in context.tree.owned(cst.Assign):
        call, target = assign.value, assign.targets[0].target
        if not isinstance(call, cst.Call) or context.kinds.origin(call.func) != "divmod":
            continue
        if len(call.args) != 2 or not plain(call.args) or len(assign.targets) != 1:
            continue
        number, divisor = (arg.value for arg in call.args)
        if not literal(divisor) or int_variable(context, number) is None:
            continue
        names = isinstance(target, (cst.Tuple, cst.List)) and len(target.elements) == 2
        if names and context.tree.loops(call):
            n, d = code(number), code(divisor)
            yield Change(replace={call: parse(f"{n} // {d}, {n} % {d}")})

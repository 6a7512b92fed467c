"""A loop that only sets a flag stops once it is set.

``for x in xs: if test: found = True`` gets a ``break``, where the test can
neither fail nor have an effect and the items are in a builtin container.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import REITERABLE
from perfopt_cli.model.rules.analysis.tree import lines
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import unpacked

NAME = "flag-break"
SUMMARY = "a loop that sets a flag stops once it is set"
EXAMPLE = Example(
    before="""\
def f(numbers: list[int]) -> bool:
    found = False
    for number in numbers:
        if number == 7:
            found = True
    return found
""",
    call="(list(range(3000)),)",
    safe=(
        "The test can neither fail nor have an effect nor read the flag, the flag is set to a "
        "constant, the items come from a builtin container, and the loop's variables are not "
        "read after it."
    ),
    pays="The flag is set early. Where it never is, nothing is won and nothing lost.",
)
_CONSTANTS = {"True", "False", "None"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    for loop in context.tree.owned(cst.For):
        body = lines(loop.body)
        test = body[0] if len(body) == 1 else None
        if loop.orelse or loop.asynchronous or not isinstance(test, cst.If) or test.orelse:
            continue
        inner = lines(test.body)
        if not inner or not isinstance(test.body, cst.IndentedBlock):
            continue
        flags = [context.names.of(_flag(small)) for small in inner]
        if not all(flag and not flag.captured and not flag.outer for flag in flags):
            continue
        read = {context.names.of(name) for name in context.tree.find(test.test, cst.Name)}
        calm = context.total(test.test) and context.effects.truth(test.test) == 0
        if not calm or set(flags) & read or not _is_plain_loop(context, loop):
            continue
        stop = cst.SimpleStatementLine([cst.Break()])
        yield Change(replace={test.body: test.body.with_changes(body=[*test.body.body, stop])})


def _flag(small: cst.CSTNode) -> cst.BaseExpression | None:
    """Return the variable if the statement is ``variable = constant``."""
    if not isinstance(small, cst.Assign) or len(small.targets) != 1:
        return None
    value = small.value
    constant = isinstance(value, (cst.Integer, cst.SimpleString)) or (
        isinstance(value, cst.Name) and value.value in _CONSTANTS
    )
    return small.targets[0].target if constant else None


def _is_plain_loop(context: Context, loop: cst.For) -> bool:
    """Tell whether leaving the loop early is only seen in what its body does."""
    kind = context.kinds(loop.iter)
    if not context.effects.unpacks(loop.target, kind.item):
        return False
    symbols = [context.names.of(target) for target in unpacked(loop.target)]
    confined = all(symbol and context.flow.confined(symbol, loop) for symbol in symbols)
    made = context.effects.source(loop.iter) == 0
    return confined and (kind.name in REITERABLE or made)

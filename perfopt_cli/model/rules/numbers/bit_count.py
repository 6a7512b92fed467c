"""Counting the bits of an int in a loop becomes ``bin(n).count("1")``.

The loop never ends for a negative number, so there is nothing to keep then.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Line, lines
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.parts import int_variable, literal
from perfopt_cli.model.rules.text import code, line, merged, parse, same

NAME = "bit-count"
SUMMARY = "a loop that counts the bits of an int becomes a count in its binary text"
EXAMPLE = Example(
    before="""\
def f(n: int):
    count = 0
    while n:
        count += n & 1
        n >>= 1
    return count
""",
    call="(1234567891,)",
    safe="Both variables hold ints, and the loop ends with the number at 0.",
    pays="The text is made and searched at once; the loop runs bytecode for every bit.",
)
_HALVED = ("{n} >>= 1", "{n} //= 2", "{n} = {n} >> 1", "{n} = {n} // 2")
_ADDED = ("{c} += {n} & 1", "{c} += {n} % 2", "{c} = {c} + ({n} & 1)", "{c} = {c} + {n} % 2")
_LAST = ("{n} & 1", "{n} % 2", "{n} & 1 == 1", "{n} % 2 == 1", "({n} & 1) == 1", "{n} % 2 != 0")
_CLEARED = ("{n} &= {n} - 1", "{n} &= ({n} - 1)", "{n} = {n} & ({n} - 1)", "{n} = {n} & {n} - 1")
_ONE = ("{c} += 1", "{c} = {c} + 1")


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    if not context.builtin("bin"):
        return
    for loop in context.tree.owned(cst.While):
        number = _tested(context, loop.test)
        body = lines(loop.body)
        if number is None or loop.orelse or len(body) != 2:
            continue
        count = _counted(context, body, number)
        if count is None or count is number:
            continue
        text = (
            f'if {number.name} > 0:\n    {count.name} += bin({number.name}).count("1")\n'
            f"    {number.name} = 0\n"
        )
        yield Change(replace={loop: merged(line(text), [loop])})


def _tested(context: Context, test: cst.BaseExpression) -> Symbol | None:
    """Return the number that the loop goes on for while it is not 0."""
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        part = test.comparisons[0]
        zero = literal(part.comparator) == 0
        fits = zero and isinstance(part.operator, (cst.GreaterThan, cst.NotEqual))
        return int_variable(context, test.left) if fits else None
    return int_variable(context, test)


def _counted(context: Context, body: list[Line], number: Symbol) -> Symbol | None:
    """Return the variable that the two statements count the bits of the number in."""
    for one, other in (body, body[::-1]):
        count = int_variable(context, _target(one))
        if count is None:
            continue
        names = {"n": number.name, "c": count.name}
        if _reads(one, _ONE, names) and _reads(other, _CLEARED, names):
            return count
        if one is body[0] and _reads(other, _HALVED, names) and _adds(one, names):
            return count
    return None


def _target(node: Line) -> cst.CSTNode:
    if isinstance(node, cst.If) and len(lines(node.body)) == 1:
        node = lines(node.body)[0]
    if isinstance(node, cst.Assign) and len(node.targets) == 1:
        return node.targets[0].target
    return node.target if isinstance(node, cst.AugAssign) else node


def _adds(node: Line, names: dict[str, str]) -> bool:
    """Tell whether the statement adds the last bit."""
    if not isinstance(node, cst.If):
        return _reads(node, _ADDED, names)
    tests = [parse(test.format(**names)) for test in _LAST]
    counts = len(lines(node.body)) == 1 and _reads(lines(node.body)[0], _ONE, names)
    return counts and node.orelse is None and any(same(node.test, test) for test in tests)


def _reads(node: Line, texts: tuple[str, ...], names: dict[str, str]) -> bool:
    """Tell whether the statement is one of the texts, with these names."""
    return code(node).rstrip("; ") in [text.format(**names) for text in texts]

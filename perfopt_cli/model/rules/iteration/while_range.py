"""``while i < n`` with ``i += 1`` at its end becomes a ``for`` loop over a range.

The limit must stay the same, nothing else may set the counter, and no round
may skip the step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import DEFERRED, Statement, sole
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, comments, conjunct, line, negated, operand, parse

NAME = "while-range"
SUMMARY = "a while loop that counts becomes a for loop over a range"
EXAMPLE = Example(
    before="""def f(xs: list[int]) -> int:
    total = 0
    i = 0
    n = len(xs)
    while i < n:
        if xs[i] % 3 == 0:
            total += i
        i += 1
    return total
""",
    call="(list(range(2000)),)",
    safe="The limit is a whole number that the loop leaves alone, and every round adds the step.",
    pays="In every loop that counts: the comparison and the addition run in C.",
)
_UP = (cst.LessThan, cst.LessThanEqual)
_DOWN = (cst.GreaterThan, cst.GreaterThanEqual)
_TURNED: dict[type[cst.BaseCompOp], cst.BaseCompOp] = {
    cst.LessThan: cst.GreaterThan(),
    cst.LessThanEqual: cst.GreaterThanEqual(),
    cst.GreaterThan: cst.LessThan(),
    cst.GreaterThanEqual: cst.LessThanEqual(),
}


@dataclass(frozen=True, slots=True)
class _Count:
    """A loop's counter, its limit with the operator, and what else must hold to go on."""

    symbol: Symbol
    operator: cst.BaseCompOp
    limit: cst.BaseExpression
    rest: tuple[cst.BaseExpression, ...]
    step: int

    @property
    def end(self) -> str:
        """The range's end, which is not part of it."""
        if isinstance(self.operator, (cst.LessThan, cst.GreaterThan)):
            return code(self.limit)
        more = "+" if self.step > 0 else "-"
        if isinstance(self.limit, cst.Integer):
            return str(self.limit.evaluated_value + (1 if self.step > 0 else -1))
        return f"{operand(self.limit)} {more} 1"


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each loop that counts."""
    for loop in context.tree.owned(cst.While):
        count = _count(context, loop)
        if count is not None and _holds(context, loop, count):
            yield from _changed(context, loop, count)


def _count(context: Context, loop: cst.While) -> _Count | None:
    parts = _conjuncts(loop.test)
    test = parts[0]
    if loop.orelse or not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    step = _step(loop)
    left, part = test.left, test.comparisons[0]
    right, operator = part.comparator, part.operator
    if step is None or type(operator) not in _TURNED:
        return None
    if code(left) != step[0]:
        left, right, operator = right, left, _TURNED[type(operator)]
    symbol = context.names.of(left)
    towards = isinstance(operator, _UP if step[1] > 0 else _DOWN)
    if symbol is None or symbol.name != step[0] or not towards:
        return None
    return _Count(symbol, operator, right, tuple(parts[1:]), step[1])


def _conjuncts(test: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
        return [*_conjuncts(test.left), *_conjuncts(test.right)]
    return [test]


def _step(loop: cst.While) -> tuple[str, int] | None:
    """Return the variable that the last line of the body adds a number to, and the number."""
    last = sole(loop.body.body[-1]) if isinstance(loop.body, cst.IndentedBlock) else None
    if isinstance(last, cst.AugAssign):
        name, value = last.target, last.value
        plus = isinstance(last.operator, cst.AddAssign)
        minus = isinstance(last.operator, cst.SubtractAssign)
    elif isinstance(last, cst.Assign) and len(last.targets) == 1:
        found = last.value
        if not isinstance(found, cst.BinaryOperation) or code(found.left) != code(
            last.targets[0].target
        ):
            return None
        name, value = last.targets[0].target, found.right
        plus = isinstance(found.operator, cst.Add)
        minus = isinstance(found.operator, cst.Subtract)
    else:
        return None
    if not isinstance(name, cst.Name) or not isinstance(value, cst.Integer) or not plus | minus:
        return None
    number = value.evaluated_value
    return (name.value, number if plus else -number) if number else None


def _holds(context: Context, loop: cst.While, count: _Count) -> bool:
    symbol, flow = count.symbol, context.flow
    if symbol.captured or symbol.outer or symbol.scope is not context.root:
        return False
    inside = [b for b in symbol.bindings if context.tree.inside(b.name, loop)]
    whole = all(_is_whole(context, b.value) for b in symbol.bindings if b not in inside)
    if len(inside) != 1 or not whole or not flow.bound_before(symbol, loop):
        return False
    if context.kinds(count.limit).name not in ("int", "bool") or not context.total(count.limit):
        return False
    if symbol in {context.names.of(n) for n in context.tree.find(count.limit, cst.Name)}:
        return False
    # A loop that is short where it has other conditions is not worth a range each time.
    if count.rest and context.tree.loops(loop):
        return False
    return not _skips(context, loop) and flow.invariant(count.limit, loop)


def _is_whole(context: Context, value: cst.BaseExpression | None) -> bool:
    """Tell whether the value is an int, and no bool."""
    if isinstance(value, cst.Call):
        return context.kinds.origin(value.func) == "len"
    if isinstance(value, cst.UnaryOperation):
        return isinstance(value.operator, cst.Minus) and _is_whole(context, value.expression)
    made = isinstance(value, cst.BinaryOperation) and isinstance(
        value.operator, (cst.Add, cst.Subtract, cst.Multiply)
    )
    if made:
        return context.kinds(value).name == "int" if value is not None else False
    return isinstance(value, cst.Integer)


def _skips(context: Context, loop: cst.While) -> bool:
    """Tell whether the body has a ``continue`` of its own loop."""
    for node in context.tree.find(loop.body, cst.Continue):
        loops = [up for up in context.tree.ancestors(node) if isinstance(up, (cst.For, cst.While))]
        if loops[0] is loop:
            return True
    return any(isinstance(node, DEFERRED) for node in context.tree.walk(loop))


def _changed(context: Context, loop: cst.While, count: _Count) -> Iterator[Change]:
    assert isinstance(loop.body, cst.IndentedBlock)
    body: list[cst.BaseStatement] = list(loop.body.body[:-1])
    if comments(loop.body.body[-1]) or not (body or count.rest):
        return
    if count.rest:
        joined = " and ".join(conjunct(part) for part in count.rest)
        test = negated(count.rest[0]) if len(count.rest) == 1 else f"not ({joined})"
        body.insert(0, line(f"if {test}:\n    break\n"))
    used = not context.flow.confined(count.symbol, loop)
    first = None if used else _start(context, loop, count.symbol)
    start = code(first[1]) if first else count.symbol.name
    step = "" if count.step == 1 else f", {count.step}"
    zero = start == "0" and not step
    made = cst.For(
        target=cst.Name(count.symbol.name),
        iter=parse(f"range({count.end})" if zero else f"range({start}, {count.end}{step})"),
        body=loop.body.with_changes(body=body),
        leading_lines=loop.leading_lines,
    )
    if used:
        if abs(count.step) > 1 or not context.builtin("max") or not context.builtin("min"):
            return
        last = "max" if count.step > 0 else "min"
        ending = line(f"{count.symbol.name} = {last}({count.symbol.name}, {count.end})")
        made = made.with_changes(orelse=cst.Else(cst.IndentedBlock([ending])))
    if context.builtin("range"):
        yield Change(replace={loop: made}, remove=(first[0],) if first else ())


def _start(
    context: Context, loop: cst.While, symbol: Symbol
) -> tuple[Statement, cst.BaseExpression] | None:
    """Return the assignment of the counter just before the loop, and its value."""
    block, place = context.tree.siblings(loop)
    for earlier in reversed(block[:place]):
        small = sole(earlier)
        if not isinstance(small, cst.Assign) or len(small.targets) != 1:
            return None
        if context.names.of(small.targets[0].target) is symbol:
            literal = isinstance(small.value, cst.Integer) or earlier is block[place - 1]
            return (earlier, small.value) if literal and not comments(earlier) else None
        if not context.total(small.value) or not isinstance(small.targets[0].target, cst.Name):
            return None
        if symbol in {context.names.of(n) for n in context.tree.find(small.value, cst.Name)}:
            return None
    return None

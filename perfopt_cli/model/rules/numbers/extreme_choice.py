"""``max(a, b)`` within an expression becomes ``b if b > a else a``.

Exact for values of every type: see ``extremes``. Costly arguments are kept
in variables: before the statement where the call is what it evaluates first,
else in the expression itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import NUMBERS
from perfopt_cli.model.rules.analysis.tree import Statement, sole
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.extreme_update import updated
from perfopt_cli.model.rules.numbers.extremes import (
    Extreme,
    Kept,
    extremes,
    led,
    may_bind,
    own_variable,
    placed,
    settled,
    surely_bound,
)
from perfopt_cli.model.rules.text import clause, code, line, parse

NAME = "extreme-choice"
SUMMARY = "max() or min() of two values in an expression becomes a comparison"
EXAMPLE = Example(
    before="""\
def f(heights, limit):
    volume = 0
    for height in heights:
        volume += min(height, limit)
    return volume
""",
    call="([(i * 7919) % 1000 for i in range(2000)], 500)",
    safe="The comparison is the one that max() and min() make, so any type will do.",
    pays="A comparison costs a small part of a call, most of all before Python 3.13.",
)
_FLIPPED = {">": "<", "<": ">"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such call."""
    for found in extremes(context):
        statement = context.tree.statement(found.call)
        if not surely_bound(context, found.args, statement):
            continue
        if updated(context, found) is not None:
            continue  # extreme-update writes it better
        if len(found.args) > 2:
            if _comes_first(context, found.call, statement):
                yield _of_three(context, found, statement)
        elif all(settled(context, arg) for arg in found.args):
            text = _chosen(context, found, *map(code, found.args))
            yield Change(replace={found.call: text})
        elif _comes_first(context, found.call, statement):
            kept = Kept(context)
            one, two = (kept.name(arg) for arg in found.args)
            choice = _chosen(context, found, one, two)
            yield led(statement, kept.lines, {found.call: choice})
        elif may_bind(context, found.call):
            bound = _bound(context, found)
            if bound is not None:
                yield Change(replace={found.call: bound})


def _of_three(context: Context, found: Extreme, statement: Statement) -> Change:
    """Return the change that keeps the extreme so far in a variable of its own."""
    kept = Kept(context)
    first = kept.own(found.args[0])
    rest = [kept.name(arg) for arg in found.args[1:]]
    tests = [line(f"if {name} {found.sign} {first}:\n    {first} = {name}\n") for name in rest]
    return led(statement, [*kept.lines, *tests], {found.call: parse(first)})


def _chosen(context: Context, found: Extreme, one: str, two: str) -> cst.BaseExpression:
    return placed(context, found.call, f"{two} if {two} {found.sign} {one} else {one}")


def _comes_first(context: Context, call: cst.Call, statement: Statement) -> bool:
    """Tell whether nothing that can be seen is evaluated before the call in its own statement."""
    below: cst.CSTNode = call
    small = sole(statement)
    for up in context.tree.ancestors(call):
        if isinstance(up, cst.BinaryOperation):
            left = up.left
            symbol = own_variable(context, left)
            bound = symbol is None or context.flow.bound_before(symbol, statement)
            if left is not below and not (settled(context, left) and bound):
                return False
        elif not isinstance(up, cst.UnaryOperation):
            break
        below = up
    if isinstance(small, (cst.Assign, cst.Return)):
        return small.value is below
    if isinstance(small, cst.AugAssign) and small.value is below:
        symbol = own_variable(context, small.target)
        return symbol is not None and context.flow.bound_before(symbol, statement)
    return False


def _bound(context: Context, found: Extreme) -> cst.BaseExpression | None:
    """Return the choice with its costly arguments bound where they are compared."""
    one, two = found.args
    kept = Kept(context)
    name = kept.new()
    if settled(context, one):
        later = f"({name} := {clause(two)})"
        text = f"{name} if {later} {found.sign} {code(one)} else {code(one)}"
        return placed(context, found.call, text)
    earlier = f"({name} := {clause(one)})"
    if settled(context, two):
        text = f"{code(two)} if {code(two)} {found.sign} {earlier} else {name}"
        return placed(context, found.call, text)
    kinds = {context.kinds(arg).name for arg in found.args}
    if not kinds <= NUMBERS and kinds != {"str"}:
        return None  # a < b may not mean b > a
    other = kept.new()
    later = f"({other} := {clause(two)})"
    text = f"{other} if {earlier} {_FLIPPED[found.sign]} {later} else {name}"
    return placed(context, found.call, text)

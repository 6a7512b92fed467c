"""``m = max(m, x)`` becomes ``if x > m: m = x``.

Exact for values of every type: see ``extremes``. With three arguments the
second comparison could fail after the first has changed the variable, so
nothing may catch that.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import NUMBERS
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, sole
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.extremes import (
    Extreme,
    Kept,
    extremes,
    own_variable,
    surely_bound,
)
from perfopt_cli.model.rules.text import clause, line, merged

NAME = "extreme-update"
SUMMARY = "a variable set to max() or min() of itself and a value is set only when it changes"
EXAMPLE = Example(
    before="""\
def f(prices):
    lowest = prices[0]
    best = 0
    for price in prices:
        lowest = min(lowest, price)
        best = max(best, price - lowest)
    return best
""",
    call="([(i * 7919) % 1000 for i in range(2000)],)",
    safe="The comparison is the one that max() and min() make, so any type will do.",
    pays="A comparison costs a small part of a call, most of all before Python 3.13.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such assignment."""
    for found in extremes(context):
        change = updated(context, found)
        if change is not None:
            yield change


def updated(context: Context, found: Extreme) -> Change | None:
    """Return the change for a call that is what an assignment gives to a variable."""
    assign = context.tree.parent[found.call]
    if not isinstance(assign, cst.Assign) or len(assign.targets) != 1:
        return None
    statement = context.tree.statement(assign)
    symbol = context.names.of(assign.targets[0].target)
    if symbol is None or symbol.captured or sole(statement) is not assign:
        return None
    lines = _lines(context, found, symbol, statement)
    if not lines:
        return None
    first = merged(lines[0], [statement])
    return Change(replace={statement: first}, after={statement: lines[1:]})


def _lines(
    context: Context, found: Extreme, symbol: Symbol, statement: Statement
) -> list[Statement]:
    """Return the statements that take the place of the assignment."""
    places = [i for i, arg in enumerate(found.args) if context.names.of(arg) is symbol]
    if symbol.outer:
        return _shared(context, found, symbol, statement) if places == [0] else []
    if not surely_bound(context, found.args, statement):
        return []
    if len(found.args) == 3 and context.tree.guarded(statement):
        return []
    kept = Kept(context)
    if places == [0]:
        values = [kept.name(arg) for arg in found.args[1:]]
        return [*kept.lines, *(_test(symbol, found.sign, value) for value in values)]
    if places == [1] and len(found.args) == 2:
        value = kept.name(found.args[0])
        test = f"not {symbol.name} {found.sign} {value}"
        return [*kept.lines, line(f"if {test}:\n    {symbol.name} = {value}\n")]
    return _started(context, found, symbol, statement)


def _started(
    context: Context, found: Extreme, symbol: Symbol, statement: Statement
) -> list[Statement]:
    """Return the statements for a variable that takes no part itself, set to the first argument."""
    names = [name for arg in found.args for name in context.tree.find(arg, cst.Name)]
    if any(context.names.of(name) is symbol for name in names) or context.tree.guarded(statement):
        return []
    first, *rest = found.args
    kept = Kept(context)
    values = [kept.name(arg) for arg in rest]
    start = line(f"{symbol.name} = {clause(first)}")
    return [start, *kept.lines, *(_test(symbol, found.sign, value) for value in values)]


def _shared(
    context: Context, found: Extreme, symbol: Symbol, statement: Statement
) -> list[Statement]:
    """Return the statement for a variable that other functions use too.

    Nothing that is evaluated may set it.
    """
    value = found.args[1]
    own = own_variable(context, value)
    if len(found.args) != 2 or own is None or not context.flow.bound_before(own, statement):
        return []
    number = context.kinds(value).name in NUMBERS
    return [_test(symbol, found.sign, clause(value))] if number else []


def _test(symbol: Symbol, sign: str, value: str) -> Statement:
    return line(f"if {value} {sign} {symbol.name}:\n    {symbol.name} = {value}\n")

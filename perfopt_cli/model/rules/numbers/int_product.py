"""``total *= n`` in a loop becomes a call of math.prod(), for ints only."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import BOOL, INT, REITERABLE
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import Gather, gathers, mentions, start_of
from perfopt_cli.model.rules.text import clause, line, merged

NAME = "int-product"
SUMMARY = "multiplying ints in a loop becomes math.prod()"
EXAMPLE = Example(
    before="""\
def f(xs: list[int]):
    total = 1
    for x in xs:
        total *= x
    return total
""",
    call="([1, 2, 3, 1, 2] * 8,)",
    safe="All numbers are ints, so that nothing is rounded, and multiplied in the same order.",
    pays="The loop runs within the interpreter instead of as bytecode.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    for found in gathers(context):
        parts = _parts(context, found.core)
        if parts is None:
            continue
        symbol, value, uses = parts
        if symbol.captured or symbol.outer or context.kinds.known[symbol] != INT:
            continue
        if context.kinds(value) not in (INT, BOOL) or mentions(context, symbol, found.loop) > uses:
            continue
        prod = context.imported("math", "prod")
        if prod is not None and context.flow.bound_before(symbol, found.loop):
            text = f"{prod[0]}({_items(context, found, clause(value))}"
            yield _change(context, found, symbol, text, prod[1])


def _parts(
    context: Context, core: cst.BaseSmallStatement
) -> tuple[Symbol, cst.BaseExpression, int] | None:
    """Split ``x *= value`` and ``x = x * value``; the last part counts how often it names x."""
    if isinstance(core, cst.AugAssign):
        symbol = context.names.of(core.target)
        fits = symbol is not None and isinstance(core.operator, cst.MultiplyAssign)
        return (symbol, core.value, 1) if fits and symbol is not None else None
    if not isinstance(core, cst.Assign) or len(core.targets) != 1:
        return None
    symbol, value = context.names.of(core.targets[0].target), core.value
    times = isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Multiply)
    if symbol is None or not times or not isinstance(value, cst.BinaryOperation):
        return None
    for one, other in ((value.left, value.right), (value.right, value.left)):
        if context.names.of(one) is symbol:
            return symbol, other, 2
    return None


def _items(context: Context, found: Gather, item: str) -> str:
    direct = found.source is not None and item == found.item
    if direct and found.source is not None and context.kinds(found.source).name in REITERABLE:
        return clause(found.source)
    return found.comprehension(item)


def _change(
    context: Context, found: Gather, symbol: Symbol, text: str, imports: tuple[str, ...]
) -> Change:
    start = start_of(context, symbol, found.loop)
    if start is None or not isinstance(start.value, cst.Integer):
        new = merged(line(f"{symbol.name} = {text}, start={symbol.name})"), [found.loop])
        return Change(replace={found.loop: new}, imports=imports)
    first = "" if start.value.evaluated_value == 1 else f", start={start.value.value}"
    new = start.rewritten(f"{text}{first})", found.loop)
    return Change(replace={found.loop: new}, remove=(start.statement,), imports=imports)

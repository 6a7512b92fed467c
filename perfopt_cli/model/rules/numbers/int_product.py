"""``total *= n`` in a loop becomes math.prod(), and ``x ^= n`` functools.reduce(), for ints."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import BOOL, INT, REITERABLE
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import Gather, gathers, mentions, start_of
from perfopt_cli.model.rules.text import clause, line, merged

NAME = "fold-loop"
SUMMARY = "multiplying or combining bits in a loop becomes math.prod() or reduce()"
EXAMPLE = Example(
    before="""\
def f(xs: list[int]):
    odd = 0
    for x in xs:
        odd ^= x
    return odd
""",
    call="(list(range(2000)),)",
    safe="All numbers are ints, so that nothing is rounded, in the same order.",
    pays="The loop runs within the interpreter instead of as bytecode.",
)
_BITS: dict[type[cst.CSTNode], str] = {
    cst.BitXorAssign: "xor",
    cst.BitOrAssign: "or_",
    cst.BitAndAssign: "and_",
    cst.BitXor: "xor",
    cst.BitOr: "or_",
    cst.BitAnd: "and_",
    cst.MultiplyAssign: "mul",
    cst.Multiply: "mul",
}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    for found in gathers(context):
        parts = _parts(context, found.core)
        if parts is None:
            continue
        symbol, name, value, uses = parts
        if symbol.captured or symbol.outer or context.kinds.known[symbol] != INT:
            continue
        if context.kinds(value) not in (INT, BOOL) or mentions(context, symbol, found.loop) > uses:
            continue
        if not context.flow.bound_before(symbol, found.loop):
            continue
        yield from _change(context, found, symbol, name, value)


def _parts(
    context: Context, core: cst.BaseSmallStatement
) -> tuple[Symbol, str, cst.BaseExpression, int] | None:
    """Split ``x ^= value`` and ``x = x ^ value``; the last part counts how often it names x."""
    if isinstance(core, cst.AugAssign):
        symbol, name = context.names.of(core.target), _BITS.get(type(core.operator))
        return (symbol, name, core.value, 1) if symbol is not None and name else None
    if not isinstance(core, cst.Assign) or len(core.targets) != 1:
        return None
    symbol, value = context.names.of(core.targets[0].target), core.value
    if symbol is None or not isinstance(value, cst.BinaryOperation):
        return None
    name = _BITS.get(type(value.operator))
    for one, other in ((value.left, value.right), (value.right, value.left)):
        if name and context.names.of(one) is symbol:
            return symbol, name, other, 2
    return None


def _change(
    context: Context, found: Gather, symbol: Symbol, name: str, value: cst.BaseExpression
) -> Iterator[Change]:
    item = clause(value)
    known = found.source is not None and context.kinds(found.source).name in REITERABLE
    direct = clause(found.source) if found.source is not None and item == found.item else ""
    if name != "mul" and not (direct and known):
        return  # a comprehension first would cost as much as is gained
    items = direct if direct and known else found.comprehension(item)
    start = start_of(context, symbol, found.loop)
    first = symbol.name
    if start is not None and isinstance(start.value, cst.Integer):
        first = start.value.value
    function = context.imported("math", "prod") if name == "mul" else None
    if name == "mul" and function is not None:
        one = "" if first == "1" else f", start={first}"
        text, imports = f"{function[0]}({items}{one})", function[1]
    else:
        reduce = context.imported("functools", "reduce")
        operator = context.imported("operator", name)
        if reduce is None or operator is None:
            return
        text = f"{reduce[0]}({operator[0]}, {items}, {first})"
        imports = (*reduce[1], *operator[1])
    if first != symbol.name and start is not None:
        new = start.rewritten(text, found.loop)
        yield Change(replace={found.loop: new}, remove=(start.statement,), imports=imports)
    else:
        new = merged(line(f"{symbol.name} = {text}"), [found.loop])
        yield Change(replace={found.loop: new}, imports=imports)

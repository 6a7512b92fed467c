"""``total += n`` in a loop becomes a call of sum, for ints only.

Since Python 3.12 sum() of floats compensates rounding, which a loop does not.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import BOOL, INT, REITERABLE
from perfopt_cli.model.rules.analysis.symbols import Binding, Symbol
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import gathers, mentions, start_of
from perfopt_cli.model.rules.text import clause, line, merged

NAME = "int-sum"
SUMMARY = "adding up ints in a loop becomes sum()"
EXAMPLE = Example(
    before="""\
def f(numbers: list[int]) -> int:
    total = 0
    for number in numbers:
        total += number
    return total
""",
    call="(list(range(3000)),)",
    safe=(
        "The total and all that is added are int (sum of floats rounds otherwise since Python "
        "3.12), the loop does nothing else, and its variables are not read after it."
    ),
    pays="The loop has more than a few rounds; most where the items are summed as they are.",
)
_WHOLE = (cst.Add, cst.Subtract, cst.Multiply, cst.FloorDivide, cst.Modulo)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    if not context.builtin("sum"):
        return
    for found in gathers(context):
        parts = _added(context, found.core)
        if parts is None:
            continue
        symbol, value, uses = parts
        if symbol.captured or symbol.outer:
            continue
        exact = context.kinds.known[symbol] == INT and context.kinds(value) in (INT, BOOL)
        exact = exact and all(_is_whole(context, binding) for binding in symbol.bindings)
        if not exact or mentions(context, symbol, found.loop) > uses:
            continue
        if not context.flow.bound_before(symbol, found.loop):
            continue
        item = clause(value)
        known = found.source is not None and context.kinds(found.source).name in REITERABLE
        text = f"sum({found.comprehension(item)})"
        if known and found.source is not None and item == found.item:
            text = f"sum({clause(found.source)})"
        start = start_of(context, symbol, found.loop)
        if start is not None and isinstance(start.value, cst.Integer):
            zero = start.value.evaluated_value == 0
            whole = text if zero else f"{start.value.value} + {text}"
            new = start.rewritten(whole, found.loop)
            yield Change(replace={found.loop: new}, remove=(start.statement,))
        else:
            new = merged(line(f"{symbol.name} += {text}"), [found.loop])
            yield Change(replace={found.loop: new})


def _added(
    context: Context, core: cst.BaseSmallStatement
) -> tuple[Symbol, cst.BaseExpression, int] | None:
    """Split ``x += value`` and ``x = x + value``; the last part counts how often it names x."""
    if isinstance(core, cst.AugAssign):
        symbol = context.names.of(core.target)
        fits = symbol is not None and isinstance(core.operator, cst.AddAssign)
        return (symbol, core.value, 1) if fits and symbol is not None else None
    if not isinstance(core, cst.Assign) or len(core.targets) != 1:
        return None
    symbol, total = context.names.of(core.targets[0].target), core.value
    if symbol is None or not isinstance(total, cst.BinaryOperation):
        return None
    if isinstance(total.operator, cst.Add):
        for one, other in ((total.left, total.right), (total.right, total.left)):
            if context.names.of(one) is symbol:
                return symbol, other, 2
    return None


def _is_whole(context: Context, binding: Binding) -> bool:
    """Tell whether the value is no bool: a loop without rounds would leave it one."""
    value = binding.value
    if binding.form in ("declare", "augment") or isinstance(value, cst.Integer):
        return True
    if binding.form != "assign" or binding.path or context.kinds(value or binding.name) != INT:
        return False
    if isinstance(value, cst.UnaryOperation):
        return isinstance(value.operator, cst.Minus)
    if isinstance(value, cst.BinaryOperation):
        return isinstance(value.operator, _WHOLE)
    if not isinstance(value, cst.Call):
        return False
    name = context.kinds.origin(value.func)
    return name in ("len", "int", "ord") or (name == "sum" and len(value.args) == 1)

"""``[i for i in range(1, n + 1) if n % i == 0]`` finds divisors in pairs, up to the root."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.parts import (
    divided,
    int_variable,
    is_floored,
    is_half,
    literal,
    range_args,
    shifted,
)
from perfopt_cli.model.rules.text import parse

NAME = "divisor-pairs"
SUMMARY = "the divisors of a number are found in pairs, up to its square root"
EXAMPLE = Example(
    before="""\
def f(n: int):
    return sum([i for i in range(1, n) if n % i == 0])
""",
    call="(2000,)",
    safe="The number is an int; the divisors are the same ints, in the same order.",
    pays="The root of a number is far smaller than the number.",
)
_BLIND = ("sum", "len", "sorted", "max", "min")


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such comprehension."""
    if not context.builtin("sorted") or not context.builtin("max"):
        return
    made: list[cst.ListComp | cst.GeneratorExp] = [
        *context.tree.owned(cst.ListComp),
        *context.tree.owned(cst.GeneratorExp),
    ]
    for found in made:
        call = _taker(context, found)
        if isinstance(found, cst.ListComp) or call is not None:
            yield from _changes(context, found, call)


def _taker(context: Context, found: cst.BaseExpression) -> cst.Call | None:
    """Return the call that takes all the divisors, in whatever order."""
    arg = context.tree.parent[found]
    call = context.tree.parent[arg]
    fits = isinstance(arg, cst.Arg) and isinstance(call, cst.Call)
    if not fits or len(call.args) != 1 or not plain(call.args):  # type: ignore[attr-defined]
        return None
    name = context.kinds.origin(call.func)  # type: ignore[attr-defined]
    return call if name in _BLIND else None  # type: ignore[return-value]


def _changes(
    context: Context, found: cst.ListComp | cst.GeneratorExp, call: cst.Call | None
) -> Iterator[Change]:
    head = found.for_in
    args = range_args(context, head.iter)
    if len(head.ifs) != 1 or head.inner_for_in or head.asynchronous or len(args) != 2:
        return
    parts = divided(head.ifs[0].test)
    item = context.names.of(head.target)
    number = int_variable(context, parts[0]) if parts else None
    if parts is None or item is None or number is None or number is item:
        return
    if context.names.of(parts[1]) is not item:
        return
    root = context.imported("math", "isqrt")
    divisors = _divisors(context, args, number, item, root[0]) if root is not None else ""
    if not divisors or root is None:
        return
    if context.names.of(found.elt) is item:
        text = divisors if call is not None else f"sorted({divisors})"
        yield Change(replace={found: parse(text)}, imports=root[1])
    elif call is not None and literal(found.elt) == 1 and context.builtin("len"):
        counts = context.kinds.origin(call.func) in ("sum", "len")
        if counts:
            yield Change(replace={call: parse(f"len({divisors})")}, imports=root[1])


def _divisors(
    context: Context, args: list[cst.BaseExpression], number: Symbol, item: Symbol, root: str
) -> str:
    """Return a set of the divisors within the range."""
    first = literal(args[0])
    base, offset = shifted(args[1])
    half = is_half(context, base, number) and offset == 1
    full = context.names.of(base) is number and offset == 1
    if first not in (1, 2) or not (full or half or context.names.of(args[1]) is number):
        return ""
    n, i = number.name, item.name
    floored = is_floored(context, number, context.tree.statement(args[1]))
    end = f"{root}({n if floored else f'max({n}, 0)'}) + 1"
    divisor = context.fresh("divisor", "factor")
    pairs = f"for {i} in range(1, {end}) if {n} % {i} == 0 for {divisor} in ({i}, {n} // {i})"
    left_out = [*(["1"] if first == 2 else []), *([] if full else [n])]
    rest = f" - {{{', '.join(left_out)}}}" if left_out else ""
    return f"{{{divisor} {pairs}}}{rest}"

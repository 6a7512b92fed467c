"""Counting the pairs of a list that satisfy a comparison takes one loop.

``for i …: for j in range(i + 1, n): if xs[i] == xs[j]: count += 1`` looks up
how often the wanted value came before; ``<`` and its kin look up a sorted list
of what came before. Sums, differences and remainders of ints are moved to one
side. The items must provably be ints or text.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import Statement
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.equal_pairs import Sides, sides
from perfopt_cli.model.rules.searches.lengths import Pairs, pairs, squeezed
from perfopt_cli.model.rules.searches.renamed import renamed
from perfopt_cli.model.rules.text import clause, code, line, merged

NAME = "pair-count"
SUMMARY = "counting pairs by two nested loops becomes one loop with look-ups"
EXAMPLE = Example(
    before=(
        "def f(xs: list[int]) -> int:\n"
        "    count = 0\n"
        "    for i in range(len(xs)):\n"
        "        for j in range(i + 1, len(xs)):\n"
        "            if xs[i] > xs[j]:\n"
        "                count += 1\n"
        "    return count\n"
    ),
    call="([(i * 7919) % 1009 for i in range(1000)],)",
    safe="The items are ints or text, the list stays as it is, and the body only counts.",
    pays="The list has more than a few dozen items.",
)
_BELOW = {"<": "bisect_left", "<=": "bisect_right", ">": "bisect_right", ">=": "bisect_left"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such pair of loops."""
    for outer in context.tree.owned(cst.For):
        found = pairs(context, outer)
        if found is None or not _counts(context, found):
            continue
        parts = sides(context, found, found.branch.test)
        if parts is None:
            continue
        if parts.operator == "==":
            made = _looked_up(context, found, parts)
            yield Change(replace={outer: merged(made[1], [outer])}, before={outer: [made[0]]})
        else:
            change = _placed(context, found, parts)
            if change is not None:
                yield change


def _counts(context: Context, found: Pairs) -> bool:
    """Tell whether the branch only adds one to a variable that is an int and no bool."""
    core = found.body[0] if len(found.body) == 1 else None
    if not isinstance(core, cst.AugAssign) or not isinstance(core.operator, cst.AddAssign):
        return False
    symbol = context.names.of(core.target)
    if squeezed(core.value) != "1" or symbol is None or symbol.captured or symbol.outer:
        return False
    whole = all(
        isinstance(binding.node, cst.AugAssign) or isinstance(binding.value, cst.Integer)
        for binding in symbol.bindings
    )
    used = any(context.tree.inside(load, found.branch.test) for load in symbol.loads)
    return whole and not used and context.flow.bound_before(symbol, found.outer)


def _head(context: Context, found: Pairs) -> tuple[str, str]:
    core = found.body[0]
    assert isinstance(core, cst.AugAssign)
    place = found.second.name
    return f"for {place} in range({clause(found.size)}):\n", code(core.target)


def _looked_up(context: Context, found: Pairs, parts: Sides) -> tuple[Statement, Statement]:
    seen = context.fresh("seen", f"{found.items.name}_seen")
    key = context.fresh("key", "seen_key")
    head, count = _head(context, found)
    mine = renamed(parts.first, found.first.name, found.second.name)
    body = (
        f"    {count} += {seen}.get({code(parts.second)}, 0)\n"
        f"    {key} = {code(mine)}\n"
        f"    {seen}[{key}] = {seen}.get({key}, 0) + 1\n"
    )
    return line(f"{seen} = {{}}"), line(head + body)


def _placed(context: Context, found: Pairs, parts: Sides) -> Change | None:
    finder = context.imported("bisect", _BELOW[parts.operator])
    adder = context.imported("bisect", "insort")
    if finder is None or adder is None:
        return None
    seen = context.fresh("seen", f"{found.items.name}_seen")
    head, count = _head(context, found)
    mine = renamed(parts.first, found.first.name, found.second.name)
    below = f"{finder[0]}({seen}, {clause(parts.second)})"
    many = below if parts.operator in ("<", "<=") else f"len({seen}) - {below}"
    if not context.builtin("len"):
        return None
    body = f"    {count} += {many}\n    {adder[0]}({seen}, {clause(mine)})\n"
    return Change(
        replace={found.outer: merged(line(head + body), [found.outer])},
        before={found.outer: [line(f"{seen} = []")]},
        imports=tuple(dict.fromkeys((*finder[1], *adder[1]))),
    )

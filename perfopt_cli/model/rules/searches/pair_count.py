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
from perfopt_cli.model.rules.searches.lengths import squeezed
from perfopt_cli.model.rules.searches.pairing import Pairs, pairs
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
        if parts is None or not all(map(context.builtin, ("range", "len"))):
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


def _head(context: Context, found: Pairs, parts: Sides) -> tuple[str, str, str, str]:
    """Return the loop's first line, the count, and the two sides in terms of its variable."""
    core = found.body[0]
    assert isinstance(core, cst.AugAssign)
    second = found.second.place
    place = second.name if second is not None else context.fresh("place", "second_place")
    name = found.items.name
    mine = renamed(parts.first, found.first.filled(name, place))
    other = renamed(parts.second, found.second.filled(name, place))
    return f"for {place} in range({found.size}):\n", code(core.target), code(mine), clause(other)


def _looked_up(context: Context, found: Pairs, parts: Sides) -> tuple[Statement, Statement]:
    seen = context.fresh("seen", f"{found.items.name}_seen")
    key = context.fresh("key", "seen_key")
    head, count, mine, other = _head(context, found, parts)
    body = (
        f"    {count} += {seen}.get({other}, 0)\n"
        f"    {key} = {mine}\n"
        f"    {seen}[{key}] = {seen}.get({key}, 0) + 1\n"
    )
    return line(f"{seen} = {{}}"), line(head + body)


def _placed(context: Context, found: Pairs, parts: Sides) -> Change | None:
    finder = context.imported("bisect", _BELOW[parts.operator])
    adder = context.imported("bisect", "insort")
    if finder is None or adder is None:
        return None
    seen = context.fresh("seen", f"{found.items.name}_seen")
    head, count, mine, other = _head(context, found, parts)
    below = f"{finder[0]}({seen}, {other})"
    many = below if parts.operator in ("<", "<=") else f"len({seen}) - {below}"
    body = f"    {count} += {many}\n    {adder[0]}({seen}, {mine})\n"
    return Change(
        replace={found.outer: merged(line(head + body), [found.outer])},
        before={found.outer: [line(f"{seen} = []")]},
        imports=tuple(dict.fromkeys((*finder[1], *adder[1]))),
    )

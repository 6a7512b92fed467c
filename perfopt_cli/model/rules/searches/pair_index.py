"""A search for pairs of equal values in a list only visits the pairs that are equal.

``for i …: for j in range(i + 1, n): if xs[i] + xs[j] == t: …`` goes over the
places ``j`` that an index has for the wanted value, in their order. The
items must provably be ints or text.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.equal_pairs import sides
from perfopt_cli.model.rules.searches.lengths import pairs
from perfopt_cli.model.rules.searches.renamed import renamed
from perfopt_cli.model.rules.text import clause, code, line

NAME = "pair-index"
SUMMARY = "a search for equal pairs by two nested loops uses an index"
EXAMPLE = Example(
    before=(
        "def f(xs: list[int], total: int) -> list[tuple[int, int]]:\n"
        "    found = []\n"
        "    for i in range(len(xs)):\n"
        "        for j in range(i + 1, len(xs)):\n"
        "            if xs[i] + xs[j] == total:\n"
        "                found.append((i, j))\n"
        "    return found\n"
    ),
    call="([(i * 7919) % 1009 for i in range(1000)], 1000)",
    safe="The items are ints or text, and the list stays as it is through the loops.",
    pays="The list has more than a few dozen items and few pairs are equal.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such pair of loops."""
    for outer in context.tree.owned(cst.For):
        found = pairs(context, outer)
        if found is None or not context.builtin("reversed") or context.tree.suspends(outer):
            continue
        first, rest = _split(found.branch.test)
        parts = sides(context, found, first)
        if parts is None or parts.operator != "==":
            continue
        index = context.fresh("places", f"{found.items.name}_places")
        place = context.fresh("place", f"{found.items.name}_place")
        key = renamed(parts.second, found.second.name, place)
        mine = renamed(parts.second, found.second.name, found.first.name)
        wanted = f"reversed({index}.get({clause(parts.first)}, ()))"
        replace: dict[cst.CSTNode, cst.CSTNode] = {found.inner.iter: cst.parse_expression(wanted)}
        if rest is None:
            replace[found.inner.body] = found.branch.body
        else:
            replace[found.branch.test] = rest
        fill = (
            f"for {place} in reversed(range({clause(found.size)})):\n"
            f"    {index}.setdefault({clause(key)}, []).append({place})\n"
        )
        inner = context.tree.statement(found.inner)
        yield Change(
            replace=replace,
            before={
                outer: [line(f"{index} = {{}}"), line(fill)],
                inner: [line(f"{index}[{code(mine)}].pop()")],
            },
        )


def _split(test: cst.BaseExpression) -> tuple[cst.BaseExpression, cst.BaseExpression | None]:
    """Split ``a == b and rest`` into the comparison and the rest."""
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
        first, rest = _split(test.left)
        if rest is None:
            return first, test.right
        return first, cst.parse_expression(f"{code(rest)} and {code(test.right)}")
    return test, None

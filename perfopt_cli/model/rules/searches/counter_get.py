"""Counts that are read from a Counter are asked for by ``get``.

For a key that is missing, ``counts[key]`` calls a method that is written in
Python; ``counts.get(key, 0)`` gives the same without. Right for all keys, if
the variable never names anything but a Counter.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.counters import always_counter, asked
from perfopt_cli.model.rules.text import parse

NAME = "counter-get"
SUMMARY = "counts that may be missing are read from a Counter by get()"
EXAMPLE = Example(
    before=(
        "from collections import Counter\n\n"
        "def f(xs: list[int], step: int) -> int:\n"
        "    counts = Counter(xs)\n"
        "    pairs = 0\n"
        "    for x in xs:\n"
        "        pairs += counts[x + step]\n"
        "    return pairs\n"
    ),
    call="(list(range(0, 4000, 2)), 1)",
    safe="the variable only ever names a Counter that the function made",
    pays="keys are often missing",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each Counter."""
    for symbol in context.names.symbols:
        if not always_counter(context, symbol):
            continue
        reads = asked(context, symbol)
        repeated = any(context.tree.loops(node) or not context.tree.own(node) for node in reads)
        if not repeated:
            continue
        # A key that holds another such read is changed in a round of its own.
        inner = {
            node
            for node in reads
            if any(node is not other and context.tree.inside(node, other) for other in reads)
        }
        replace: dict[cst.CSTNode, cst.CSTNode] = {
            node: parse(f"{symbol.name}.get({text}, 0)")
            for node, text in reads.items()
            if node not in inner
        }
        yield Change(replace=replace)

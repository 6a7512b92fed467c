"""Counts that are read from a Counter are asked for by ``get``.

For a key that is missing, ``counts[key]`` calls a method that is written in
Python; ``counts.get(key, 0)`` gives the same without. Right for all keys, if
the variable never names anything but a Counter.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.counters import always_counter, asked
from perfopt_cli.model.rules.text import parse, same

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
    safe="The variable only ever names a Counter that the function made.",
    pays="Keys are often missing.",
)
_VIEWS = {"items", "keys", "most_common", "elements"}
_WRAPPERS = {"sorted", "set", "list", "tuple", "enumerate", "reversed"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each Counter."""
    for symbol in context.names.symbols:
        if not always_counter(context, symbol):
            continue
        reads = {
            node: text
            for node, text in asked(context, symbol).items()
            if not _is_there(context, symbol, node)
        }
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


def _is_there(context: Context, symbol: Symbol, node: cst.Subscript) -> bool:
    """Tell whether the key is an item of the Counter, or of what it counted: none is missing."""
    key = context.names.of(index_of(node))
    sources = [binding.value for binding in key.bindings] if key is not None else []
    counted = [
        binding.value.args[0].value
        for binding in symbol.bindings
        if isinstance(binding.value, cst.Call) and binding.value.args
    ]
    return any(
        context.names.of(_core(source)) is symbol or any(same(_core(source), x) for x in counted)
        for source in sources
        if source is not None
    )


def _core(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return ``x`` of ``sorted(x)``, ``enumerate(x)``, ``x.items()`` and the like."""
    while isinstance(node, cst.Call):
        if isinstance(node.func, cst.Attribute) and node.func.attr.value in _VIEWS:
            node = node.func.value
        elif isinstance(node.func, cst.Name) and node.func.value in _WRAPPERS and node.args:
            node = node.args[0].value
        else:
            break
    return node

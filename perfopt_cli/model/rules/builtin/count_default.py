"""Counting into a ``Counter`` or a ``defaultdict(int)`` in a loop becomes a call of Counter.

The keys come in the same order, with the same ints. They must provably be
hashable basic values.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import REITERABLE, is_flat, is_key
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import Gather, Start, gathers, mentions, start_of
from perfopt_cli.model.rules.text import clause, code

NAME = "count-default"
SUMMARY = "counting into a defaultdict or Counter in a loop becomes a call of Counter"
EXAMPLE = Example(
    before="""from collections import defaultdict


def f(xs: list[int]) -> dict[int, int]:
    counts = defaultdict(int)
    for x in xs:
        counts[x] += 1
    return counts
""",
    call="([i % 50 for i in range(3000)],)",
    safe="The keys are basic values, and the dict is new before the loop.",
    pays="Counter counts in C.",
)
_TAKEN = REITERABLE - {"dict", "defaultdict"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    counter = context.imported("collections", "Counter")
    for found in gathers(context) if counter is not None else ():
        core = found.core
        fits = isinstance(core, cst.AugAssign) and isinstance(core.operator, cst.AddAssign)
        if not fits or not isinstance(core, cst.AugAssign) or code(core.value) != "1":
            continue
        target = core.target
        symbol = context.names.of(target.value) if isinstance(target, cst.Subscript) else None
        key = index_of(target) if isinstance(target, cst.Subscript) else None
        if symbol is None or key is None or mentions(context, symbol, found.loop) > 1:
            continue
        start = start_of(context, symbol, found.loop)
        form = _form(context, start) if start is not None else ""
        if start is None or not form or not _is_countable(context, key):
            continue
        assert counter is not None
        made = f"{counter[0]}({_items(context, found, key)})"
        value = made if form == "Counter" else f"{code(start.value)[:-1]}, {made})"
        yield Change(
            replace={found.loop: start.rewritten(value, found.loop)},
            remove=(start.statement,),
            imports=counter[1],
        )


def _form(context: Context, start: Start) -> str:
    """Return ``Counter`` or ``defaultdict`` if the variable starts as an empty one."""
    value = start.value
    if not isinstance(value, cst.Call) or code(value).endswith(",)"):
        return ""
    home, _, name = context.kinds.origin(value.func).partition(".")
    if home != "collections":
        return ""
    if name == "Counter":
        return "" if value.args else name
    alone = name == "defaultdict" and len(value.args) == 1
    return name if alone and context.kinds.origin(value.args[0].value) == "int" else ""


def _is_countable(context: Context, key: cst.BaseExpression) -> bool:
    kind = context.kinds(key)
    # A nan that is computed twice is two keys.
    exact = is_key(kind) or (isinstance(key, cst.Name) and is_flat(kind))
    return exact and context.pure(key)


def _items(context: Context, found: Gather, key: cst.BaseExpression) -> str:
    """Return the counted items' text. Counter would take over the counts of a mapping."""
    source = found.source
    alone = source is not None and code(key) == found.item
    if source is not None and alone and context.kinds(source).name in _TAKEN:
        return clause(source)
    return found.comprehension(clause(key))

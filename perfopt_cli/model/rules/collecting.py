"""append and add in a loop become a comprehension."""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.model.rules.analysis.tree import expression, method, plain
from perfopt_cli.model.rules.base import Change, Context
from perfopt_cli.model.rules.loops import gathers, is_empty, mentions, start_of
from perfopt_cli.model.rules.text import clause


def collected(context: Context, name: str, container: str) -> Iterator[Change]:
    """Yield the change of each loop that only does ``x.name(item)`` to an empty container."""
    for found in gathers(context):
        receiver, called, args = method(expression(found.core), name)
        symbol = context.names.of(receiver)
        if not called or symbol is None or len(args) != 1 or not plain(args):
            continue
        start = start_of(context, symbol, found.loop)
        if start is None or not is_empty(context, start.value, container):
            continue
        if mentions(context, symbol, found.loop) > 1:
            continue
        brackets = "[]" if container == "list" else "{}"
        text = found.comprehension(clause(args[0].value), brackets)
        copies = found.takes_over(context, clause(args[0].value), container)
        if copies and found.source is not None and context.builtin(container):
            text = f"{container}({clause(found.source)})"
        yield Change(
            replace={found.loop: start.rewritten(text, found.loop)}, remove=(start.statement,)
        )

"""append, item assignment and add in a loop become a comprehension."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

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


def keyed(context: Context) -> Iterator[Change]:
    """Yield the change of each loop that only does ``x[key] = value`` to an empty dict."""
    for found in gathers(context):
        core = found.core
        if not isinstance(core, cst.Assign) or len(core.targets) != 1:
            continue
        target = core.targets[0].target
        if not isinstance(target, cst.Subscript) or len(target.slice) != 1:
            continue
        key = target.slice[0].slice
        symbol = context.names.of(target.value)
        if symbol is None or not isinstance(key, cst.Index):
            continue
        start = start_of(context, symbol, found.loop)
        if start is None or not is_empty(context, start.value, "dict"):
            continue
        # An assignment evaluates the value first, a comprehension the key.
        variable = context.names.of(key.value)
        calm = context.total(key.value) and context.pure(core.value)
        fixed = variable is not None and not variable.captured and not variable.outer
        if mentions(context, symbol, found.loop) > 1 or not (calm or fixed):
            continue
        text = found.comprehension(f"{clause(key.value)}: {clause(core.value)}", "{}")
        yield Change(
            replace={found.loop: start.rewritten(text, found.loop)}, remove=(start.statement,)
        )

"""``"".join(reversed(s))`` and ``list(reversed(xs))`` become slices.

So does reversing a text by putting each character before the others.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import STR
from perfopt_cli.model.rules.analysis.tree import method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import gathers, mentions, start_of
from perfopt_cli.model.rules.text import clause, code, operand, parse

NAME = "reversed-slice"
SUMMARY = "reversing by hand becomes a slice"
EXAMPLE = Example(
    before="""def f(text: str) -> str:
    result = ""
    for c in text:
        result = c + result
    return result
""",
    call='("some text " * 50,)',
    safe="The text is a str, the list a list.",
    pays="A slice copies the items in C; adding in front copies all earlier characters.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each reversal."""
    for call in context.tree.owned(cst.Call):
        text = _sliced(context, call)
        if text:
            yield Change(replace={call: parse(text)})
    yield from _prepended(context)


def _sliced(context: Context, call: cst.Call) -> str:
    if len(call.args) != 1 or not plain(call.args):
        return ""
    value = call.args[0].value
    receiver, joins, _ = method(call, "join")
    outer = context.kinds.origin(call.func)
    if joins and code(receiver) in ('""', "''"):
        if isinstance(value, cst.Subscript) and code(value).endswith("[::-1]"):
            return code(value) if context.kinds(value.value) == STR else ""
        items = _reversed(context, value)
        fits = items is not None and context.kinds(items) == STR
        return f"{operand(items)}[::-1]" if items is not None and fits else ""
    items = _reversed(context, value) if outer in ("list", "tuple") else None
    if items is None or context.kinds(items).name != outer:
        return ""
    return f"{operand(items)}[::-1]"


def _reversed(context: Context, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return ``x`` of ``reversed(x)``."""
    if not isinstance(node, cst.Call) or context.kinds.origin(node.func) != "reversed":
        return None
    return node.args[0].value if len(node.args) == 1 and plain(node.args) else None


def _prepended(context: Context) -> Iterator[Change]:
    """Yield the change of each loop that only does ``text = piece + text``."""
    for found in gathers(context):
        core = found.core
        if not isinstance(core, cst.Assign) or len(core.targets) != 1:
            continue
        symbol, added = context.names.of(core.targets[0].target), core.value
        if symbol is None or not isinstance(added, cst.BinaryOperation):
            continue
        if not isinstance(added.operator, cst.Add) or context.names.of(added.right) is not symbol:
            continue
        piece, start = added.left, start_of(context, symbol, found.loop)
        if start is None or code(start.value) not in ('""', "''") or context.kinds(piece) != STR:
            continue
        if mentions(context, symbol, found.loop) > 2:
            continue
        whole = found.source is not None and context.kinds(found.source) == STR
        if whole and found.source is not None and code(piece) == found.item:
            text = f"{operand(found.source)}[::-1]"
        else:
            text = f'"".join({found.comprehension(clause(piece))}[::-1])'
        yield Change(
            replace={found.loop: start.rewritten(text, found.loop)}, remove=(start.statement,)
        )

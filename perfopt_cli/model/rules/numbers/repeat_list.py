"""``[0 for _ in range(n)]`` becomes ``[0] * n``.

The item must be immutable: there is only one of it. Where ``n`` may be no
int, ``len(range(n))`` fails as the loop did.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import INT, is_flat
from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import clause, code, operand, parse

NAME = "repeat-list"
SUMMARY = "a list of equal items made by a loop becomes a repeated list"
EXAMPLE = Example(
    before="""\
def f(width: int, height: int):
    return [[0 for x in range(width)] for y in range(height)]
""",
    call="(50, 40)",
    safe="The items are numbers, strings or other immutable values that cost nothing to make.",
    pays="Repeating a list copies one reference; a loop runs bytecode for every item.",
)
_SEQUENCES = {"list", "tuple", "row", "str", "bytes", "range", "deque", "dict", "set"}
_COUNTLESS = (cst.Name, cst.Integer, cst.Float, cst.SimpleString, cst.UnaryOperation, cst.Tuple)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such comprehension."""
    for found in context.tree.owned(cst.ListComp):
        head = found.for_in
        if head.ifs or head.inner_for_in or head.asynchronous:
            continue
        if not isinstance(head.target, cst.Name) or not _is_same(context, found):
            continue
        times = _times(context, head.iter)
        if times:
            yield Change(replace={found: parse(_text(context, found, times))})


def _text(context: Context, found: cst.ListComp, times: str) -> str:
    text = f"[{code(found.elt)}] * {times}"
    parent = context.tree.parent[found]
    beside = isinstance(parent, (cst.BinaryOperation, cst.Subscript, cst.Attribute, cst.Comparison))
    return f"({text})" if beside else text


def _is_same(context: Context, found: cst.ListComp) -> bool:
    """Tell whether the item is the same immutable value each time."""
    item = found.elt
    if not isinstance(item, _COUNTLESS) or not context.total(item):
        return False
    constant = isinstance(item, cst.Name) and item.value in ("True", "False", "None")
    names = context.tree.find(item, cst.Name)
    return constant or (
        is_flat(context.kinds(item)) and all(_is_fixed(context, found, name) for name in names)
    )


def _is_fixed(context: Context, found: cst.ListComp, name: cst.Name) -> bool:
    symbol = context.names.of(name)
    if symbol is None or symbol.captured or symbol.outer or symbol.scope is found:
        return False
    inner = symbol.scope is not context.tree.root
    return inner or context.flow.bound_before(symbol, context.tree.statement(found))


def _times(context: Context, items: cst.BaseExpression) -> str:
    """Return how often the loop runs, evaluating what the loop evaluates."""
    if isinstance(items, cst.Call) and context.kinds.origin(items.func) == "range":
        alone = len(items.args) == 1 and plain(items.args)
        if alone and context.kinds(items.args[0].value) == INT:
            return operand(items.args[0].value)
    elif context.kinds(items).name not in _SEQUENCES:
        return ""
    return f"len({clause(items)})" if context.builtin("len") else ""

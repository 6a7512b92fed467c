"""A list of what was seen so far, asked by ``in``, becomes or gets a set.

Where the list is only asked and appended to, it becomes a set. Where its
order matters too, a set is kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import NEVER, is_key
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, expression, method, plain, sole
from perfopt_cli.model.rules.analysis.uses import Use
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import clause, code, line

NAME = "seen-set"
SUMMARY = "a list of seen items that is asked by `in` becomes a set"
EXAMPLE = Example(
    before="""\
def f(items: list[str]) -> list[str]:
    kept = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept
""",
    call='([f"name {i * 7 % 500}" for i in range(1500)],)',
    safe=(
        "The list is the function's own, it is only asked, appended to and read, and what is "
        "asked and appended is int, bool, str, bytes or None, or tuples of them. Where "
        "nothing but the test reads it, it becomes a set; else a set is kept beside it."
    ),
    pays="The list grows to more than a few items.",
)
_READS = (Use.TEST, Use.RETURN, Use.ITERATE, Use.READ, Use.ITEM, Use.COMPARE)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such list."""
    if not context.builtin("set"):
        return
    for symbol in context.names.symbols:
        kind = context.kinds.known[symbol]
        if kind.name != "list" or not is_key(kind.item) or not context.flow.private(symbol):
            continue
        if len(symbol.bindings) != 1 or symbol.bindings[0].value is None:
            continue
        change = _change(context, symbol)
        if change is not None:
            yield change


def _change(context: Context, symbol: Symbol) -> Change | None:
    asked: list[cst.Name] = []
    appended: list[tuple[Statement, cst.Name, cst.BaseExpression]] = []
    ordered = False
    for load, use in context.flow.uses(symbol):
        if not context.tree.own(load):
            return None
        if use is Use.COMPARE and _asks(context, load):
            asked.append(load)
        elif use is Use.METHOD:
            statement = context.tree.statement(load)
            receiver, name, args = method(expression(statement), "append")
            if not name or receiver is not load or len(args) != 1 or not plain(args):
                return None
            appended.append((statement, load, args[0].value))
        elif use in _READS:
            ordered = ordered or use is not Use.TEST
        else:
            return None
    if not appended or not any(context.tree.loops(load) for load in asked):
        return None
    start = context.tree.statement(symbol.bindings[0].node)
    if sole(start) is not symbol.bindings[0].node:
        return None
    if ordered:
        return _companion(context, symbol, start, asked, appended)
    return _replaced(context, symbol, start, appended)


def _asks(context: Context, load: cst.Name) -> bool:
    """Tell whether the use is ``x in seen`` with an ``x`` that a set could hold."""
    part = context.tree.parent[load]
    test = context.tree.parent[part]
    return (
        isinstance(part, cst.ComparisonTarget)
        and isinstance(test, cst.Comparison)
        and len(test.comparisons) == 1
        and isinstance(part.operator, (cst.In, cst.NotIn))
        and is_key(context.kinds(test.left))
    )


def _replaced(
    context: Context,
    symbol: Symbol,
    start: Statement,
    appended: list[tuple[Statement, cst.Name, cst.BaseExpression]],
) -> Change:
    node = symbol.bindings[0].node
    head = symbol.name
    if isinstance(node, cst.AnnAssign) and isinstance(node.annotation.annotation, cst.Subscript):
        _, bracket, items = code(node.annotation.annotation).partition("[")
        head += f": set{bracket}{items}"
    first = line(f"{head} = {_as_set(context, symbol)}").with_changes(
        leading_lines=start.leading_lines
    )
    replace: dict[cst.CSTNode, cst.CSTNode] = {start: first}
    for statement, load, _ in appended:
        call = expression(statement)
        assert isinstance(call, cst.Call)
        replace[call.func] = cst.Attribute(load, cst.Name("add"))
    return Change(replace=replace)


def _as_set(context: Context, symbol: Symbol, text: str = "") -> str:
    """Return the text of a set with the list's first items."""
    value = symbol.bindings[0].value
    assert value is not None
    if context.kinds(value).item == NEVER and not isinstance(value, cst.ListComp):
        return "set()"
    if isinstance(value, cst.List) and not text:
        return code(cst.Set(list(value.elements)))
    return f"set({text or clause(value)})"


def _companion(
    context: Context,
    symbol: Symbol,
    start: Statement,
    asked: list[cst.Name],
    appended: list[tuple[Statement, cst.Name, cst.BaseExpression]],
) -> Change | None:
    if not all(isinstance(item, cst.Name) or context.total(item) for _, _, item in appended):
        return None
    name = context.fresh(f"{symbol.name}_set", "seen_set")
    return Change(
        replace={load: cst.Name(name) for load in asked},
        after={
            start: [line(f"{name} = {_as_set(context, symbol, symbol.name)}")],
            **{statement: [line(f"{name}.add({clause(item)})")] for statement, _, item in appended},
        },
    )

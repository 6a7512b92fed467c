"""``text += piece`` in a loop becomes a list of pieces, joined after the loop.

So does ``text = text + piece``. Only where the text and every piece are
provably str, and the loop never reads the text. A yield, an await or a
``try`` around it is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import STR
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import mentions, start_of
from perfopt_cli.model.rules.text import argument, line

NAME = "string-join"
SUMMARY = "string += in a loop becomes one join"
EXAMPLE = Example(
    before="""\
def f(words: list[str]) -> str:
    text = ""
    for word in words:
        text += word
        text += ", "
    return text
""",
    call="(['word'] * 3000,)",
    safe=(
        "The text and every piece are str, the loop never reads the text, and no `try`, "
        "`yield` or `await` could show it half-made."
    ),
    pays=(
        "The loop has more than a few rounds. CPython extends a text in place where it can; "
        "where it can't, the gain grows with the length."
    ),
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each loop and the text it builds."""
    loops: list[cst.For | cst.While] = [*context.tree.owned(cst.For)]
    for loop in [*loops, *context.tree.owned(cst.While)]:
        if loop.orelse or context.tree.guarded(loop) or context.tree.suspends(loop):
            continue
        if not isinstance(context.tree.parent[loop], cst.IndentedBlock):
            continue
        for symbol in context.names.symbols:
            pieces = _pieces(context, symbol, loop)
            if pieces and context.flow.bound_before(symbol, loop):
                yield _joined(context, symbol, loop, pieces)


def _pieces(
    context: Context, symbol: Symbol, loop: cst.CSTNode
) -> list[tuple[cst.BaseSmallStatement, cst.BaseExpression]]:
    """Return what the loop adds to the variable if that is all that it does with it."""
    if symbol.captured or symbol.outer or context.kinds.known[symbol] != STR:
        return []
    found: list[tuple[cst.BaseSmallStatement, cst.BaseExpression]] = []
    used = 0
    for binding in symbol.bindings:
        node = binding.node
        if not context.tree.inside(node, loop):
            continue
        if isinstance(node, cst.AugAssign) and isinstance(node.operator, cst.AddAssign):
            piece: cst.BaseExpression | None = node.value
            used += 1
        elif isinstance(node, cst.Assign) and len(node.targets) == 1:
            piece = _added(context, symbol, node.value)
            used += 2
        else:
            return []
        if piece is None or context.kinds(node.value) != STR:
            return []
        assert isinstance(node, cst.BaseSmallStatement)
        found.append((node, piece))
    return found if mentions(context, symbol, loop) == used else []


def _added(
    context: Context, symbol: Symbol, value: cst.BaseExpression
) -> cst.BaseExpression | None:
    """Return ``a + b`` of ``text + a + b`` if all are str."""
    if not isinstance(value, cst.BinaryOperation) or not isinstance(value.operator, cst.Add):
        return None
    if value.lpar or context.kinds(value.right) != STR:
        return None
    if context.names.of(value.left) is symbol:
        return value.right
    inner = _added(context, symbol, value.left)
    return value.with_changes(left=inner) if inner is not None else None


def _joined(
    context: Context,
    symbol: Symbol,
    loop: cst.For | cst.While,
    pieces: list[tuple[cst.BaseSmallStatement, cst.BaseExpression]],
) -> Change:
    parts = context.fresh("parts", f"{symbol.name}_parts")
    replace: dict[cst.CSTNode, cst.CSTNode] = {}
    for node, value in pieces:
        call = cst.ensure_type(line(f"{parts}.append({argument(value)})"), cst.SimpleStatementLine)
        replace[node] = call.body[0]
    start = start_of(context, symbol, loop)
    text = start.value if start is not None else None
    if start is not None and isinstance(text, cst.SimpleString) and not text.evaluated_value:
        first = line(f"{parts} = []").with_changes(leading_lines=start.statement.leading_lines)
        replace[start.statement] = first
        return Change(replace=replace, after={loop: [line(f'{start.head} = "".join({parts})')]})
    return Change(
        replace=replace,
        before={loop: [line(f"{parts} = []")]},
        after={loop: [line(f'{symbol.name} += "".join({parts})')]},
    )

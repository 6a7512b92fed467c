"""Where a subscript is read, and whether it has been read before."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.library import Effect
from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS, DEFERRED, Statement, method, named
from perfopt_cli.model.rules.analysis.uses import is_target
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.iteration.objects import root, unchanged
from perfopt_cli.model.rules.text import code, same

_METHODS = {"append", "add", "extend", "update"}
_MAKERS = {"range", "len", "enumerate", "zip", "reversed", "sorted", "list", "min", "max", "sum"}


def twins(context: Context, region: cst.CSTNode, node: cst.Subscript) -> list[cst.Subscript]:
    """Return the reads in the region that mean the same item, run at once."""
    return [
        other
        for other in context.tree.find(region, cst.Subscript)
        if same(other, node)
        and alike(context, other, node)
        and not is_target(context.tree, other)
        and context.tree.own(other)
    ]


def alike(context: Context, one: cst.CSTNode, two: cst.CSTNode) -> bool:
    """Tell whether two pieces that read the same mean the same variables."""
    mine = context.tree.find(one, cst.Name)
    other = context.tree.find(two, cst.Name)
    pairs = zip(mine, other, strict=False)
    return len(mine) == len(other) and all(
        context.names.of(left) is context.names.of(right) for left, right in pairs
    )


def read_before(context: Context, node: cst.Subscript, loop: Statement) -> bool:
    """Tell whether ``x[i]`` was surely there, and is the same, where the loop starts."""
    if isinstance(loop, cst.For) and opens(context, loop.iter, node):
        return True
    crossed: list[cst.CSTNode] = []
    for up in (loop, *context.tree.ancestors(loop)):
        if isinstance(up, (cst.Try, cst.TryStar, cst.With, cst.Match)) and up is not loop:
            return False
        if isinstance(up, cst.If) and up is not loop:
            crossed.append(up.test)
            if _surely(context, up.test, node):
                return unchanged(context, node, crossed)
        if not isinstance(context.tree.parent.get(up), cst.IndentedBlock):
            continue
        assert isinstance(up, (cst.BaseCompoundStatement, cst.SimpleStatementLine))
        block, place = context.tree.siblings(up)
        for earlier in reversed(block[:place]):
            crossed.append(earlier)
            if any(_surely(context, part, node) for part in _always(earlier)):
                return unchanged(context, node, crossed)
        if isinstance(context.tree.parent[context.tree.parent[up]], (cst.For, cst.While)):
            return _in_header(context, node, up, crossed)
    return False


def _in_header(
    context: Context, node: cst.Subscript, up: Statement, crossed: list[cst.CSTNode]
) -> bool:
    """Look into the head of the loop whose body holds ``up``, then no further."""
    holder = context.tree.parent[context.tree.parent[up]]
    body = getattr(holder, "body", None)
    if isinstance(holder, cst.While) and body is context.tree.parent[up]:
        return _surely(context, holder.test, node) and unchanged(
            context, node, [*crossed, holder.test]
        )
    if isinstance(holder, cst.For) and body is context.tree.parent[up]:
        # The head was evaluated before the first round: nothing in the loop may change the item.
        return _surely(context, holder.iter, node) and unchanged(context, node, [holder])
    return False


def _always(statement: Statement) -> list[cst.CSTNode]:
    """Return the parts of a statement that run whenever it does."""
    if isinstance(statement, cst.If):
        return [statement.test]
    if isinstance(statement, cst.For):
        return [statement.iter]
    return [statement] if isinstance(statement, cst.SimpleStatementLine) else []


def reads(context: Context, part: cst.CSTNode, node: cst.Subscript) -> Iterator[cst.Subscript]:
    """Yield the same subscripts in a part, whether read or written into."""
    for other in context.tree.find(part, cst.Subscript):
        if same(other, node) and alike(context, other, node):
            yield other


def _surely(context: Context, part: cst.CSTNode, node: cst.Subscript) -> bool:
    """Tell whether evaluating the part always reads the item."""
    return any(
        not is_target(context.tree, other) and is_unconditional(context, other, part)
        for other in reads(context, part, node)
    )


def is_unconditional(context: Context, node: cst.CSTNode, part: cst.CSTNode) -> bool:
    """Tell whether evaluating all of ``part`` always evaluates the node in it."""
    below: cst.CSTNode = node
    while below is not part:
        up = context.tree.parent[below]
        if isinstance(up, cst.IfExp) and below is not up.test:
            return False
        if isinstance(up, cst.BooleanOperation) and below is not up.left:
            return False
        if isinstance(up, cst.Comparison) and below not in (up.left, up.comparisons[0]):
            return False
        if isinstance(up, (*COMPREHENSIONS, *DEFERRED, cst.Assert)):
            return False
        below = up
    return True


def opens(context: Context, node: cst.BaseExpression, item: cst.Subscript) -> bool:
    """Tell whether evaluating the expression reads the item before all that could go wrong."""
    if isinstance(node, cst.Subscript) and same(node, item) and alike(context, node, item):
        return True
    if isinstance(node, cst.Subscript) and index_of(node) is not None:
        return opens(context, node.value, item)
    if isinstance(node, cst.BinaryOperation):
        if opens(context, node.left, item):
            return True
        return context.total(node.left) and opens(context, node.right, item)
    if isinstance(node, (cst.Comparison, cst.BooleanOperation)):
        return opens(context, node.left, item)
    if not isinstance(node, cst.Call) or not _is_plain_call(context, node):
        return False
    for arg in node.args:
        if opens(context, arg.value, item):
            return True
        if context.effects(arg.value) != Effect.TOTAL:
            return False
    return False


def _is_plain_call(context: Context, call: cst.Call) -> bool:
    """Tell whether looking up what is called can't go wrong."""
    receiver, name, _ = method(call)
    if name and isinstance(receiver, cst.Name) and context.names.of(receiver) is not None:
        return name in _METHODS and context.kinds(receiver).name in ("list", "set", "deque")
    return context.kinds.origin(call.func) in _MAKERS


def hint(node: cst.Subscript) -> str:
    """Return a name for ``x[i]``: ``x_i``, ``x_prev`` for ``x[i - 1]``, ``x_next``."""
    key = index_of(node)
    base = root(node.value)
    word = named(base) or (base.attr.value if isinstance(base, cst.Attribute) else "item")
    inner = node.value
    if isinstance(inner, cst.Subscript):
        word = hint(inner)
    if isinstance(key, cst.Integer):
        return f"{word}_{key.value}"
    if isinstance(key, cst.SimpleString):
        text = str(key.raw_value)
        return f"{word}_{text}" if text.isidentifier() and text.isascii() else f"{word}_item"
    if isinstance(key, cst.Name):
        return f"{word}_{key.value}"
    if isinstance(key, cst.BinaryOperation) and code(key.right) == "1":
        fits = isinstance(key.left, cst.Name)
        if fits and isinstance(key.operator, cst.Subtract):
            return f"{word}_prev"
        if fits and isinstance(key.operator, cst.Add):
            return f"{word}_next"
    return f"{word}_item"

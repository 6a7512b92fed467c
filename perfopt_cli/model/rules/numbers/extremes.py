"""Calls of ``max`` and ``min`` with two or three arguments, taken apart.

``max(a, b)`` gives ``b if b > a else a``, and ``min(a, b)`` gives
``b if b < a else a``, after both were evaluated in order (the language's
reference and CPython's ``min_max``). Written like that it is the same for
values of every type, nan included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, plain
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.text import clause, code, line, parse

_SIGNS = {"max": ">", "min": "<"}
_ALONE = (cst.Assign, cst.AugAssign, cst.Return, cst.Arg)
_UNFIT = (cst.NamedExpr, cst.Await, cst.Yield, cst.Lambda)


@dataclass(frozen=True, slots=True)
class Extreme:
    """A call of ``max`` or ``min``; ``sign`` is between a later and an earlier argument."""

    call: cst.Call
    sign: str
    args: tuple[cst.BaseExpression, ...]


def extremes(context: Context) -> Iterator[Extreme]:
    """Yield the calls that run often: in a loop, or in a function without loops, outermost first.

    Nothing in their arguments binds a variable or suspends the function.
    """
    short = not context.tree.owned(cst.For) and not context.tree.owned(cst.While)
    for call in context.tree.owned(cst.Call):
        sign = _SIGNS.get(context.kinds.origin(call.func))
        if sign is None or len(call.args) not in (2, 3) or not plain(call.args):
            continue
        if any(isinstance(part, _UNFIT) for part in context.tree.walk(call)):
            continue
        if short or context.tree.loops(call):
            yield Extreme(call, sign, tuple(arg.value for arg in call.args))


def own_variable(context: Context, node: cst.CSTNode) -> Symbol | None:
    """Return the variable that the node names if nothing but the function's own text binds it."""
    symbol = context.names.of(node)
    return symbol if symbol is not None and not symbol.captured and not symbol.outer else None


def settled(context: Context, node: cst.BaseExpression) -> bool:
    """Tell whether the expression has one value throughout a statement, and costs nothing."""
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        return isinstance(node.expression, (cst.Integer, cst.Float))
    if isinstance(node, (cst.Integer, cst.Float, cst.SimpleString)):
        return True
    if isinstance(node, cst.Name) and node.value in ("True", "False", "None"):
        return True
    return own_variable(context, node) is not None


def surely_bound(context: Context, nodes: Sequence[cst.BaseExpression], at: Statement) -> bool:
    """Tell whether reading the variables among the nodes in another order can't be seen.

    Where a variable has no value yet, an error tells which is read first.
    """
    open_ = {
        symbol
        for node in nodes
        if (symbol := context.names.of(node)) is not None
        and symbol.scope is context.tree.root
        and not context.flow.bound_before(symbol, at)
    }
    return not open_ or (len(open_) == 1 and all(settled(context, node) for node in nodes))


class Kept:
    """Statements that evaluate the costly ones of some expressions before, in their order."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.lines: list[Statement] = []
        self._taken: set[str] = set()

    def name(self, node: cst.BaseExpression, *hints: str) -> str:
        """Return what to write for the expression's value."""
        if settled(self.context, node):
            return code(node)
        numbered = (f"{hints[0]}_{number}" for number in range(2, 100))
        free = [hint for hint in (*hints, *numbered) if hint not in self._taken]
        name = self.context.fresh(*free)
        self._taken.add(name)
        self.lines.append(line(f"{name} = {clause(node)}"))
        return name


def placed(context: Context, node: cst.BaseExpression, text: str) -> cst.BaseExpression:
    """Return new code for the node's place, in parentheses where something may stand beside it."""
    alone = isinstance(context.tree.parent[node], _ALONE) or node.lpar
    return parse(text if alone else f"({text})")


def may_bind(context: Context, node: cst.CSTNode) -> bool:
    """Tell whether ``:=`` may stand there: not in what a comprehension goes through."""
    return not any(
        isinstance(up, cst.CompFor) and context.tree.inside(node, up.iter)
        for up in context.tree.ancestors(node)
    )

"""Calls of ``max`` and ``min`` with two or three arguments, taken apart.

``max(a, b)`` gives ``b if b > a else a``, and ``min(a, b)`` gives
``b if b < a else a``, after both were evaluated in order (the language's
reference and CPython's ``min_max``). Written like that it is the same for
values of every type, nan included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, plain
from perfopt_cli.model.rules.base import Change, Context
from perfopt_cli.model.rules.text import clause, code, line, parse

_SIGNS = {"max": ">", "min": "<"}
_FAMILIES = (
    ("first", "second", "third"),
    ("value", "other", "another"),
    ("left", "right", "middle"),
    ("one", "two", "three"),
    ("here", "there", "beyond"),
)
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
        numbered = (tuple(f"{name}_{n}" for name in _FAMILIES[0]) for n in count(2))
        families = (*_FAMILIES, *islice(numbered, 99))
        fits = (family for family in families if all(context.fresh(n) == n for n in family))
        self._names = list(next(fits))

    def name(self, node: cst.BaseExpression) -> str:
        """Return what to write for the expression's value."""
        return code(node) if settled(self.context, node) else self.own(node)

    def own(self, node: cst.BaseExpression) -> str:
        """Return a new variable for the expression's value."""
        name = self.new()
        self.lines.append(line(f"{name} = {clause(node)}"))
        return name

    def new(self) -> str:
        """Return the name of another new variable. There are three."""
        return self._names.pop(0)


def led(
    statement: Statement, lines: Sequence[Statement], replace: Mapping[cst.CSTNode, cst.CSTNode]
) -> Change:
    """Return the change that puts lines before a statement, below the comment above it."""
    comments = [empty for empty in statement.leading_lines if empty.comment]
    first = lines[0].with_changes(leading_lines=comments)
    before = {statement: [first, *lines[1:]]}
    return Change(replace=replace, before=before, remove=tuple(comments))


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

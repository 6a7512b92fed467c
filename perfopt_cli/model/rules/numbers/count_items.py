"""``sum([1 for x in xs if …])`` becomes ``len([…])``; a sum of truths counts them the same way."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import BOOL, SIZED
from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.parts import literal
from perfopt_cli.model.rules.text import argument, parse

NAME = "count-items"
SUMMARY = "sum() of ones or of truths becomes len() of a list"
EXAMPLE = Example(
    before="""\
def f(xs: list[int], low: int):
    return sum(x > low for x in xs)
""",
    call="(list(range(2000)), 900)",
    safe="What is added up is 1, True or False, whose sum is a count.",
    pays="The length of a list is known; adding up goes through it once more.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such call of ``sum``."""
    if not context.builtin("len"):
        return
    for call in context.tree.owned(cst.Call):
        if context.kinds.origin(call.func) != "sum" or len(call.args) != 1 or not plain(call.args):
            continue
        items = call.args[0].value
        if not isinstance(items, (cst.ListComp, cst.GeneratorExp)):
            continue
        # A StopIteration leaves a generator as another error.
        if isinstance(items, cst.GeneratorExp) and not context.pure(items):
            continue
        counted = _counted(context, items)
        if counted is items.for_in and _is_plain(context, counted):
            yield Change(replace={call: parse(f"len({argument(counted.iter)})")})
        elif counted is not None and not context.tree.suspends(items):
            made = cst.ListComp(cst.Integer("1"), counted)
            yield Change(replace={call: call.with_changes(func=parse("len"), args=[cst.Arg(made)])})


def _is_plain(context: Context, clause: cst.CompFor) -> bool:
    """Tell whether there is one round for each item of a container of known length."""
    lone = not clause.ifs and not clause.inner_for_in and not clause.asynchronous
    return lone and isinstance(clause.target, cst.Name) and context.kinds(clause.iter).name in SIZED


def _counted(context: Context, items: cst.ListComp | cst.GeneratorExp) -> cst.CompFor | None:
    """Return the clauses whose items are to be counted."""
    clause = items.for_in
    if literal(items.elt) == 1:
        return clause
    test = items.elt
    if context.kinds(test) != BOOL or not isinstance(
        test, (cst.Comparison, cst.UnaryOperation, cst.BooleanOperation, cst.Call)
    ):
        return None
    if any(isinstance(part, cst.NamedExpr) for part in context.tree.walk(items)):
        return None
    while clause.inner_for_in is not None:
        clause = clause.inner_for_in
    space = cst.SimpleWhitespace(" ")
    condition = cst.CompIf(test, whitespace_before=space, whitespace_before_test=space)
    last = clause.with_changes(ifs=[*clause.ifs, condition])
    return _ended(items.for_in, last)


def _ended(clause: cst.CompFor, last: cst.CompFor) -> cst.CompFor:
    """Return the clauses with another innermost one."""
    if clause.inner_for_in is None:
        return last
    return clause.with_changes(inner_for_in=_ended(clause.inner_for_in, last))

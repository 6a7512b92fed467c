"""A generator that a call uses up becomes a list comprehension, where the order of events stays.

``tuple``, ``list``, ``sorted`` and ``join`` take all items before they look
at any. ``min``, ``max``, ``sum`` and ``Counter`` look at each when it comes,
so comparing, adding or hashing it must run no code of the project.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import STR, is_flat, is_ordered
from perfopt_cli.model.rules.analysis.tree import method, named
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import ordinary

NAME = "generator-list"
SUMMARY = "a generator that a call uses up becomes a list comprehension"
EXAMPLE = Example(
    before="""def f(xs: list[int]) -> tuple[int, ...]:
    return tuple(x * 2 for x in xs if x % 3)
""",
    call="(list(range(2000)),)",
    safe="No item is looked at by code of the project, and no StopIteration can end the generator.",
    pays="A list is filled without entering and leaving a generator for each item.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such generator."""
    for items in context.tree.owned(cst.GeneratorExp):
        arg = context.tree.parent[items]
        call = context.tree.parent[arg]
        if not isinstance(arg, cst.Arg) or arg.star or arg.keyword:
            continue
        if (
            not isinstance(call, cst.Call)
            or call.args[0] is not arg
            or not ordinary(context, items)
        ):
            continue
        made = cst.ListComp(items.elt, items.for_in)
        if context.kinds.origin(call.func) == "list" and len(call.args) == 1:
            yield Change(replace={call: made})
        elif _waits(context, call, items):
            bare = made.with_changes(lpar=[], rpar=[])
            yield Change(replace={arg: arg.with_changes(value=bare)})


def _waits(context: Context, call: cst.Call, items: cst.GeneratorExp) -> bool:
    """Tell whether it can't be seen that all items are made before the first is used."""
    name, kind = context.kinds.origin(call.func), context.kinds(items.elt)
    alone = len(call.args) == 1
    if name in ("min", "max"):
        words = {named(arg.keyword): arg.value for arg in call.args[1:]}
        return (
            is_ordered(kind)
            and set(words) <= {"default"}
            and all(context.total(value) for value in words.values())
        )
    if name == "collections.Counter":
        return alone and is_flat(kind)
    if name == "sum":
        return alone and kind.name in ("int", "bool")
    if name in ("tuple", "sorted"):
        return alone
    receiver, joins, _ = method(call, "join")
    return bool(joins) and alone and context.kinds(receiver) == STR

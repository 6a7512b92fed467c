"""A generator that is used up at once becomes a list comprehension, which is faster.

``sum``, ``sorted``, ``list`` and ``join`` take all items anyway. The items
must be computed without an effect, and numbers for sum, so that computing
them all first is the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import NUMBERS, STR, is_ordered
from perfopt_cli.model.rules.analysis.tree import method
from perfopt_cli.model.rules.base import Change, Context, Example

NAME = "eager-generator"
SUMMARY = "a generator that is used up at once becomes a list comprehension"
EXAMPLE = Example(
    before="""\
def f(words: list[str]) -> str:
    return ",".join(word.upper() for word in words)
""",
    call="(['word'] * 3000,)",
    safe=(
        "The items are computed without an effect, and of a type that the taker can't refuse "
        "(numbers for sum, str for join, one ordered type for sorted), so that computing all "
        "of them first is the same."
    ),
    pays=(
        "There are more than a few items and each is cheap to compute. It takes memory for "
        "all of them."
    ),
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such generator."""
    for node in context.tree.owned(cst.GeneratorExp):
        arg = context.tree.parent[node]
        call = context.tree.parent[arg]
        if not isinstance(arg, cst.Arg) or arg.star or arg.keyword or not context.pure(node):
            continue
        if not isinstance(call, cst.Call) or call.args[0] is not arg:
            continue
        made = cst.ListComp(node.elt, node.for_in)
        if context.kinds.origin(call.func) == "list" and len(call.args) == 1:
            yield Change(replace={call: made})
        elif _takes_all(context, call, node):
            bare = made.with_changes(lpar=[], rpar=[])
            yield Change(replace={arg: arg.with_changes(value=bare)})


def _takes_all(context: Context, call: cst.Call, node: cst.GeneratorExp) -> bool:
    kind = context.kinds(node.elt)
    name = context.kinds.origin(call.func)
    if name == "sum":
        return kind.name in NUMBERS
    if name == "sorted":
        return is_ordered(kind) and len(call.args) == 1
    receiver, joins, _ = method(call, "join")
    return bool(joins) and context.kinds(receiver) == STR and kind == STR

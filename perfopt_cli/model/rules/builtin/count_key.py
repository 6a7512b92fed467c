"""``max(set(xs), key=xs.count)`` takes the counts once: ``key=Counter(xs).__getitem__``.

The items must be basic values without nan. What is not in the list is
counted zero times by both.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import SIZED, is_key
from perfopt_cli.model.rules.analysis.tree import method, named, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, parse

NAME = "count-key"
SUMMARY = "counting as a key is done once for all items"
EXAMPLE = Example(
    before="""def f(xs: list[int]) -> int:
    return max(set(xs), key=xs.count)
""",
    call="([i * i % 50 for i in range(1000)],)",
    safe="The items are basic values, whose look-up in a dict agrees with their comparison.",
    pays="The list is gone through once instead of once for each item.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such key."""
    counter = context.imported("collections", "Counter")
    for call in context.tree.owned(cst.Call) if counter is not None else ():
        items = _items(context, call)
        if items is None or not is_key(context.kinds(items).item):
            continue
        for arg in call.args:
            if named(arg.keyword) != "key" or counter is None:
                continue
            counted = _counted(arg.value)
            kind = context.kinds(counted).name if counted is not None else ""
            if counted is None or kind not in ("list", "tuple"):
                continue
            if is_key(context.kinds(counted).item):
                new = parse(f"{counter[0]}({code(counted)}).__getitem__")
                yield Change(replace={arg.value: new}, imports=counter[1])


def _items(context: Context, call: cst.Call) -> cst.BaseExpression | None:
    """Return what is sorted or searched, where nothing else can happen meanwhile."""
    # A list that is sorted in place is empty meanwhile.
    if context.kinds.origin(call.func) not in ("sorted", "min", "max") or not call.args:
        return None
    first = call.args[0]
    if first.keyword or first.star or len([a for a in call.args if not a.keyword]) != 1:
        return None
    return first.value if context.kinds(first.value).name in SIZED else None


def _counted(key: cst.BaseExpression) -> cst.Name | None:
    """Return ``xs`` of ``xs.count`` or ``lambda x: xs.count(x)``."""
    word = ""
    if isinstance(key, cst.Lambda):
        params = key.params.params
        word = params[0].name.value if len(params) == 1 else ""
        receiver, name, args = method(key.body, "count")
        if not name or len(args) != 1 or not plain(args) or named(args[0].value) != word:
            return None
    elif isinstance(key, cst.Attribute) and key.attr.value == "count":
        receiver = key.value
    else:
        return None
    return receiver if isinstance(receiver, cst.Name) and receiver.value != word else None

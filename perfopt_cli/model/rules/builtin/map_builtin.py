"""``sum(int(c) for c in text)`` becomes ``sum(map(int, text))``.

For builtins that take one argument, and items of builtin types: an object
of the project could end the generator.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import method
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import clause, code, parse, same

NAME = "map-builtin"
SUMMARY = "a builtin called for each item is mapped"
EXAMPLE = Example(
    before="""def f(n: int) -> int:
    return sum(int(c) for c in str(n))
""",
    call="(3 ** 400,)",
    safe="The items are of builtin types, and the function is a builtin.",
    pays="The calls are made in C.",
)
_MAPPED = {"int", "float", "len", "abs", "ord"}
_LAZY = {"any", "all"}
_TAKERS = {"sum", "min", "max", "set", "tuple", "list", "sorted", "frozenset"}
_TAKERS |= {"collections.Counter", "collections.deque", *_LAZY}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such generator or list."""
    if not context.builtin("map"):
        return
    for call in context.tree.owned(cst.Call):
        items = call.args[0].value if len(call.args) == 1 else None
        if not isinstance(items, (cst.GeneratorExp, cst.ListComp)) or not _takes(context, call):
            continue
        # A list is made whole before it is asked.
        lazy = context.kinds.origin(call.func) in _LAZY
        if call.args[0].star or (lazy and isinstance(items, cst.ListComp)):
            continue
        text = _mapped(context, items)
        if text:
            yield Change(replace={call.args[0]: cst.Arg(parse(text))})


def _takes(context: Context, call: cst.Call) -> bool:
    if call.args[0].keyword is not None:
        return False
    receiver, extends, _ = method(call, "extend")
    known = bool(extends) and context.kinds(receiver).name == "list"
    return context.kinds.origin(call.func) in _TAKERS or known


def _mapped(context: Context, items: cst.GeneratorExp | cst.ListComp) -> str:
    """Return ``map(int, xs)`` for ``int(x) for x in xs``."""
    first, element = items.for_in, items.elt
    if first.ifs or first.inner_for_in is not None or first.asynchronous:
        return ""
    if not isinstance(element, cst.Call) or len(element.args) != 1:
        return ""
    arg = element.args[0]
    if arg.star or arg.keyword or not isinstance(first.target, cst.Name):
        return ""
    if not same(arg.value, first.target) or context.kinds.origin(element.func) not in _MAPPED:
        return ""
    if context.kinds(arg.value).name in ("any", "record", "never"):
        return ""
    return f"map({code(element.func)}, {clause(first.iter)})"

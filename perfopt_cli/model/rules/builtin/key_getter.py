"""A lambda that only reads an item or an attribute as a sort key becomes a getter.

``key=lambda x: x[1]`` is ``itemgetter(1)``, and ``key=lambda x: x.name`` is
``attrgetter("name")``: they read the same things in the same order, in C.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.tree import method, named
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, parse

NAME = "key-getter"
SUMMARY = "a sort key that reads an item or attribute becomes a getter"
EXAMPLE = Example(
    before="""\
def f(rows: list[tuple[str, int]]) -> tuple[str, int]:
    return max(rows, key=lambda row: row[1])
""",
    call="([(str(i), i * 7919 % 10007) for i in range(3000)],)",
    safe=(
        "The key of sorted, min, max or a list's sort is a lambda with one argument that only "
        "reads an item by a constant, or an attribute, of it: the getter reads the same in "
        "the same order."
    ),
    pays=(
        "Most for min and max, and for what is sorted already; little where sorting itself "
        "takes long."
    ),
)
_SORTERS = {"sorted", "min", "max"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such key."""
    for arg in context.tree.owned(cst.Arg):
        call = context.tree.parent[arg]
        if named(arg.keyword) != "key" or not isinstance(arg.value, cst.Lambda):
            continue
        if not isinstance(call, cst.Call) or not _sorts(context, call):
            continue
        getter = _getter(arg.value)
        known = context.imported("operator", getter[0]) if getter is not None else None
        if getter is not None and known is not None:
            new = parse(f"{known[0]}({getter[1]})")
            yield Change(replace={arg.value: new}, imports=known[1])


def _sorts(context: Context, call: cst.Call) -> bool:
    if context.kinds.origin(call.func) in _SORTERS:
        return True
    receiver, name, _ = method(call, "sort")
    return bool(name) and context.kinds(receiver).name == "list"


def _getter(function: cst.Lambda) -> tuple[str, str] | None:
    """Return the getter's name and its arguments' text."""
    params = function.params
    others = (params.star_arg, params.star_kwarg, *params.kwonly_params, *params.posonly_params)
    if len(params.params) != 1 or any(isinstance(other, cst.Param) for other in others):
        return None
    if params.params[0].default is not None:
        return None
    name = params.params[0].name.value
    body = function.body
    parts = [body]
    if isinstance(body, cst.Tuple):
        if len(body.elements) < 2 or not all(isinstance(e, cst.Element) for e in body.elements):
            return None
        parts = [element.value for element in body.elements]
    items = [_item(part, name) for part in parts]
    if all(items):
        return "itemgetter", ", ".join(items)
    attributes = [_attribute(part, name) for part in parts]
    return ("attrgetter", ", ".join(attributes)) if all(attributes) else None


def _item(node: cst.BaseExpression, name: str) -> str:
    """Return the text of ``1`` or ``"k"`` in ``x[1]`` or ``x["k"]``."""
    if not isinstance(node, cst.Subscript) or named(node.value) != name:
        return ""
    key = index_of(node)
    negative = isinstance(key, cst.UnaryOperation) and isinstance(key.operator, cst.Minus)
    inner = key.expression if isinstance(key, cst.UnaryOperation) and negative else key
    constant = isinstance(inner, cst.Integer) or (
        isinstance(inner, cst.SimpleString) and not negative
    )
    return code(key) if key is not None and constant else ""


def _attribute(node: cst.BaseExpression, name: str) -> str:
    """Return ``"a"`` for ``x.a``; names that a class would mangle are left alone."""
    if not isinstance(node, cst.Attribute) or named(node.value) != name:
        return ""
    word = node.attr.value
    return "" if word.startswith("__") else f'"{word}"'

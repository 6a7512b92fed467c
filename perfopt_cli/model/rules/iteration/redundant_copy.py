"""Copies that nobody can tell apart from the original are left out.

``sorted(list(x))``, ``list(sorted(x))``, ``list([…])``, ``set([… for …])``,
``len(list(x))`` and ``for y in list(x)`` where x stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import COPIED, REITERABLE, SIZED, is_flat, is_key
from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import parse

NAME = "redundant-copy"
SUMMARY = "copies that are thrown away at once are left out"
EXAMPLE = Example(
    before="""\
def f(prices: list[int]) -> int:
    total = 0
    for price in list(prices):
        total += price
    return total + len(list(prices))
""",
    call="(list(range(3000)),)",
    safe=(
        "Nobody can tell the copy from the original: it is thrown away at once, and what it "
        "is made of is a builtin container that stays as it is meanwhile."
    ),
    pays="The container is large and little is done with each item.",
)
_ORDERED = {"list", "tuple"}
_COPIED = {"sorted", "list", "tuple"}
_NO_TUPLES = REITERABLE - {"tuple", "row", "items"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each needless copy."""
    for call in context.tree.owned(cst.Call):
        outer = context.kinds.origin(call.func)
        value = call.args[0].value if call.args and plain(call.args[:1]) else None
        if value is None:
            continue
        if len(call.args) == 1:
            yield from _whole(context, call, outer, value)
        inner = _copied(context, value)
        # tuple(x) of a tuple is x itself, where tuple(list(x)) is another one.
        safe = outer != "tuple" or (inner is not None and context.kinds(inner).name in _NO_TUPLES)
        if inner is not None and outer in _COPIED and safe:
            yield Change(replace={value: inner})
    loops: list[cst.For | cst.CompFor] = [*context.tree.owned(cst.For)]
    for loop in [*loops, *context.tree.owned(cst.CompFor)]:
        yield from _iterated(context, loop)


def _copied(context: Context, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return ``x`` if the expression is ``list(x)`` or ``tuple(x)``."""
    if not isinstance(node, cst.Call) or context.kinds.origin(node.func) not in _ORDERED:
        return None
    return node.args[0].value if len(node.args) == 1 and plain(node.args) else None


def _whole(
    context: Context, call: cst.Call, outer: str, value: cst.BaseExpression
) -> Iterator[Change]:
    """Leave out, or take into itself, a call with one argument."""
    if isinstance(value, cst.GeneratorExp) and not context.pure(value):
        return
    fresh_list = isinstance(value, (cst.List, cst.ListComp)) or (
        isinstance(value, cst.Call) and context.kinds.origin(value.func) in ("sorted", "list")
    )
    if outer == "list" and fresh_list:
        yield Change(replace={call: value})
    elif outer == "set" and isinstance(value, (cst.ListComp, cst.GeneratorExp)):
        # A set comprehension hashes each item before the next is computed.
        if is_key(context.kinds(value.elt)) or is_flat(context.kinds(value.elt)):
            yield Change(replace={call: cst.SetComp(value.elt, value.for_in)})
    elif outer == "dict" and isinstance(value, (cst.ListComp, cst.GeneratorExp)):
        pair = value.elt
        if isinstance(pair, cst.Tuple) and len(pair.elements) == 2:
            key, item = pair.elements
            exact = isinstance(key, cst.Element) and isinstance(item, cst.Element)
            if exact and is_flat(context.kinds(key.value)):
                new = cst.DictComp(key.value, item.value, value.for_in)
                yield Change(replace={call: new})
    elif outer in ("set", "frozenset", "len"):
        inner = _copied(context, value)
        known = context.kinds(inner).name if inner is not None else ""
        if inner is not None and known in (SIZED if outer == "len" else COPIED):
            yield Change(replace={value: inner})


def _iterated(context: Context, loop: cst.For | cst.CompFor) -> Iterator[Change]:
    """Iterate over ``x`` instead of ``list(x)`` where the loop leaves x alone."""
    inner = _copied(context, loop.iter)
    if inner is None or loop.asynchronous or not isinstance(inner, (cst.Name, cst.Attribute)):
        return
    region: cst.CSTNode = loop
    if isinstance(loop, cst.CompFor):
        region = context.tree.statement(loop)
    kind, symbol = context.kinds(inner), context.names.of(inner)
    # A dict from elsewhere may be a defaultdict, which grows when it is read.
    own = kind.name == "dict" and symbol is not None and context.flow.private(symbol)
    if kind.name not in SIZED - {"dict", "view"} and not own:
        return
    if context.flow.invariant(inner, region):
        yield Change(replace={loop.iter: parse(context.text.code_for_node(inner))})

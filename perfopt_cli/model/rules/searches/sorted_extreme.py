"""``sorted(x)[0]`` and ``sorted(x)[-1]`` become min and max.

An empty ``x`` raises another error, so it must be provably not empty. Of
equal items sorted gives the first at 0 and the last at -1; max gives the
first, so it looks from the end.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import SIZED
from perfopt_cli.model.rules.analysis.tree import named
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, operand, parse

NAME = "sorted-extreme"
SUMMARY = "the first or last of sorted() becomes min() or max()"
EXAMPLE = Example(
    before="""\
def f(prices: list[int]) -> int:
    if not prices:
        return 0
    return sorted(prices)[0]
""",
    call="([i * 7919 % 10007 for i in range(5000)],)",
    safe=(
        "The container is provably not empty, its items (or keys) are int, str or bytes, and "
        "a key function can neither fail nor have an effect. Of equal items the same one is "
        "returned."
    ),
    pays=(
        "The items are in no order. Of a list that is sorted already, sorting costs little "
        "more than the search."
    ),
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such subscript."""
    for node in context.tree.owned(cst.Subscript):
        call = node.value
        last = _end(node)
        if last is None or not isinstance(call, cst.Call) or not call.args:
            continue
        name = "max" if last else "min"
        if context.kinds.origin(call.func) != "sorted" or not context.builtin(name):
            continue
        items, words = call.args[0], {named(arg.keyword): arg.value for arg in call.args[1:]}
        if items.keyword or items.star or not set(words) <= {"key"}:
            continue
        text = _extreme(context, call, name, words.get("key"))
        if text:
            yield Change(replace={node: parse(text)})


def _end(node: cst.Subscript) -> bool | None:
    """Return False for ``[0]``, True for ``[-1]``, and else None."""
    key = index_of(node)
    return {"0": False, "-1": True}.get(code(key)) if key is not None else None


def _extreme(context: Context, call: cst.Call, name: str, key: cst.BaseExpression | None) -> str:
    items = call.args[0].value
    kind = context.kinds(items)
    # A nan would make the order of a sort depend on where it stands.
    ranked = context.kinds(key.body) if isinstance(key, cst.Lambda) else kind.item
    comparable = ranked.name in ("int", "str", "bytes")
    if kind.name not in SIZED or not comparable or not context.flow.nonempty(items, call):
        return ""
    if key is not None and not (isinstance(key, cst.Lambda) and context.total(key.body)):
        return ""
    source = code(items)
    if name == "max" and (key is not None or ranked.name != "str"):
        if kind.name not in ("list", "tuple", "row"):
            return ""
        source = f"{operand(items)}[::-1]"
    return f"{name}({source}, key={code(key)})" if key is not None else f"{name}({source})"

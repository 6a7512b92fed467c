"""``[x for x in xs]`` becomes ``list(xs)``, and ``{k: v for k, v in zip(a, b)}`` a dict.

Pairs that are taken apart and put together again are the tuples that zip,
enumerate and items make anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import COPIED, REITERABLE
from perfopt_cli.model.rules.analysis.tree import method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import argument, code, parse, same

NAME = "same-items"
SUMMARY = "a comprehension that takes the items as they are becomes a call"
EXAMPLE = Example(
    before="""def f(n: int) -> list[int]:
    return [i for i in range(n)]
""",
    call="(1000,)",
    safe="The items are in a builtin container, or pairs that a builtin makes.",
    pays="The items are taken in C.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such comprehension."""
    kinds = (cst.ListComp, cst.SetComp, cst.DictComp)
    nodes = [node for kind in kinds for node in context.tree.owned(kind)]
    for node in nodes:
        first = node.for_in
        if first.ifs or first.inner_for_in is not None or first.asynchronous:
            continue
        name = _taken(context, node)
        if name and context.builtin(name):
            yield Change(replace={node: parse(f"{name}({argument(first.iter)})")})


def _taken(context: Context, node: cst.CSTNode) -> str:
    """Return ``list``, ``set`` or ``dict`` if it would make the same."""
    if isinstance(node, cst.DictComp):
        items = (node.key, node.value)
        return "dict" if _is_pair(context, node.for_in, items) else ""
    if not isinstance(node, (cst.ListComp, cst.SetComp)):
        return ""
    first, name = node.for_in, "list" if isinstance(node, cst.ListComp) else "set"
    kind = context.kinds(first.iter).name
    if isinstance(first.target, cst.Name) and same(node.elt, first.target):
        # list() would ask an unknown object for its length.
        return name if kind in (REITERABLE if name == "list" else COPIED) else ""
    if not isinstance(node.elt, cst.Tuple) or len(node.elt.elements) != 2:
        return ""
    parts = [item.value for item in node.elt.elements if isinstance(item, cst.Element)]
    return name if _is_pair(context, first, parts) else ""


def _is_pair(
    context: Context,
    first: cst.CompFor,
    parts: list[cst.BaseExpression] | tuple[cst.BaseExpression, ...],
) -> bool:
    """Tell whether the parts are those of the pairs that a builtin gives."""
    target = first.target
    if not isinstance(target, cst.Tuple) or len(target.elements) != 2 or len(parts) != 2:
        return False
    names = [item.value for item in target.elements]
    if not all(isinstance(name, cst.Name) for name in names) or same(names[0], names[1]):
        return False
    if any(isinstance(item, cst.StarredElement) for item in target.elements):
        return False
    if [code(part) for part in parts] != [code(name) for name in names]:
        return False
    made = first.iter
    receiver, items, args = method(made, "items")
    if items and not args:
        return context.kinds(receiver).name in ("dict", "defaultdict")
    if not isinstance(made, cst.Call) or not plain(made.args):
        return False
    counts = {"zip": (2,), "enumerate": (1, 2)}
    return len(made.args) in counts.get(context.kinds.origin(made.func), ())

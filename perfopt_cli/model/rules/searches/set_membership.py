"""``x in items`` in a loop becomes a look-up in a set that is built once, before the loop.

Both the items and ``x`` must provably be str, int, bytes or None (or tuples
of them): a set needs hashes, where a list only compares.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_key
from perfopt_cli.model.rules.analysis.tree import Statement
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, line, parse, same

NAME = "set-membership"
SUMMARY = "membership tests on a list in a loop use a set built once"
EXAMPLE = Example(
    before="""\
def f(words: list[str], known: list[str]) -> int:
    count = 0
    for word in words:
        if word in known:
            count += len(word)
    return count
""",
    call="([f'word {i}' for i in range(500)], [f'word {i * 3}' for i in range(300)])",
    safe=(
        "The list or tuple and what is looked for in it are int, bool, str, bytes or None, or "
        "tuples of them; the list stays as it is through the loop, and the variable is set "
        "before it. A display of three or more constants becomes a set in its place."
    ),
    pays=(
        "The list has more than a few items and the loop several rounds; a set of constants "
        "brings less."
    ),
)
_LEAST = 3


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each container."""
    for test in context.tree.owned(cst.Comparison):
        container = _container(context, test)
        if container is None:
            continue
        if isinstance(container, (cst.List, cst.Tuple)):
            yield from _literal(container)
        elif isinstance(container, (cst.Name, cst.Attribute)) and context.builtin("set"):
            yield from _hoisted(context, test, container)


def _container(context: Context, test: cst.Comparison) -> cst.BaseExpression | None:
    """Return the container of ``x in container`` if a set would give the same answers."""
    if len(test.comparisons) != 1 or not isinstance(
        test.comparisons[0].operator, (cst.In, cst.NotIn)
    ):
        return None
    container = test.comparisons[0].comparator
    kind = context.kinds(container)
    if kind.name not in ("list", "tuple", "row") or not is_key(kind.item):
        return None
    return container if is_key(context.kinds(test.left)) else None


def _literal(container: cst.List | cst.Tuple) -> Iterator[Change]:
    """Turn a display of constants into a set, which is compiled to a constant."""
    constants = [
        isinstance(item, cst.Element) and isinstance(item.value, (cst.Integer, cst.SimpleString))
        for item in container.elements
    ]
    if len(constants) >= _LEAST and all(constants):
        yield Change(replace={container: cst.Set(list(container.elements))})


def _hoisted(
    context: Context, test: cst.Comparison, container: cst.Name | cst.Attribute
) -> Iterator[Change]:
    region = outermost(context, test, container)
    if region is None:
        return
    hint = code(container).rpartition(".")[2].lstrip("_")
    name = context.fresh(f"{hint}_set")
    replace: dict[cst.CSTNode, cst.CSTNode] = {}
    for other in context.tree.find(region, cst.Comparison):
        found = _container(context, other) if context.tree.own(other) else None
        if found is not None and same(found, container) and _alike(context, found, container):
            replace[found] = parse(name)
    before = line(f"{name} = set({code(container)})")
    yield Change(replace=replace, before={region: [before]})


def outermost(
    context: Context, node: cst.BaseExpression, value: cst.BaseExpression
) -> Statement | None:
    """Return the statement of the outermost loop around ``node`` that leaves ``value`` as it is."""
    for loop in context.tree.loops(node):
        region = context.tree.statement(loop)
        if context.flow.invariant(value, region) and context.flow.all_bound_before(value, region):
            return region if context.total(value) else None
    return None


def _alike(context: Context, one: cst.BaseExpression, two: cst.BaseExpression) -> bool:
    """Tell whether two expressions that read the same mean the same variables."""
    pairs = zip(context.tree.find(one, cst.Name), context.tree.find(two, cst.Name), strict=True)
    return all(context.names.of(left) is context.names.of(right) for left, right in pairs)

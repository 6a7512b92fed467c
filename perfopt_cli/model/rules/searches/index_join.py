"""A loop that searches a list for equal keys, inside another loop, uses an index.

``for a in A: for b in B: if a.k == b.k: …`` becomes a dict from key to the
items of B that have it, in their order, built once. The keys must provably
be int, str or bytes (annotated fields of a dataclass of the same module, for
one), so that a look-up and ``==`` agree and neither can fail.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_key, spelled
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, lines, named
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import clause, code, line, parse

NAME = "index-join"
SUMMARY = "a search for equal keys inside a loop uses a dict"
EXAMPLE = Example(
    before="""\
from dataclasses import dataclass


@dataclass
class Customer:
    id: int
    name: str


@dataclass
class Order:
    customer: int
    price: int


def f(orders: list[Order], customers: list[Customer]) -> list[tuple[str, int]]:
    rows = []
    for order in orders:
        for customer in customers:
            if customer.id == order.customer:
                rows.append((customer.name, order.price))
    return rows
""",
    call="([Order(i * 7 % 300, i) for i in range(300)], [Customer(i, str(i)) for i in range(300)])",
    safe=(
        "Both keys are int, bool, str, bytes or None, or tuples of them, so that a look-up "
        "agrees with `==` and neither can fail; the searched list or tuple, and the keys in "
        "it, stay as they are through the outer loop. Items of one key keep their order."
    ),
    pays="The searched list has more than a few items and the outer loop several rounds.",
)

Search = cst.For | cst.CompFor


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each inner search."""
    for loop in context.tree.owned(cst.For):
        body = lines(loop.body)
        if len(body) == 1 and isinstance(body[0], cst.If) and not body[0].orelse:
            yield from _indexed(context, loop, body[0].test, body[0])
    for clause_ in context.tree.owned(cst.CompFor):
        if clause_.ifs:
            yield from _indexed(context, clause_, clause_.ifs[0].test, None)


def _indexed(
    context: Context, search: Search, test: cst.BaseExpression, branch: cst.If | None
) -> Iterator[Change]:
    item = context.names.of(search.target)
    if item is None or search.asynchronous or not _is_fixed(context, item, search):
        return
    equal, rest = _first(test)
    sides = _sides(context, item, equal) if equal is not None else None
    if sides is None or context.kinds(search.iter).name not in ("list", "tuple", "row"):
        return
    wanted, key = sides
    region = _region(context, search, key)
    if region is None or not _holds(context, wanted, search, item):
        return
    index = context.fresh(_index_name(search.iter, key))
    found = parse(f"{index}.get({clause(wanted)}, ())")
    replace: dict[cst.CSTNode, cst.CSTNode] = {search.iter: found}
    if branch is not None and rest is None:
        replace[search.body if isinstance(search, cst.For) else search] = _freed(branch)
    elif isinstance(search, cst.CompFor) and rest is None:
        replace = {search: search.with_changes(iter=found, ifs=search.ifs[1:])}
    elif rest is not None:
        replace[test] = rest
    yield Change(replace=replace, before={region: _built(context, index, search.iter, item, key)})


def _is_fixed(context: Context, item: Symbol, search: Search) -> bool:
    if isinstance(search, cst.CompFor):
        return len(item.bindings) == 1 and not item.captured
    return context.flow.confined(item, search) and not context.flow.rebound(item, search.body)


def _holds(context: Context, wanted: cst.BaseExpression, search: Search, item: Symbol) -> bool:
    """Tell whether the wanted key stays the same through one search."""
    if not context.flow.invariant(wanted, search):
        return False
    if isinstance(search, cst.For):
        return True
    attributes = {part.attr.value for part in context.tree.find(wanted, cst.Attribute)}
    calm = isinstance(wanted, cst.Name) or context.flow.quiet(item.scope, attributes)
    return calm and not context.tree.find(item.scope, cst.NamedExpr)


def _freed(branch: cst.If) -> cst.BaseSuite:
    """Return the body of the branch, with the comments above it."""
    body = branch.body
    if not isinstance(body, cst.IndentedBlock) or not branch.leading_lines:
        return body
    first, *others = body.body
    assert isinstance(first, (cst.BaseCompoundStatement, cst.SimpleStatementLine))
    leading = [*branch.leading_lines, *first.leading_lines]
    return body.with_changes(body=[first.with_changes(leading_lines=leading), *others])


def _first(
    test: cst.BaseExpression,
) -> tuple[cst.Comparison | None, cst.BaseExpression | None]:
    """Split ``a == b and rest`` into the comparison and the rest."""
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
        equal, rest = _first(test.left)
        if rest is None:
            return equal, test.right
        return equal, parse(f"{code(rest)} and {code(test.right)}")
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        return (test if isinstance(test.comparisons[0].operator, cst.Equal) else None), None
    return None, None


def _sides(
    context: Context, item: Symbol, equal: cst.Comparison
) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """Return the side that is looked for and the side that only depends on the item."""
    left, right = equal.left, equal.comparisons[0].comparator
    for wanted, key in ((left, right), (right, left)):
        mine = {context.names.of(name) for name in _variables(context, key)}
        other = {context.names.of(name) for name in _variables(context, wanted)}
        if mine != {item} or item in other:
            continue
        if not context.total(wanted) or not context.total(key):
            continue
        if is_key(context.kinds(wanted)) and is_key(context.kinds(key)):
            return wanted, key
    return None


def _variables(context: Context, node: cst.BaseExpression) -> list[cst.Name]:
    """Return the names that are read, without those of attributes and keywords."""
    known = context.names.symbol_of
    loose = set(context.names.globals)
    return [name for name in context.tree.find(node, cst.Name) if name in known or name in loose]


def _region(context: Context, search: Search, key: cst.BaseExpression) -> Statement | None:
    """Return the statement of the outermost loop around the search in which an index stays true."""
    attributes = {part.attr.value for part in context.tree.find(key, cst.Attribute)}
    for loop in context.tree.loops(_inner(search)):
        if loop is search or (isinstance(search, cst.CompFor) and _is_first(context, search, loop)):
            continue
        region = context.tree.statement(loop)
        flow = context.flow
        fixed = flow.invariant(search.iter, region) and flow.all_bound_before(search.iter, region)
        calm = isinstance(key, cst.Name) or flow.quiet(region, attributes)
        if fixed and calm and context.total(search.iter):
            return region
    return None


def _inner(search: Search) -> cst.CSTNode:
    return search.body if isinstance(search, cst.For) else search.target


def _is_first(context: Context, search: cst.CompFor, loop: cst.CSTNode) -> bool:
    """Tell whether the loop is the comprehension that the search is the first clause of."""
    return context.tree.parent[search] is loop


def _index_name(items: cst.BaseExpression, key: cst.BaseExpression) -> str:
    word = named(items) or (items.attr.value if isinstance(items, cst.Attribute) else "items")
    field = key.attr.value if isinstance(key, cst.Attribute) else "value"
    return f"{word.strip('_')}_by_{field.strip('_')}"


def _built(
    context: Context,
    index: str,
    items: cst.BaseExpression,
    item: Symbol,
    key: cst.BaseExpression,
) -> list[Statement]:
    """Return the statements that fill the index."""
    name = context.fresh("entry", "indexed_entry")
    renamed = key.visit(_Named(item.name, name))
    assert isinstance(renamed, cst.BaseExpression)
    field = code(renamed)
    return [
        line(f"{index}{_annotation(context, items, key)} = {{}}"),
        line(
            f"for {name} in {clause(items)}:\n    {index}.setdefault({field}, []).append({name})\n"
        ),
    ]


def _annotation(context: Context, items: cst.BaseExpression, key: cst.BaseExpression) -> str:
    """Return the index's type where it can be written: other rules read it."""
    names = spelled(context.kinds(key)), spelled(context.kinds(items).item)
    return f": dict[{names[0]}, list[{names[1]}]]" if all(names) else ""


class _Named(cst.CSTTransformer):
    """Puts one variable in place of another. Attributes keep their names."""

    def __init__(self, old: str, new: str) -> None:
        self.old = old
        self.new = new

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.Attribute:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return (
            updated_node.with_changes(value=self.new)
            if original_node.value == self.old
            else (updated_node)
        )

"""``return all(…)`` of a generator becomes a loop that returns, and so does ``any``.

An answer that is assigned, or asked by an ``if``, becomes a variable that a
loop sets. The loop runs the same tests in the same order, and stops at the
same one.
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import BOOL
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, sole
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import consumed
from perfopt_cli.model.rules.loops import unpacked
from perfopt_cli.model.rules.text import clause, code, conjunct, line, merged, negated

NAME = "answer-loop"
SUMMARY = "any() or all() of a generator becomes a loop"
EXAMPLE = Example(
    before="""def f(xs: list[int], low: int) -> bool:
    return all(x % 7 != 8 and x > low for x in xs)
""",
    call="(list(range(2000)), -1)",
    safe="The tests call nothing that could end a generator.",
    pays="No generator is made, entered and left.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such answer."""
    for call, name, items in consumed(context, "any", "all"):
        if not isinstance(items, cst.GeneratorExp):
            continue
        renamed = _renamed(context, items)
        if renamed is None:
            continue
        above = context.tree.parent[call]
        if isinstance(above, cst.Return):
            yield from _returned(context, above, name, renamed)
        elif isinstance(above, cst.Assign):
            yield from _assigned(context, above, name, renamed)
        elif renamed.for_in.inner_for_in is None:
            yield from _asked(context, call, name, renamed)
        elif isinstance(above, cst.BooleanOperation):
            yield from _split(context, above, call)


def _returned(
    context: Context, node: cst.Return, name: str, items: cst.GeneratorExp
) -> Iterator[Change]:
    statement = context.tree.statement(node)
    if sole(statement) is node:
        loop = line(_loop(items, name, f"return {name == 'any'}"))
        last = line(f"return {name == 'all'}")
        yield Change(replace={statement: merged(loop, [statement])}, after={statement: [last]})


def _split(context: Context, node: cst.BooleanOperation, call: cst.Call) -> Iterator[Change]:
    """Ask what comes before ``and`` or ``or`` in a statement of its own."""
    above = context.tree.parent[node]
    statement = context.tree.statement(node)
    alone = isinstance(above, cst.Return) and sole(statement) is above and node.right is call
    if not alone or context.kinds(node.left) != BOOL or not isinstance(above, cst.Return):
        return
    joined = isinstance(node.operator, cst.Or)
    test = clause(node.left) if joined else negated(node.left)
    first = line(f"if {test}:\n    return {joined}\n")
    yield Change(replace={above: above.with_changes(value=call)}, before={statement: [first]})


def _assigned(
    context: Context, node: cst.Assign, name: str, items: cst.GeneratorExp
) -> Iterator[Change]:
    statement, target = context.tree.statement(node), node.targets[0].target
    symbol = context.names.of(target)
    alone = sole(statement) is node and len(node.targets) == 1
    if symbol is None or not alone or symbol.captured or symbol.outer:
        return
    # The old value must not be missed by the tests, or after an exception.
    read = {name.value for name in context.tree.find(node.value, cst.Name)}
    if symbol.name in read or context.tree.guarded(node) or items.for_in.inner_for_in is not None:
        return
    first = line(f"{symbol.name} = {name == 'all'}")
    loop = line(_loop(items, name, f"{symbol.name} = {name == 'any'}", "break"))
    yield Change(replace={statement: merged(first, [statement])}, after={statement: [loop]})


def _asked(
    context: Context, call: cst.Call, name: str, items: cst.GeneratorExp
) -> Iterator[Change]:
    """Find the answer before the statement, where it is the first that the statement asks."""
    above = context.tree.parent[call]
    second = isinstance(above, cst.BooleanOperation) and above.right is call
    if second and isinstance(context.tree.parent[above], cst.Return):
        assert isinstance(above, cst.BooleanOperation)
        yield from _split(context, above, call)
        return
    place = above if second and isinstance(above, cst.BooleanOperation) else call
    statement = _first(context, place)
    if statement is None:
        return
    flag = context.fresh("found" if name == "any" else "passed")
    start = f"{flag} = {name == 'all'}\n"
    loop = _loop(items, name, f"{flag} = {name == 'any'}", "break")
    if isinstance(place, cst.BooleanOperation):
        if context.kinds(place.left) != BOOL:
            return
        joined = isinstance(place.operator, cst.Or)
        body = indent(loop if joined == (name == "any") else start + loop, "    ")
        condition = f"not {flag}" if joined else flag
        new = [line(f"{flag} = {clause(place.left)}"), line(f"if {condition}:\n{body}")]
    else:
        new = [line(start), line(loop)]
    yield Change(replace={place: cst.Name(flag)}, before={statement: new})


def _first(context: Context, node: cst.BaseExpression) -> Statement | None:
    """Return the statement if the expression is the first that it computes."""
    below: cst.CSTNode = node
    for up in context.tree.ancestors(node):
        if isinstance(up, cst.UnaryOperation):
            first = isinstance(up.operator, cst.Not)
        elif isinstance(up, cst.BooleanOperation):
            first = up.left is below
        elif isinstance(up, cst.IfExp):
            first = up.test is below
        elif isinstance(up, (cst.If, cst.Return, cst.Assign)):
            if isinstance(up, cst.If) and up.test is not below:
                return None
            line_: cst.CSTNode = up if isinstance(up, cst.If) else context.tree.parent[up]
            statement = context.tree.statement(up)
            alone = isinstance(up, cst.If) or sole(statement) is up
            return statement if line_ is statement and alone else None
        else:
            return None
        if not first:
            return None
        below = up
    return None


def _loop(items: cst.GeneratorExp, name: str, *ending: str) -> str:
    """Return the text of the loop, which ends where the answer is known."""
    heads: list[str] = []
    tests: list[str] = []
    part: cst.CompFor | None = items.for_in
    while part is not None:
        heads.append(f"for {code(part.target)} in {clause(part.iter)}:")
        tests = [conjunct(test.test) for test in part.ifs]
        if part.inner_for_in is not None and tests:
            heads.append(f"if {' and '.join(tests)}:")
        part = part.inner_for_in
    tests.append(conjunct(items.elt) if name == "any" else negated(items.elt))
    alone = items.elt if len(tests) == 1 else None
    simple = clause(alone) if alone is not None and name == "any" else " and ".join(tests)
    heads.append(f"if {simple}:")
    lines = [f"{'    ' * depth}{head}" for depth, head in enumerate(heads)]
    lines += [f"{'    ' * len(heads)}{step}" for step in ending]
    return "\n".join(lines) + "\n"


def _renamed(context: Context, items: cst.GeneratorExp) -> cst.GeneratorExp | None:
    """Return the generator with variables that can be the function's own."""
    names: dict[cst.CSTNode, str] = {}
    new: dict[Symbol, str] = {}
    used = [symbol.name for symbol in context.names.symbols]
    used += [*context.outer, *{name.value for name in context.names.globals}]
    for name in context.tree.find(items, cst.Name):
        symbol = context.names.of(name)
        if symbol is None or symbol.scope is not items:
            continue
        if symbol not in new:
            twice = used.count(symbol.name) > 1
            new[symbol] = context.fresh(symbol.name) if twice else symbol.name
        names[name] = new[symbol]
    parts: cst.CompFor | None = items.for_in
    while parts is not None:
        if not all(isinstance(name, cst.Name) for name in unpacked(parts.target)):
            return None
        parts = parts.inner_for_in
    found = items.visit(_Renamed(names))
    return found if isinstance(found, cst.GeneratorExp) else None


class _Renamed(cst.CSTTransformer):
    def __init__(self, names: dict[cst.CSTNode, str]) -> None:
        self.names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        name = self.names.get(original_node)
        return updated_node.with_changes(value=name) if name else updated_node

"""``return all(…)`` of a generator becomes a loop that returns, and so does ``any``.

An answer that is assigned, or asked by an ``if``, becomes a variable that a
loop sets. The loop runs the same tests in the same order, and stops at the
same one.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import sole
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
        negative = isinstance(above, cst.UnaryOperation) and isinstance(above.operator, cst.Not)
        if isinstance(above, cst.Return):
            yield from _returned(context, above, name, renamed)
        elif isinstance(above, cst.Assign):
            yield from _assigned(context, above, name, renamed)
        elif isinstance(context.tree.parent[above] if negative else above, cst.If):
            yield from _tested(context, call, name, renamed)


def _returned(
    context: Context, node: cst.Return, name: str, items: cst.GeneratorExp
) -> Iterator[Change]:
    statement = context.tree.statement(node)
    if sole(statement) is node:
        loop = line(_loop(items, name, f"return {name == 'any'}"))
        last = line(f"return {name == 'all'}")
        yield Change(replace={statement: merged(loop, [statement])}, after={statement: [last]})


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


def _tested(
    context: Context, call: cst.Call, name: str, items: cst.GeneratorExp
) -> Iterator[Change]:
    statement = context.tree.statement(call)
    if not isinstance(statement, cst.If) or not context.tree.inside(call, statement.test):
        return
    if items.for_in.inner_for_in is None:
        flag = context.fresh("found" if name == "any" else "passed")
        first = line(f"{flag} = {name == 'all'}")
        loop = line(_loop(items, name, f"{flag} = {name == 'any'}", "break"))
        yield Change(replace={call: cst.Name(flag)}, before={statement: [first, loop]})


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

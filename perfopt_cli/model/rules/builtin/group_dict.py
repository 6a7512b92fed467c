"""Grouping into a new dict of lists by hand becomes a defaultdict, turned back into a dict.

The key must provably be a hashable basic value that is safe to compute once
instead of twice.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import is_key
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, lines, method, sole
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import is_empty, mentions, start_of
from perfopt_cli.model.rules.patterns import reads
from perfopt_cli.model.rules.text import code, line, merged, operand

NAME = "group-dict"
SUMMARY = "grouping into a dict by hand becomes a defaultdict"
EXAMPLE = Example(
    before="""\
def f(words: list[str]) -> dict[int, list[str]]:
    groups = {}
    for word in words:
        if len(word) not in groups:
            groups[len(word)] = []
        groups[len(word)].append(word)
    return groups
""",
    call="(['x' * (i % 30) for i in range(3000)],)",
    safe=(
        "The key is int, bool, str, bytes or None, or a tuple of them, and can be computed "
        "once instead of several times; the dict is new, the loop does nothing else with it "
        "and is in no `try`. The result is a plain dict again."
    ),
    pays="Most keys come more than once.",
)
_MADE = {"[]": "list", "list()": "list", "set()": "set", "0": "int"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    made = context.imported("collections", "defaultdict")
    if made is None or not context.builtin("dict"):
        return
    for test in context.tree.owned(cst.If):
        if not isinstance(context.tree.parent[test], cst.IndentedBlock):
            continue
        symbol = _mapping(context, test)
        for loop in context.tree.loops(test) if symbol is not None else ():
            assert symbol is not None
            change = _change(context, symbol, test, loop, *made)
            if change is not None:
                yield change
                break


def _mapping(context: Context, test: cst.If) -> Symbol | None:
    """Return ``d`` if the statement is ``if k not in d: d[k] = []`` and the next uses ``d[k]``."""
    if not isinstance(test.test, cst.Comparison) or len(test.test.comparisons) != 1:
        return None
    key, container = test.test.left, test.test.comparisons[0].comparator
    symbol = context.names.of(container)
    if symbol is None or not is_key(context.kinds(key)) or not _first(context, test):
        return None
    if not (isinstance(key, cst.Name) or context.total(key)):
        return None
    names = {"d": symbol.name, "k": operand(key)}
    block, place = context.tree.siblings(test)
    after = block[place + 1] if place + 1 < len(block) else None
    used = _used(after)
    if used is None or code(used) != f"{symbol.name}[{code(key)}]":
        return None
    return (
        symbol if reads([test], [f"if k not in d: d[k] = {_first(context, test)}"], names) else None
    )


def _first(context: Context, test: cst.If) -> str:
    """Return what a new key gets, as the text of ``list()`` or the like."""
    body = lines(test.body)
    small = body[0] if len(body) == 1 else None
    text = code(small.value) if isinstance(small, cst.Assign) else ""
    maker = _MADE.get(text, "")
    return text if maker and context.builtin(maker) else ""


def _used(statement: Statement | None) -> cst.Subscript | None:
    """Return the ``d[k]`` of ``d[k].append(…)`` or ``d[k] += …``."""
    small = sole(statement)
    found: cst.BaseExpression | None = None
    if isinstance(small, cst.Expr):
        receiver, name, _ = method(small.value, "append", "add", "extend", "update")
        found = receiver if name else None
    elif isinstance(small, cst.AugAssign):
        found = small.target
    return found if isinstance(found, cst.Subscript) and index_of(found) is not None else None


def _change(
    context: Context,
    symbol: Symbol,
    test: cst.If,
    loop: cst.CSTNode,
    maker: str,
    imports: tuple[str, ...],
) -> Change | None:
    if not isinstance(loop, (cst.For, cst.While)) or loop.orelse or context.tree.guarded(loop):
        return None
    if not isinstance(context.tree.parent[loop], cst.IndentedBlock) or context.tree.suspends(loop):
        return None
    start = start_of(context, symbol, loop)
    if start is None or not is_empty(context, start.value, "dict"):
        return None
    block, place = context.tree.siblings(test)
    used = _used(block[place + 1])
    # The test reads the dict, the new key sets it, and the next line uses it.
    if used is None or mentions(context, symbol, loop) != 3:
        return None
    name = context.fresh(f"{symbol.name}_default", "grouped")
    first = line(f"{name} = {maker}({_MADE[_first(context, test)]})")
    following = block[place + 1]
    kept = merged(following, [test])
    small = sole(following)
    assert small is not None
    new = small.with_deep_changes(used, value=cst.Name(name))
    assert isinstance(kept, cst.SimpleStatementLine)
    return Change(
        replace={
            start.statement: merged(first, [start.statement]),
            following: kept.with_changes(body=[new]),
        },
        after={loop: [line(f"{start.head} = dict({name})")]},
        remove=(test,),
        imports=imports,
    )

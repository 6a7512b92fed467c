"""A list used as a queue, by ``pop(0)`` or ``insert(0, …)``, becomes a deque.

All its uses must be a queue's. ``pop(0)`` must come first under a ``while``
or ``if`` that tests the queue: the error of an empty one has another text.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement, method, plain
from perfopt_cli.model.rules.analysis.uses import Use
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import clause, code, parse, same

NAME = "queue-deque"
SUMMARY = "a list used as a queue becomes a deque"
EXAMPLE = Example(
    before="""\
def f(edges: dict[int, list[int]], start: int) -> int:
    queue = [start]
    steps = 0
    while queue:
        node = queue.pop(0)
        steps += 1
        for other in edges[node]:
            queue.append(other)
    return steps
""",
    call="({i: [j for j in (2 * i, 2 * i + 1) if j < 40000] for i in range(1, 40000)}, 1)",
    safe=(
        "The list is the function's own, all its uses are a queue's, and `pop(0)` is the "
        "first to take from it under a test that it is not empty."
    ),
    pays="The queue grows long: taking the first item of a list moves all the others.",
)
_KEPT = {"append", "extend", "clear", "popleft"}
_TAKING = {"pop", "clear"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such list."""
    deque = context.imported("collections", "deque")
    if deque is None:
        return
    for symbol in context.names.symbols:
        kind = context.kinds.known[symbol]
        if kind.name == "list" and context.flow.private(symbol) and len(symbol.bindings) == 1:
            change = _change(context, symbol, *deque)
            if change is not None:
                yield change


def _change(
    context: Context, symbol: Symbol, deque: str, imports: tuple[str, ...]
) -> Change | None:
    binding = symbol.bindings[0]
    if not isinstance(binding.node, (cst.Assign, cst.AnnAssign)) or binding.value is None:
        return None
    replace: dict[cst.CSTNode, cst.CSTNode] = {}
    slow = False
    for load, use in context.flow.uses(symbol):
        if use is Use.TEST or (use is Use.READ and _is_length(context, load)):
            continue
        call = context.tree.parent[context.tree.parent[load]]
        receiver, name, args = method(call)
        if use is not Use.METHOD or receiver is not load or not plain(args):
            return None
        if name in _KEPT:
            continue
        if name not in ("pop", "insert") or not isinstance(call, cst.Call):
            return None
        first = code(args[0].value) if args else ""
        if name == "pop" and (first not in ("", "0") or not _never_empty(context, symbol, call)):
            return None
        if name == "insert" and (first != "0" or len(args) != 2):
            return None
        if first == "0":
            slow = slow or bool(context.tree.loops(call))
            text = "popleft()" if name == "pop" else f"appendleft({clause(args[1].value)})"
            replace[call] = parse(f"{symbol.name}.{text}")
    if not slow:
        return None
    empty = isinstance(binding.value, cst.List) and not binding.value.elements
    made = parse(f"{deque}()" if empty else f"{deque}({clause(binding.value)})")
    replace[binding.node] = cst.Assign([cst.AssignTarget(cst.Name(symbol.name))], made)
    return Change(replace=replace, imports=imports)


def _is_length(context: Context, load: cst.Name) -> bool:
    call = context.tree.parent[context.tree.parent[load]]
    return isinstance(call, cst.Call) and context.kinds.origin(call.func) == "len"


def _never_empty(context: Context, symbol: Symbol, call: cst.Call) -> bool:
    """Tell whether the call is the first under a test of the queue to take from it."""
    statement = context.tree.statement(call)
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    block, place = context.tree.siblings(statement)
    holder = context.tree.parent[context.tree.parent[statement]]
    tests = (
        isinstance(holder, (cst.While, cst.If)) and holder.body is context.tree.parent[statement]
    )
    if not tests or not isinstance(holder, (cst.While, cst.If)):
        return False
    if not _tests(context, symbol, holder.test):
        return False
    taken = [other for earlier in block[:place] for other in _takes(context, symbol, earlier)]
    return not taken and _takes(context, symbol, statement) == [call]


def _tests(context: Context, symbol: Symbol, test: cst.BaseExpression) -> bool:
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
        return any(_tests(context, symbol, part) for part in (test.left, test.right))
    shown = [parse(symbol.name), parse(f"len({symbol.name})"), parse(f"len({symbol.name}) > 0")]
    return any(same(test, form) for form in shown)


def _takes(context: Context, symbol: Symbol, region: Statement) -> list[cst.Call]:
    return [
        call
        for call in context.tree.find(region, cst.Call)
        if method(call)[1] in _TAKING and context.names.of(method(call)[0]) is symbol
    ]

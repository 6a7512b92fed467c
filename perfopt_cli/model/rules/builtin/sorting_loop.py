"""A bubble sort or an insertion sort of ints or texts, written out, becomes ``xs.sort()``.

Both leave equal items in their order, as ``sort`` does. The whole list must
be sorted, in loops that do nothing else, and nobody may look in between.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from itertools import product

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_ordered
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Statement
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import mentions
from perfopt_cli.model.rules.text import code, line, merged

NAME = "sorting-loop"
SUMMARY = "a sort that is written out becomes sort()"
EXAMPLE = Example(
    before="""def f(xs: list[int]) -> list[int]:
    xs = xs[:]
    n = len(xs)
    for i in range(n):
        for j in range(n - i - 1):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
    return xs
""",
    call="([i * 37 % 101 for i in range(100)],)",
    safe="The items are ints or texts, and the loops only sort.",
    pays="Sorting takes time that grows little faster than the list, not with its square.",
)
_SWAPS = ("A[J], A[J + 1] = A[J + 1], A[J]", "T = A[J]; A[J] = A[J + 1]; A[J + 1] = T")
_ROUNDS = ("range(N)", "range(0, N)", "range(N - 1)", "range(0, N - 1)")
_PLACES = ("N - 1", "N - I - 1", "N - 1 - I")
_PAIRS = {"": ("A[J] > A[J + 1]", "A[J + 1] < A[J]"), "reverse=True": ("A[J] < A[J + 1]",)}
_PAIRS["reverse=True"] += ("A[J + 1] > A[J]",)
_SHIFTS = {"": ("A[J] > T", "T < A[J]"), "reverse=True": ("A[J] < T", "T > A[J]")}


@cache
def _forms() -> dict[str, str]:
    """Return the arguments of ``sort`` for every way to write a sort."""
    found: dict[str, str] = {}
    for order, tests in _PAIRS.items():
        for test, rounds, end, zero, swap in product(tests, _ROUNDS, _PLACES, ("", "0, "), _SWAPS):
            inner = f"for J in range({zero}{end}):\n  if {test}:\n   {swap}"
            texts = [f"for I in {rounds}:\n {inner}"]
            for last in ("not F", "F == False"):
                flag = f"for I in {rounds}:\n F = False\n {inner}; F = True\n if {last}:\n  break"
                texts.append(flag)
            found.update((_shape(text), order) for text in texts)
    for order, tests in _SHIFTS.items():
        for test, low in product(tests, ("J >= 0", "0 <= J", "J > -1")):
            shift = f"while {low} and {test}:\n  A[J + 1] = A[J]\n  J -= 1"
            text = f"for I in range(1, N):\n T = A[I]\n J = I - 1\n {shift}\n A[J + 1] = T"
            found[_shape(text)] = order
    return found


def _shape(text: str) -> str:
    """Return the form of a loop: its names are numbered by where they come up first."""
    tree = ast.parse(text)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in ("range", "len"):
            node.id = names.setdefault(node.id, f"name{len(names)}")
    return ast.dump(tree)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    if not context.builtin("len"):
        return
    for loop in context.tree.owned(cst.For):
        subscripts = context.tree.find(loop.body, cst.Subscript)
        symbol = context.names.of(subscripts[0].value) if subscripts else None
        statement = context.tree.parent[loop]
        if symbol is None or not isinstance(statement, cst.IndentedBlock):
            continue
        kind = context.kinds.known[symbol]
        if kind.name != "list" or not is_ordered(kind.item) or kind.item.name == "float":
            continue
        order = _order(context, symbol, loop)
        if order is not None and _is_alone(context, symbol, loop):
            new = line(f"{symbol.name}.sort({order})")
            yield Change(replace={loop: merged(new, [loop])})


def _order(context: Context, symbol: Symbol, loop: cst.For) -> str | None:
    """Return the arguments of ``sort`` if the loop sorts the list, all of it."""
    text = code(loop).strip()
    length = f"len({symbol.name})"
    sizes = {name.value for name in context.tree.find(loop, cst.Name)}
    if context.kinds.origin(loop.iter.func if isinstance(loop.iter, cst.Call) else loop) != "range":
        return None
    size = next((name for name in sorted(sizes) if _measures(context, name, symbol, loop)), "")
    if length in text:
        size = size or context.fresh("size")
        text = text.replace(length, size)
    return _forms().get(_shape(text)) if size else None


def _measures(context: Context, name: str, symbol: Symbol, loop: Statement) -> bool:
    """Tell whether the variable holds the list's length."""
    size = context.names.local(name)
    if size is None or size.captured or len(size.bindings) != 1:
        return False
    binding = size.bindings[0]
    measured = binding.form == "assign" and not binding.path and binding.value is not None
    if not measured or binding.value is None or code(binding.value) != f"len({symbol.name})":
        return False
    block, place = context.tree.siblings(loop)
    start = context.tree.statement(binding.node)
    if start not in block[:place] or symbol.captured or symbol.outer:
        return False
    # Nothing between may change how many items there are.
    between = block[block.index(start) + 1 : place]
    return not any(mentions(context, symbol, other) for other in between)


def _is_alone(context: Context, symbol: Symbol, loop: cst.For) -> bool:
    """Tell whether what the loop leaves in its other variables is never read."""
    if symbol.captured or symbol.outer:
        return False
    for other in context.names.symbols:
        inside = mentions(context, other, loop)
        bound = any(context.tree.inside(b.name, loop) for b in other.bindings)
        if inside and bound and not context.flow.confined(other, loop):
            return False
    return True

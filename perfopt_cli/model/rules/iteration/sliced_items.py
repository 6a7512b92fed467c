"""``for j in range(a, b)`` that reads ``xs[j]`` or ``xs[j - 1]`` goes over slices of the list.

The range must be proved to lie within the list, which stays as it is in the
loop. A loop that may end early is left alone: the slice might cost more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS, DEFERRED
from perfopt_cli.model.rules.analysis.uses import is_target
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.iteration.bounds import Bounds, Form
from perfopt_cli.model.rules.iteration.direct_iteration import is_fixed
from perfopt_cli.model.rules.iteration.objects import is_kept, steady
from perfopt_cli.model.rules.iteration.places import hint
from perfopt_cli.model.rules.text import code, operand, parse

NAME = "sliced-items"
SUMMARY = "a loop over a part of a list's places goes over that part of the items"
EXAMPLE = Example(
    before="""def f(xs: list[int], k: int) -> int:
    n = len(xs)
    found = 0
    for i in range(n):
        x = xs[i]
        for j in range(i + 1, n):
            if x + xs[j] == k:
                found += 1
    return found
""",
    call="([n * 37 % 101 for n in range(300)], 100)",
    safe="The places are proved to be in the list, and nothing in the loop changes it.",
    pays="In inner loops over the rest of a list, and where neighbours are compared.",
)
_STREAMS = 3


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a list: what ``name[counter + offset]`` reads in the loop."""

    items: cst.BaseExpression
    offset: int
    nodes: list[cst.Subscript]
    begin: str
    end: str

    @property
    def text(self) -> str:
        """The slice, or the list itself where it is all of it."""
        whole = not self.begin and not self.end
        return code(self.items) if whole else f"{code(self.items)}[{self.begin}:{self.end}]"


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    for loop in context.tree.owned(cst.For):
        symbol = context.names.of(loop.target)
        if symbol is None or loop.asynchronous or not is_fixed(context, symbol, loop):
            continue
        if not isinstance(loop.iter, cst.Call) or len(loop.iter.args) > 2:
            continue
        if _ends_early(loop) or _has_loops(context, loop):
            continue
        ends = Bounds(context).ends(loop.iter, loop)
        parts = _parts(context, symbol, loop, ends) if ends is not None else []
        if parts:
            yield from _changed(context, symbol, loop, parts)


def _ends_early(loop: cst.For) -> bool:
    found: list[cst.CSTNode] = [loop.body]
    while found:
        node = found.pop()
        if isinstance(node, (cst.Return, cst.Raise, cst.Break, cst.Yield, cst.Await)):
            return True
        if not isinstance(node, DEFERRED):
            found += node.children
    return False


def _has_loops(context: Context, loop: cst.For) -> bool:
    """Tell whether reading an item is little beside the loops inside."""
    loops = (cst.For, cst.While, *COMPREHENSIONS)
    return any(isinstance(node, loops) for node in context.tree.walk(loop.body))


def _parts(context: Context, symbol: Symbol, loop: cst.For, ends: tuple[Form, Form]) -> list[_Part]:
    """Return the parts of lists that the loop reads, by list and offset."""
    found: dict[tuple[str, int], _Part | None] = {}
    for node in context.tree.find(loop.body, cst.Subscript):
        offset = _offset(context, symbol, index_of(node))
        usable = isinstance(node.value, cst.Name) and context.tree.own(node)
        if offset is None or not usable or is_target(context.tree, node):
            continue
        key = (code(node.value), offset)
        if key not in found:
            found[key] = _part(context, node.value, offset, loop, ends)
        part = found[key]
        if part is not None:
            part.nodes.append(node)
    return [part for part in found.values() if part is not None]


def _offset(context: Context, symbol: Symbol, key: cst.BaseExpression | None) -> int | None:
    """Return c for an index ``counter + c``."""
    if context.names.of(key) is symbol:
        return 0
    if not isinstance(key, cst.BinaryOperation) or context.names.of(key.left) is not symbol:
        return None
    if not isinstance(key.right, cst.Integer):
        return None
    number = key.right.evaluated_value
    if isinstance(key.operator, cst.Add):
        return number
    return -number if isinstance(key.operator, cst.Subtract) else None


def _part(
    context: Context,
    items: cst.BaseExpression,
    offset: int,
    loop: cst.For,
    ends: tuple[Form, Form],
) -> _Part | None:
    bounds = Bounds(context)
    assert isinstance(loop.iter, cst.Call)
    begin, end = ends[0].shifted(offset), ends[1].shifted(1 + offset)
    kept = is_kept(context.names.of(items), context, [loop]) and steady(context, items, [loop])
    if not kept or not bounds.sure(begin):
        return None
    args = [arg.value for arg in loop.iter.args]
    first = _shifted(args[0], offset) if len(args) == 2 else str(offset)
    for length in bounds.lengths(items, loop):
        left = length.plus(end, -1)
        exact = not left.terms and left.constant >= 0
        if exact or (bounds.sure(left) and bounds.sure(end)):
            last = _shifted(args[-1], offset)
            if exact:
                last = f"-{left.constant}" if left.constant else ""
            return _Part(items, offset, [], "" if first == "0" else first, last)
    return None


def _shifted(node: cst.BaseExpression, by: int) -> str:
    """Return the text of the expression with a number added."""
    if isinstance(node, cst.Integer):
        return str(node.evaluated_value + by)
    summed = isinstance(node, cst.BinaryOperation) and isinstance(
        node.operator, (cst.Add, cst.Subtract)
    )
    if isinstance(node, cst.BinaryOperation) and summed and isinstance(node.right, cst.Integer):
        sign = 1 if isinstance(node.operator, cst.Add) else -1
        return _sum(code(node.left), sign * node.right.evaluated_value + by)
    return _sum(operand(node), by) if by else code(node)


def _sum(text: str, number: int) -> str:
    return f"{text} {'+' if number > 0 else '-'} {abs(number)}" if number else text


def _changed(
    context: Context, symbol: Symbol, loop: cst.For, parts: list[_Part]
) -> Iterator[Change]:
    reads = [load for load in symbol.loads if context.tree.inside(load, loop.body)]
    if len(reads) > sum(len(part.nodes) for part in parts) or len(parts) > _STREAMS:
        return  # with the counter beside the items nothing is gained
    if len(parts) > 1 and not context.builtin("zip"):
        return
    replace: dict[cst.CSTNode, cst.CSTNode] = {}
    names: list[str] = []
    for part in parts:
        named = hint(part.nodes[0])
        names.append(context.fresh(*(h for h in (named, f"{named}_item") if h not in names)))
        replace.update({node: cst.Name(names[-1]) for node in part.nodes})
    texts = [part.text for part in parts]
    over = texts[0] if len(parts) == 1 else f"zip({', '.join(texts)})"
    target = ", ".join(names)
    pair = parse(f"({target})") if "," in target else cst.Name(target)
    replace[loop.target] = pair.with_changes(lpar=[], rpar=[])
    replace[loop.iter] = parse(over)
    yield Change(replace=replace)

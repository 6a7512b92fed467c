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
from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS, DEFERRED, Statement
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
    found = 0
    for i in range(1, len(xs)):
        if xs[i] - xs[i - 1] > k:
            found += 1
    return found
""",
    call="([n * 37 % 101 for n in range(2000)], 30)",
    safe="The places are proved to be in the list, and nothing in the loop changes it.",
    pays="In inner loops over the rest of a list, and where neighbours are compared.",
)
_STREAMS = 3


@dataclass(frozen=True, slots=True)
class _Loop:
    """A loop over a range: its counter, the code that runs in a round, and where it starts."""

    head: cst.For | cst.CompFor
    counter: Symbol
    rounds: cst.CSTNode
    whole: cst.CSTNode
    at: Statement
    first: cst.BaseExpression | None
    last: cst.BaseExpression
    down: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a list: what ``name[counter + offset]`` reads in the loop."""

    items: cst.BaseExpression
    nodes: list[cst.Subscript]
    begin: str
    end: str
    down: bool

    @property
    def text(self) -> str:
        """The slice, or the list itself where it is all of it."""
        whole = not self.begin and not self.end
        text = code(self.items) if whole else f"{code(self.items)}[{self.begin}:{self.end}]"
        return f"reversed({text})" if self.down else text


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop or comprehension."""
    heads: list[cst.For | cst.CompFor] = [*context.tree.owned(cst.For)]
    for head in [*heads, *context.tree.owned(cst.CompFor)]:
        loop = _loop(context, head)
        if loop is None or _ends_early(context, loop) or _has_loops(context, loop):
            continue
        ends = Bounds(context).ends(head.iter, loop.at)
        parts = _parts(context, loop, ends) if ends is not None else []
        if parts:
            yield from _changed(context, loop, parts)


def _loop(context: Context, head: cst.For | cst.CompFor) -> _Loop | None:
    counter = context.names.of(head.target)
    if counter is None or head.asynchronous or not is_fixed(context, counter, head):
        return None
    if not isinstance(head.iter, cst.Call):
        return None
    args = [arg.value for arg in head.iter.args]
    down = len(args) == 3 and code(args[2]) == "-1"
    if not 1 <= len(args) <= 2 and not down:
        return None
    first, last = (None, args[0]) if len(args) == 1 else (args[0], args[1])
    if isinstance(head, cst.For):
        return _Loop(head, counter, head.body, head, head, first, last, down)
    made = counter.scope
    if not isinstance(made, COMPREHENSIONS) or made.for_in is not head or head.inner_for_in:
        return None
    at = context.tree.statement(made)
    return _Loop(head, counter, made, made, at, first, last, down)


def _ends_early(context: Context, loop: _Loop) -> bool:
    if isinstance(loop.whole, cst.GeneratorExp):
        call = context.tree.parent[context.tree.parent[loop.whole]]
        return not isinstance(call, cst.Call) or code(call.func) in ("any", "all", "next")
    found: list[cst.CSTNode] = [loop.rounds]
    while found:
        node = found.pop()
        if isinstance(node, (cst.Return, cst.Raise, cst.Break, cst.Yield, cst.Await)):
            return True
        if not isinstance(node, DEFERRED):
            found += node.children
    return False


def _has_loops(context: Context, loop: _Loop) -> bool:
    """Tell whether reading an item is little beside the loops inside."""
    loops = (cst.For, cst.While, *COMPREHENSIONS)
    inside = [node for node in context.tree.walk(loop.rounds) if node is not loop.whole]
    return any(isinstance(node, loops) for node in inside)


def _parts(context: Context, loop: _Loop, ends: tuple[Form, Form]) -> list[_Part]:
    """Return the parts of lists that the loop reads, by list and offset."""
    found: dict[tuple[str, int], _Part | None] = {}
    for node in context.tree.find(loop.rounds, cst.Subscript):
        offset = _offset(context, loop.counter, index_of(node))
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
    loop: _Loop,
    ends: tuple[Form, Form],
) -> _Part | None:
    bounds = Bounds(context)
    begin, end = ends[0].shifted(offset), ends[1].shifted(1 + offset)
    kept = is_kept(context.names.of(items), context, [loop.whole])
    if not kept or not steady(context, items, [loop.whole]) or not bounds.sure(begin):
        return None
    more = offset + 1 if loop.down else offset
    low, high = (loop.last, loop.first) if loop.down else (loop.first, loop.last)
    start = str(more) if low is None else _shifted(low, more)
    for length in bounds.lengths(items, loop.at):
        left = length.plus(end, -1)
        exact = not left.terms and left.constant >= 0
        if exact or (bounds.sure(left) and bounds.sure(end)):
            stop = f"-{left.constant}" if exact else _shifted(high or loop.last, more)
            stop = "" if stop == "-0" else stop
            return _Part(items, [], "" if start == "0" else start, stop, loop.down)
    return None


def _shifted(node: cst.BaseExpression, by: int) -> str:
    """Return the text of the expression with a number added."""
    if isinstance(node, cst.Integer):
        return str(node.evaluated_value + by)
    if isinstance(node, cst.UnaryOperation) and isinstance(node.expression, cst.Integer):
        return str(by - node.expression.evaluated_value)  # of a bound, which has a minus only
    summed = isinstance(node, cst.BinaryOperation) and isinstance(
        node.operator, (cst.Add, cst.Subtract)
    )
    if isinstance(node, cst.BinaryOperation) and summed and isinstance(node.right, cst.Integer):
        sign = 1 if isinstance(node.operator, cst.Add) else -1
        return _sum(code(node.left), sign * node.right.evaluated_value + by)
    return _sum(operand(node), by) if by else code(node)


def _sum(text: str, number: int) -> str:
    return f"{text} {'+' if number > 0 else '-'} {abs(number)}" if number else text


def _changed(context: Context, loop: _Loop, parts: list[_Part]) -> Iterator[Change]:
    reads = [load for load in loop.counter.loads if context.tree.inside(load, loop.rounds)]
    if len(reads) > sum(len(part.nodes) for part in parts) or len(parts) > _STREAMS:
        return  # with the counter beside the items nothing is gained
    needed = ["zip"] * (len(parts) > 1) + ["reversed"] * loop.down
    if not all(context.builtin(name) for name in needed):
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
    replace[loop.head.target] = pair.with_changes(lpar=[], rpar=[])
    replace[loop.head.iter] = parse(over)
    yield Change(replace=replace)

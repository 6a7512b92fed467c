"""Setting every k-th item of a list in a loop becomes one assignment to a slice.

The list must be as long as the range's end, and never change its length, so
that the loop would not have failed and both have the same number of items.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import INT
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import lines, plain
from perfopt_cli.model.rules.analysis.uses import Use
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.extremes import own_variable
from perfopt_cli.model.rules.numbers.parts import is_positive, literal, range_args
from perfopt_cli.model.rules.text import code, line, merged, same

NAME = "sieve-slice"
SUMMARY = "setting every k-th item of a list in a loop becomes one assignment to a slice"
EXAMPLE = Example(
    before="""\
def f(n: int):
    prime = [True] * (n + 1)
    for i in range(2, n + 1):
        if prime[i]:
            for j in range(i * i, n + 1, i):
                prime[j] = False
    return prime
""",
    call="(20000,)",
    safe="The list is made with as many items as the range ends at, and keeps its length.",
    pays="One assignment of a slice copies references where the loop runs bytecode for each.",
)
_CONSTANT = (cst.Integer, cst.Float, cst.SimpleString)
_KEEPING = (Use.ITEM, Use.ITERATE, Use.READ, Use.RETURN, Use.TEST, Use.COMPARE, Use.MEMBER)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    for loop in context.tree.owned(cst.For):
        body = lines(loop.body)
        args = range_args(context, loop.iter)
        if loop.orelse or loop.asynchronous or len(args) != 3 or len(body) != 1:
            continue
        item = context.names.of(loop.target)
        stored = _stored(context, body[0], item)
        if item is None or stored is None or not context.flow.confined(item, loop):
            continue
        target, value = stored
        sieve = context.names.of(target.value)
        if sieve is None or not _fits(context, sieve, args):
            continue
        spans = ":".join(code(arg) for arg in args)
        count = f"len({code(loop.iter)})"
        text = f"{sieve.name}[{spans}] = [{code(value)}] * {count}"
        if literal(args[0]) is None and context.tree.loops(loop):
            # Most loops of a sieve have no rounds, which must stay cheap.
            text = f"if {code(args[0])} < {code(args[1])}:\n    {text}\n"
        if context.builtin("len"):
            yield Change(replace={loop: merged(line(text), [loop])})


def _stored(
    context: Context, node: cst.CSTNode, item: Symbol | None
) -> tuple[cst.Subscript, cst.BaseExpression] | None:
    """Split ``xs[item] = constant``."""
    if not isinstance(node, cst.Assign) or len(node.targets) != 1:
        return None
    target, value = node.targets[0].target, node.value
    if not isinstance(target, cst.Subscript) or item is None:
        return None
    named = isinstance(value, cst.Name) and value.value in ("True", "False", "None")
    key = index_of(target)
    fits = context.names.of(key) is item and (named or isinstance(value, _CONSTANT))
    return (target, value) if fits else None


def _fits(context: Context, sieve: Symbol, args: list[cst.BaseExpression]) -> bool:
    """Tell whether the range stays within the list and goes upwards."""
    start, end, step = args
    stride = own_variable(context, step)
    up = (literal(step) or 0) > 0 or (stride is not None and is_positive(stride))
    if not up or not _is_natural(context, start) or not context.total(start):
        return False
    return context.total(end) and context.kinds(end) == INT and _is_as_long(context, sieve, end)


def _is_natural(context: Context, node: cst.BaseExpression) -> bool:
    """Tell whether the expression adds and multiplies numbers that are never below 0."""
    if isinstance(node, cst.BinaryOperation):
        grows = isinstance(node.operator, (cst.Add, cst.Multiply))
        return grows and _is_natural(context, node.left) and _is_natural(context, node.right)
    symbol = own_variable(context, node)
    return literal(node) is not None or (symbol is not None and is_positive(symbol))


def _is_as_long(context: Context, sieve: Symbol, end: cst.BaseExpression) -> bool:
    """Tell whether the list was made with that many items and always has as many."""
    if sieve.captured or sieve.outer or len(sieve.bindings) != 1:
        return False
    value = sieve.bindings[0].value
    if sieve.bindings[0].form != "assign" or sieve.bindings[0].path or value is None:
        return False
    size = _size(context, value)
    if size is None or not same(_bare(size), _bare(end)) or not context.flow.private(sieve):
        return False
    used = [context.names.of(name) for name in context.tree.find(end, cst.Name)]
    if not all(_is_set_once(context, symbol) for symbol in used):
        return False
    return all(_keeps(context, load, use) for load, use in context.flow.uses(sieve))


def _is_set_once(context: Context, symbol: Symbol | None) -> bool:
    if symbol is None or symbol.captured or symbol.outer or len(symbol.bindings) != 1:
        return False
    binding = symbol.bindings[0]
    return binding.form == "param" or not context.tree.loops(binding.node)


def _size(context: Context, value: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return the ``n`` of ``[x] * n`` and of ``[x for _ in range(n)]``."""
    if isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Multiply):
        one = isinstance(value.left, cst.List) and len(value.left.elements) == 1
        whole = one and isinstance(value.left.elements[0], cst.Element)  # type: ignore[attr-defined]
        return value.right if whole else None
    if isinstance(value, cst.ListComp) and not value.for_in.ifs and not value.for_in.inner_for_in:
        args = range_args(context, value.for_in.iter)
        return args[0] if len(args) == 1 and not value.for_in.asynchronous else None
    return None


def _bare(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.with_changes(lpar=[], rpar=[])


def _keeps(context: Context, load: cst.Name, use: Use) -> bool:
    """Tell whether the use leaves the list's length alone."""
    parent = context.tree.parent[load]
    if use is Use.STORE:
        assert isinstance(parent, cst.Subscript)
        above = context.tree.parent[parent]
        return index_of(parent) is not None and not isinstance(above, cst.Del)
    if isinstance(parent, cst.AugAssign):
        return False
    if isinstance(parent, cst.Arg):
        call = context.tree.parent[parent]
        return use in _KEEPING and isinstance(call, cst.Call) and plain(call.args)
    return use in _KEEPING

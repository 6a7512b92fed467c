"""Euclid's algorithm, written as a loop or a recursion, asks math.gcd() first.

``a % b`` has the sign of ``b``, so of negative numbers the algorithm gives
something else than math.gcd(), and of bools it may give a bool: both numbers
must be above 1, which is tested where it runs.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Line, Statement, lines, plain, sole
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.extremes import led
from perfopt_cli.model.rules.numbers.parts import int_variable, literal
from perfopt_cli.model.rules.text import code, line, parse, same

NAME = "euclid"
SUMMARY = "Euclid's algorithm takes the greatest common divisor from math.gcd()"
EXAMPLE = Example(
    before="""\
def f(a: int, b: int):
    while b:
        a, b = b, a % b
    return a
""",
    call="(832040, 514229)",
    safe="Both numbers are ints, and the old code still runs where one of them is below 2.",
    pays="math.gcd() runs the same steps within the interpreter.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop, and for a function that is such a recursion."""
    if any(context.kinds.origin(call.func) == "math.gcd" for call in context.tree.owned(cst.Call)):
        return
    gcd = context.imported("math", "gcd")
    if gcd is None:
        return
    for loop in context.tree.owned(cst.While):
        pair = _stepped(context, loop)
        if pair is not None:
            a, b = (symbol.name for symbol in pair)
            text = f"if {a} > 1 and {b} > 1:\n    {a}, {b} = {gcd[0]}({a}, {b}), 0\n"
            yield _with_import(led(loop, [line(text)], {}), gcd[1])
    pair = _recursive(context)
    first = _first_line(context)
    if pair is not None and first is not None:
        a, b = (symbol.name for symbol in pair)
        text = f"if {a} > 1 and {b} > 1:\n    return {gcd[0]}({a}, {b})\n"
        yield _with_import(led(first, [line(text)], {}), gcd[1])


def _with_import(change: Change, imports: tuple[str, ...]) -> Change:
    return Change(change.replace, change.before, change.after, change.remove, imports)


def _stepped(context: Context, loop: cst.While) -> tuple[Symbol, Symbol] | None:
    """Return the variables of ``while b: a, b = b, a % b``."""
    body = lines(loop.body)
    tested = _nonzero(loop.test)
    b = int_variable(context, tested) if tested is not None else None
    if b is None or loop.orelse or len(body) != 1 or not isinstance(body[0], cst.Assign):
        return None
    target = body[0].targets[0].target
    if len(body[0].targets) != 1 or not isinstance(target, cst.Tuple) or len(target.elements) != 2:
        return None
    a = int_variable(context, target.elements[0].value)
    if a is None or a is b:
        return None
    fits = same(_bare(body[0]), _assignment(f"{a.name}, {b.name} = {b.name}, {a.name} % {b.name}"))
    return (a, b) if fits else None


def _bare(assign: cst.Assign) -> cst.Assign:
    """Return the assignment without parentheses around its sides."""
    target = assign.targets[0].target.with_changes(lpar=[], rpar=[])
    value = assign.value.with_changes(lpar=[], rpar=[])
    return cst.Assign([cst.AssignTarget(target)], value)


def _assignment(text: str) -> cst.Assign:
    small = sole(line(text))
    assert isinstance(small, cst.Assign)
    return _bare(small)


def _nonzero(test: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return the ``b`` of ``b``, ``b != 0`` and ``b > 0``."""
    if not isinstance(test, cst.Comparison):
        return test
    part = test.comparisons[0]
    zero = len(test.comparisons) == 1 and literal(part.comparator) == 0
    fits = isinstance(part.operator, (cst.NotEqual, cst.GreaterThan))
    return test.left if zero and fits else None


def _first_line(context: Context) -> Statement | None:
    body = context.root.body.body[0]
    simple = isinstance(body, (cst.SimpleStatementLine, cst.BaseCompoundStatement))
    return body if simple else None  # type: ignore[return-value]


def _recursive(context: Context) -> tuple[Symbol, Symbol] | None:
    """Return the parameters of a function that returns a, or itself of b and a % b."""
    params = context.root.params
    name = context.qualname
    if len(params.params) != 2 or not context.module.fixed(name) or context.root.decorators:
        return None
    a, b = (int_variable(context, param.name) for param in params.params)
    if a is None or b is None or len(a.bindings) != 1 or len(b.bindings) != 1:
        return None
    found = _branches(lines(context.root.body))
    if found is None:
        return None
    test, end, step = found
    zero = [f"{b.name} == 0", f"not {b.name}"]
    ends = any(same(test, parse(text)) for text in zero) and context.names.of(end) is a
    call = isinstance(step, cst.Call) and plain(step.args) and len(step.args) == 2
    if not ends or not call or not isinstance(step, cst.Call) or code(step.func) != name:
        return None
    one, two = (arg.value for arg in step.args)
    again = context.names.of(one) is b and same(two, parse(f"{a.name} % {b.name}"))
    return (a, b) if again else None


def _branches(
    body: list[Line],
) -> tuple[cst.BaseExpression, cst.BaseExpression | None, cst.BaseExpression | None] | None:
    """Split ``return end if test else step``, or the same as a statement."""
    if len(body) == 1 and isinstance(body[0], cst.Return):
        value = body[0].value
        return (value.test, value.body, value.orelse) if isinstance(value, cst.IfExp) else None
    if not body or not isinstance(body[0], cst.If):
        return None
    end, rest = lines(body[0].body), body[1:]
    if isinstance(body[0].orelse, cst.Else) and not rest:
        rest = lines(body[0].orelse.body)
    returns = [end[0], rest[0]] if len(end) == 1 and len(rest) == 1 else []
    values = [part.value for part in returns if isinstance(part, cst.Return)]
    return (body[0].test, values[0], values[1]) if len(values) == 2 else None

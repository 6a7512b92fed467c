"""``map(lambda x, y: x + y, xs, ys)`` becomes ``map(operator.add, xs, ys)``.

The functions of ``operator`` are the operators, for values of every type.
Only functions that are called with as many arguments as they take are changed,
since the message of the error that others raise tells the function's name.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import named, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import parse

NAME = "operator-function"
SUMMARY = "a lambda that is one operator becomes the function of that operator"
EXAMPLE = Example(
    before="""\
def f(xs, ys):
    return list(map(lambda x, y: x * y, xs, ys))
""",
    call="(list(range(2000)), list(range(2000)))",
    safe="The function is called with two arguments only, which it treats as the operator does.",
    pays="No bytecode runs for an item.",
)
_BINARY: dict[type[cst.CSTNode], str] = {
    cst.Add: "add",
    cst.Subtract: "sub",
    cst.Multiply: "mul",
    cst.Divide: "truediv",
    cst.FloorDivide: "floordiv",
    cst.Modulo: "mod",
    cst.BitAnd: "and_",
    cst.BitOr: "or_",
    cst.BitXor: "xor",
    cst.Equal: "eq",
    cst.NotEqual: "ne",
    cst.LessThan: "lt",
    cst.LessThanEqual: "le",
    cst.GreaterThan: "gt",
    cst.GreaterThanEqual: "ge",
}


# Where the function stands among the arguments, and how many there may be.
_TAKERS = {
    "map": (0, {3}),
    "functools.reduce": (0, {2, 3}),
    "itertools.accumulate": (1, {2}),
    "functools.cmp_to_key": (0, {1}),
}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such function."""
    for call in context.tree.owned(cst.Call):
        place, counts = _TAKERS.get(context.kinds.origin(call.func), (0, set()))
        if not plain(call.args) or len(call.args) not in counts:
            continue
        function = call.args[place].value
        operator = _operator(function) if isinstance(function, cst.Lambda) else ""
        found = context.imported("operator", operator) if operator else None
        if found is not None:
            yield Change(replace={function: parse(found[0])}, imports=found[1])


def _operator(function: cst.Lambda) -> str:
    """Return the name of the operator between the lambda's two arguments, in order."""
    params = function.params
    names = [param.name.value for param in params.params if param.default is None]
    if len(names) != 2 or len(params.params) != 2 or params.posonly_params or params.kwonly_params:
        return ""
    if isinstance(params.star_arg, cst.Param) or params.star_kwarg is not None:
        return ""
    body = function.body
    if isinstance(body, cst.BinaryOperation):
        sides = [body.left, body.right]
        operator: type[cst.CSTNode] = type(body.operator)
    elif isinstance(body, cst.Comparison) and len(body.comparisons) == 1:
        sides = [body.left, body.comparisons[0].comparator]
        operator = type(body.comparisons[0].operator)
    else:
        return ""
    return _BINARY.get(operator, "") if [named(side) for side in sides] == names else ""

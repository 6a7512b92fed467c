"""What is known of a function of the module that calls itself, given that it is pure."""

from __future__ import annotations

import ast
from copy import copy

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import BOOL, FLOAT, INT, STR, Kind, join
from perfopt_cli.model.rules.analysis.module import Module
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import (
    COMPREHENSIONS,
    DEFERRED,
    Line,
    children,
    lines,
    plain,
)
from perfopt_cli.model.rules.base import Context

_RESULTS = {"bool": BOOL, "int": INT, "str": STR, "float": FLOAT}
_UNFIT = (*DEFERRED, cst.Try, cst.TryStar, cst.With, cst.Yield, cst.Await, cst.NamedExpr)
_STRICT = (cst.Add, cst.Subtract, cst.Multiply, cst.FloorDivide, cst.Modulo)
_FACTS = ("kinds", "effects", "flow")


class Recursion:
    """A function with its calls of itself. ``view`` holds if it is pure and gives ``result``."""

    def __init__(self, context: Context, view: Context, result: Kind) -> None:
        self.context = context
        self.view = view
        self.result = result
        self.calls = own_calls(context)
        self.params = [param.name for param in context.root.params.params]

    def symbol(self, place: int) -> Symbol:
        """Return the variable of a parameter."""
        return self.context.names.symbol_of[self.params[place]]

    def given(self, place: int) -> list[cst.BaseExpression]:
        """Return what the function gives itself for a parameter."""
        return [call.args[place].value for call in self.calls]

    def fixed(self, place: int) -> bool:
        """Tell whether the parameter is handed on as it is, always."""
        symbol = self.symbol(place)
        same = all(self.context.names.of(value) is symbol for value in self.given(place))
        return same and len(symbol.bindings) == 1

    def strict(self, node: cst.BaseExpression) -> bool:
        """Tell whether the expression gives an int that is no bool."""
        if isinstance(node, cst.Integer):
            return True
        if isinstance(node, cst.BinaryOperation):
            whole = self.view.kinds(node) == INT
            return whole and isinstance(node.operator, _STRICT)
        symbol = self.context.names.of(node)
        if symbol is None or not symbol.bindings:
            return False
        return all(
            binding.value is not None
            and not binding.path
            and (
                (binding.form == "for" and self.view.kinds(binding.value).name == "range")
                or (
                    binding.form == "assign"
                    and not isinstance(binding.value, cst.Name)
                    and self.strict(binding.value)
                )
            )
            for binding in symbol.bindings
        )

    def blind(self, symbol: Symbol) -> bool:
        """Tell whether the function can't tell True in the variable from 1."""
        return all(self._is_blind(load) for load in symbol.loads)

    def _is_blind(self, load: cst.Name) -> bool:
        parent = self.context.tree.parent[load]
        if isinstance(parent, cst.BinaryOperation):
            return isinstance(parent.operator, _STRICT)
        if isinstance(parent, cst.ComparisonTarget):
            return not isinstance(parent.operator, (cst.Is, cst.IsNot))
        if isinstance(parent, cst.Comparison):
            first = parent.comparisons[0].operator
            return not isinstance(first, (cst.Is, cst.IsNot))
        if isinstance(parent, (cst.Index, cst.Slice)):
            return True
        if isinstance(parent, cst.Arg):
            call = self.context.tree.parent[parent]
            called = self.view.kinds.origin(call.func) if isinstance(call, cst.Call) else ""
            return call in self.calls or called == "range"
        return isinstance(parent, (cst.If, cst.While)) and parent.test is load


def own_calls(context: Context) -> list[cst.Call]:
    """Return the calls of the function by its own name."""
    name = context.root.name.value
    return [
        call
        for call in context.tree.find(context.root.body, cst.Call)
        if isinstance(call.func, cst.Name)
        and call.func.value == name
        and context.names.of(call.func) is None
    ]


def read(context: Context) -> Recursion | None:
    """Return what is known of the function, if it is pure and gives a number or text."""
    name = context.root.name.value
    root = context.root
    calls = own_calls(context)
    if len(calls) == 0 or context.qualname != name or not context.module.fixed(name):
        return None
    params = root.params
    odd = params.star_arg, params.star_kwarg, *params.kwonly_params, *params.posonly_params
    if any(isinstance(part, cst.Param) for part in odd) or root.decorators or root.asynchronous:
        return None
    if not all(len(c.args) == len(params.params) and plain(c.args) for c in calls):
        return None
    mentions = [n for n in context.tree.find(root.body, cst.Name) if n.value in (name, "print")]
    if len(mentions) != len(calls) or not all(context.tree.own(call) for call in calls):
        return None
    if any(isinstance(node, _UNFIT) for node in context.tree.walk(root.body)):
        return None
    for text, kind in _RESULTS.items():
        found = _supposed(context, text, kind)
        if found is not None:
            return found
    return None


def _supposed(context: Context, text: str, kind: Kind) -> Recursion | None:
    """Return the function's facts if they follow from the result's type and its being pure."""
    name = context.root.name.value
    module = Module(context.module.source)
    if name not in module.functions or not module.is_builtin(text):
        return None
    module.functions[name].returns = ast.Name(text, ast.Load())
    module.calm[name] = True
    view = copy(context)
    view.module = module
    for fact in _FACTS:
        view.__dict__.pop(fact, None)
    given = [
        view.kinds(end.value)
        for end in context.tree.find(context.root.body, cst.Return)
        if end.value is not None
    ]
    if not given or join(kind, *given) != kind:
        return None
    body = context.root.body
    if not view.flow.quiet(body) or view.flow.assigned_attributes(body):
        return None
    found = Recursion(context, view, kind)
    return found if _calls_nothing_else(found) else None


def _calls_nothing_else(found: Recursion) -> bool:
    """Tell whether all calls are of builtins, methods and the function: the rest may print."""
    return all(
        call in found.calls
        or isinstance(call.func, cst.Attribute)
        or found.view.kinds.origin(call.func)
        for call in found.context.tree.find(found.context.root.body, cst.Call)
    )


def most_calls(context: Context, calls: list[cst.Call]) -> int:
    """Return how many of these calls one run may make; those in a loop count twice."""
    return _block(context, calls, lines(context.root.body))[1]


def _block(context: Context, calls: list[cst.Call], body: list[Line]) -> tuple[int, int]:
    """Return the most calls of runs that reach the block's end (-1: none), and of any run."""
    through, worst = 0, 0
    for node in body:
        ends = isinstance(node, (cst.Return, cst.Raise, cst.Break, cst.Continue))
        if isinstance(node, cst.If):
            tests = _within(context, calls, node.test)
            arms = [_block(context, calls, lines(node.body))]
            other = node.orelse
            if isinstance(other, cst.If):
                arms.append(_block(context, calls, [other]))
            else:
                arms.append(_block(context, calls, lines(other.body)) if other else (0, 0))
            worst = max(worst, *(through + tests + arm[1] for arm in arms))
            passing = max(arm[0] for arm in arms)
            if passing < 0:
                return -1, worst
            through += tests + passing
        else:
            through += _within(context, calls, node)
        worst = max(worst, through)
        if ends:
            return -1, worst
    return through, worst


def _within(context: Context, calls: list[cst.Call], node: cst.CSTNode) -> int:
    if isinstance(node, cst.IfExp):
        arms = (_within(context, calls, part) for part in (node.body, node.orelse))
        return _within(context, calls, node.test) + max(arms)
    inner = sum(_within(context, calls, child) for child in children(node))
    if isinstance(node, (*COMPREHENSIONS, cst.For, cst.While)):
        inner *= 2
    return inner + (node in calls)

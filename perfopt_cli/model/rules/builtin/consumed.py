"""Comprehensions that a call uses up: what they may contain, and their parts."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import STR
from perfopt_cli.model.rules.analysis.library import Effect
from perfopt_cli.model.rules.analysis.symbols import Binding
from perfopt_cli.model.rules.analysis.tree import DEFERRED, method, named
from perfopt_cli.model.rules.base import Context
from perfopt_cli.model.rules.text import parse

Items = cst.GeneratorExp | cst.ListComp

_UNFIT = (cst.Await, cst.Yield, cst.NamedExpr, *DEFERRED)
_STOPPING = {"next", "anext", "exec", "eval", "super", "locals"}
_MODULES = {"math", "operator", "itertools"}
_BASIC = {"str", "bytes", "int", "bool", "float", "list", "tuple", "row", "set", "frozenset"}
_BASIC |= {"dict", "defaultdict", "deque", "view", "range"}


def consumed(context: Context, *names: str) -> Iterator[tuple[cst.Call, str, Items]]:
    """Yield the calls of these builtins whose only argument is a comprehension in itself."""
    for call in context.tree.owned(cst.Call):
        name = context.kinds.origin(call.func)
        if name not in names or len(call.args) != 1:
            continue
        arg = call.args[0]
        if arg.star or arg.keyword or not isinstance(arg.value, (cst.GeneratorExp, cst.ListComp)):
            continue
        if ordinary(context, arg.value):
            yield call, name, arg.value


def ordinary(context: Context, node: cst.CSTNode) -> bool:
    """Tell whether the code means the same in a generator, a list and a loop of the function.

    A StopIteration is what tells them apart, so only functions are called
    that are known not to raise it. What a comprehension goes over first is
    computed outside of it anyway.
    """
    outside = node.for_in.iter if isinstance(node, (cst.GeneratorExp, cst.ListComp)) else None
    for part in context.tree.walk(node):
        if isinstance(part, _UNFIT) or (isinstance(part, cst.CompFor) and part.asynchronous):
            return False
        inside = outside is None or not context.tree.inside(part, outside)
        if isinstance(part, cst.Call) and inside and not _known(context, part):
            return False
    return "__class__" not in {name.value for name in context.tree.find(node, cst.Name)}


def _known(context: Context, call: cst.Call) -> bool:
    if context.effects(call) < Effect.OPAQUE:
        return True
    if any(named(arg.keyword) == "key" for arg in call.args):
        return False
    name = context.kinds.origin(call.func)
    if name.partition(".")[0] in _MODULES:
        return True
    if name:
        return hasattr(builtins, name) and name not in _STOPPING
    receiver, called, _ = method(call)
    return bool(called) and context.kinds(receiver).name in _BASIC


def answer(context: Context, node: cst.BaseExpression, text: str) -> cst.BaseExpression:
    """Return a comparison or a negation as an expression that can stand in the node's place."""
    above = context.tree.parent[node]
    alone = (cst.Return, cst.Assign, cst.AnnAssign, cst.If, cst.While, cst.CompIf, cst.Arg)
    return parse(text if isinstance(above, alone) else f"({text})")


def quoted(text: str) -> str:
    """Return a literal of the text, in double quotes where that needs no escapes."""
    literal = repr(text)
    return literal if '"' in text or "'" in text or "\\" in literal else f'"{text}"'


def last_clause(node: Items) -> cst.CompFor:
    """Return the innermost ``for`` of a comprehension."""
    clause = node.for_in
    while clause.inner_for_in is not None:
        clause = clause.inner_for_in
    return clause


def is_char(context: Context, node: cst.BaseExpression) -> bool:
    """Tell whether the expression is a str of exactly one character."""
    if isinstance(node, cst.SimpleString):
        text = ast.literal_eval(node.value)
        return isinstance(text, str) and len(text) == 1
    if isinstance(node, cst.Subscript):
        whole = len(node.slice) == 1 and isinstance(node.slice[0].slice, cst.Index)
        return whole and context.kinds(node.value) == STR
    if isinstance(node, cst.Call):
        return context.kinds.origin(node.func) == "chr"
    symbol = context.names.of(node)
    if symbol is None or symbol.outer:
        return False
    return all(_gives_char(context, binding) for binding in symbol.bindings)


def _gives_char(context: Context, binding: Binding) -> bool:
    if binding.form == "declare":
        return True
    if binding.value is None:
        return False
    if binding.form == "for":
        return _character_of(context, binding.value, binding.path)
    # A name could lead back to this variable.
    direct = isinstance(binding.value, (cst.SimpleString, cst.Subscript, cst.Call))
    return (
        binding.form == "assign" and not binding.path and direct and is_char(context, binding.value)
    )


def _character_of(context: Context, source: cst.BaseExpression, path: tuple[int, ...]) -> bool:
    if not path:
        return context.kinds(source) == STR
    if not isinstance(source, cst.Call) or len(path) != 1:
        return False
    name = context.kinds.origin(source.func)
    if any(arg.star or arg.keyword for arg in source.args) or not source.args:
        return False
    if name == "enumerate":
        return path[0] == 1 and context.kinds(source.args[0].value) == STR
    fits = name == "zip" and path[0] < len(source.args)
    return fits and context.kinds(source.args[path[0]].value) == STR

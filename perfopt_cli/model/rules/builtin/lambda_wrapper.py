"""``key=lambda x: len(x)`` becomes ``key=len``, and ``key=lambda k: d[k]`` asks the dict.

``d.__getitem__`` looks a key up, and fails, just as ``d[k]`` does.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import STR
from perfopt_cli.model.rules.analysis.tree import method, named
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import parameter
from perfopt_cli.model.rules.text import code, parse

NAME = "lambda-wrapper"
SUMMARY = "a lambda that only calls a function becomes the function"
EXAMPLE = Example(
    before="""def f(words: list[str]) -> list[str]:
    return sorted(words, key=lambda word: len(word))
""",
    call='(["some", "words", "of", "several", "lengths"] * 200,)',
    safe="The function is a builtin or bound once in the module, the dict a dict.",
    pays="One call less for each item.",
)
_BUILTINS = {"len", "int", "str", "float", "abs", "sum", "min", "max", "ord", "sorted", "tuple"}
_BUILTINS |= {"repr", "bool", "set", "frozenset", "chr", "any", "all", "list", "round", "hash"}
_METHODS = {"lower", "upper", "casefold", "strip", "lstrip", "rstrip", "title", "split", "isdigit"}
_KEYED = {"sorted", "min", "max"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such lambda."""
    for arg in context.tree.owned(cst.Arg):
        call, function = context.tree.parent[arg], arg.value
        if not isinstance(function, cst.Lambda) or not isinstance(call, cst.Call):
            continue
        name = context.kinds.origin(call.func)
        receiver, sorts, _ = method(call, "sort")
        in_place = bool(sorts) and context.kinds(receiver).name == "list"
        keyed = named(arg.keyword) == "key" and (name in _KEYED or in_place)
        mapped = name in ("map", "filter") and arg is call.args[0] and len(call.args) == 2
        word = parameter(function)
        if not word or not (keyed or mapped):
            continue
        text = _called(context, function.body, word) or (
            _looked_up(context, function.body, word) if keyed else ""
        )
        if text:
            yield Change(replace={function: parse(text)})


def _called(context: Context, body: cst.BaseExpression, word: str) -> str:
    """Return ``f`` of ``f(x)``."""
    if not isinstance(body, cst.Call):
        return ""
    receiver, called, args = method(body)
    if called in _METHODS and not args and named(receiver) == word:
        fits = context.kinds(receiver) == STR and context.builtin("str")
        return f"str.{called}" if fits else ""
    if len(body.args) != 1 or not isinstance(body.func, cst.Name):
        return ""
    arg, name = body.args[0], body.func.value
    if arg.star or arg.keyword or named(arg.value) != word or name == word:
        return ""
    if context.kinds.origin(body.func) in _BUILTINS:
        return code(body.func)
    loose = context.names.of(body.func) is None and name not in context.outer
    known = loose and context.module.fixed(name) and name in context.module.functions
    return name if known else ""


def _looked_up(context: Context, body: cst.BaseExpression, word: str) -> str:
    """Return ``d.__getitem__`` of ``d[k]``."""
    if not isinstance(body, cst.Subscript) or not isinstance(body.value, cst.Name):
        return ""
    symbol, key = context.names.of(body.value), index_of(body)
    if symbol is None or named(key) != word or body.value.value == word:
        return ""
    if context.kinds(body.value).name not in ("dict", "defaultdict", "list"):
        return ""
    statement = context.tree.statement(body)
    return f"{code(body.value)}.__getitem__" if context.flow.bound_before(symbol, statement) else ""

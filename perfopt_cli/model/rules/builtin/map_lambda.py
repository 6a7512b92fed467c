"""``list(map(lambda x: …, xs))`` and ``list(filter(lambda x: …, xs))`` become comprehensions.

The same where other calls take the items: a list where they take all before
they look at any, else a generator.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import COMPREHENSIONS, method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import parameter
from perfopt_cli.model.rules.text import clause, code, parse, same

NAME = "map-lambda"
SUMMARY = "map and filter with a lambda become comprehensions"
EXAMPLE = Example(
    before="""def f(xs: list[int]) -> list[int]:
    return list(map(lambda x: x * x + 1, xs))
""",
    call="(list(range(2000)),)",
    safe="The lambda calls no function that could end the iteration.",
    pays="No function is called for each item.",
)
_WHOLE = {"list", "tuple", "sorted"}
_EACH = {"sum", "min", "max", "set", "frozenset", "any", "all"}
_FUNCTIONS = {"int", "str", "float", "len", "abs", "ord", "chr", "bool", "round", "isinstance"}
_FUNCTIONS |= {"bin", "hex", "oct", "repr", "divmod", "pow", "tuple", "hash"}
_METHODS = {"lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "swapcase"}
_METHODS |= {"startswith", "endswith", "replace", "split", "isdigit", "isalpha", "isalnum"}
_METHODS |= {"isupper", "islower", "isspace", "zfill", "get", "count", "keys", "values", "items"}
_UNFIT = (cst.Await, cst.Yield, cst.NamedExpr, cst.Lambda, *COMPREHENSIONS)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such call."""
    for call in context.tree.owned(cst.Call):
        inner = call.args[0].value if len(call.args) == 1 and plain(call.args) else None
        if not isinstance(inner, cst.Call) or not _takes(context, call):
            continue
        text = _comprehension(context, inner)
        name = context.kinds.origin(call.func)
        if not text:
            continue
        if name == "list":
            yield Change(replace={call: parse(f"[{text}]")})
        elif name in _EACH:
            made = cst.ensure_type(parse(f"({text})"), cst.GeneratorExp)
            bare = made.with_changes(lpar=[], rpar=[])
            yield Change(replace={call.args[0]: cst.Arg(bare)})
        else:
            yield Change(replace={inner: parse(f"[{text}]")})


def _takes(context: Context, call: cst.Call) -> bool:
    if context.kinds.origin(call.func) in _WHOLE | _EACH:
        return True
    receiver, name, _ = method(call, "join")
    return bool(name) and isinstance(receiver, cst.SimpleString)


def _comprehension(context: Context, inner: cst.Call) -> str:
    name = context.kinds.origin(inner.func)
    if name not in ("map", "filter") or len(inner.args) != 2 or not plain(inner.args):
        return ""
    function, items = inner.args[0].value, inner.args[1].value
    if not isinstance(function, cst.Lambda) or not _is_calm(context, function.body):
        return ""
    word = parameter(function)
    if not word:
        return ""
    if name == "map":
        if same(function.body, cst.Name(word)):
            return ""
        return f"{clause(function.body)} for {word} in {clause(items)}"
    return f"{word} for {word} in {clause(items)} if {clause(function.body)}"


def _is_calm(context: Context, body: cst.BaseExpression) -> bool:
    """Tell whether the lambda can be read in the function's place, and calls nothing unknown."""
    for part in context.tree.walk(body):
        if isinstance(part, _UNFIT):
            return False
        if isinstance(part, cst.Call):
            _, called, _ = method(part)
            known = context.kinds.origin(part.func)
            if known not in _FUNCTIONS and (known or called not in _METHODS):
                return False
    return "super" not in code(body)

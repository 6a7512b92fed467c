"""``text.count(c)`` in a loop over characters looks up counts that are taken once.

``c`` must provably be one character: a variable of a loop over text, or over
a set, a list or a sorted list made of text at once.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import STR
from perfopt_cli.model.rules.analysis.tree import Statement, method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, line, parse

NAME = "char-count"
SUMMARY = "str.count() of single characters in a loop looks up a Counter"
EXAMPLE = Example(
    before=(
        "def f(text: str) -> str:\n"
        "    for letter in text:\n"
        "        if text.count(letter) == 1:\n"
        "            return letter\n"
        '    return ""\n'
    ),
    call='("the quick brown fox jumps over the lazy dog " * 60,)',
    safe="What is counted is one character of a text.",
    pays="The text is long and has many characters to ask for.",
)
_MAKERS = {"set", "sorted", "list", "tuple", "frozenset", "reversed", "enumerate"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each text that is counted in a loop."""
    counter = context.imported("collections", "Counter")
    for call in context.tree.owned(cst.Call) if counter else ():
        text = _counted(context, call)
        region = _region(context, call, text) if text is not None else None
        if text is None or region is None or counter is None:
            continue
        name = context.fresh(f"{text.value}_counts")
        replace: dict[cst.CSTNode, cst.CSTNode] = {}
        for other in context.tree.find(region, cst.Call):
            mine = _counted(context, other) if context.tree.own(other) else None
            if mine is not None and context.names.of(mine) is context.names.of(text):
                replace[other] = parse(f"{name}[{code(other.args[0].value)}]")
        made = line(f"{name} = {counter[0]}({text.value})")
        yield Change(replace=replace, before={region: [made]}, imports=counter[1])


def _counted(context: Context, call: cst.Call) -> cst.Name | None:
    """Return the text of ``text.count(c)`` with a single character."""
    receiver, name, args = method(call, "count")
    if not name or len(args) != 1 or not plain(args) or not isinstance(receiver, cst.Name):
        return None
    if context.names.of(receiver) is None or context.kinds(receiver) != STR:
        return None
    symbol = context.names.of(args[0].value)
    if symbol is None or not symbol.bindings:
        return None
    single = all(
        binding.form == "for" and _gives_characters(context, binding.value, binding.path)
        for binding in symbol.bindings
    )
    return receiver if single else None


def _gives_characters(
    context: Context, source: cst.BaseExpression | None, path: tuple[int, ...]
) -> bool:
    if isinstance(source, cst.Call) and source.args and plain(source.args[:1]):
        name = context.kinds.origin(source.func)
        if name == "enumerate":
            return path == (1,) and context.kinds(source.args[0].value) == STR
        if name in _MAKERS and not path:
            return context.kinds(source.args[0].value) == STR
    return source is not None and not path and context.kinds(source) == STR


def _region(context: Context, call: cst.Call, text: cst.Name) -> Statement | None:
    for loop in context.tree.loops(call):
        region = context.tree.statement(loop)
        flow = context.flow
        if flow.invariant(text, region) and flow.all_bound_before(text, region):
            return region
    return None

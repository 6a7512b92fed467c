"""A regular expression that is plain text becomes a method of str.

``re.sub(",", "", s)`` is ``s.replace(",", "")``; ``re.search("ab", s)``,
asked for its truth, is ``"ab" in s``; and so on. ``re.sub(r"\\s+", "", s)``
is ``"".join(s.split())``: both know the same white space. A class of single
characters is a ``translate``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import STR
from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.analysis.uses import tests
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import answer, quoted
from perfopt_cli.model.rules.text import code, operand, parse

NAME = "literal-pattern"
SUMMARY = "a regular expression that is plain text becomes a method of str"
EXAMPLE = Example(
    before="""import re


def f(lines: list[str]) -> list[str]:
    return [re.sub(",", "", line) for line in lines]
""",
    call='(["1,234,567", "12", "a,b"] * 200,)',
    safe="The pattern has no special characters, and the text is a str.",
    pays="No pattern is looked up, matched step by step, or put together again.",
)
_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
_CLASS = re.compile(r"\[((?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9 _,.!?:;@%'])+)\]\+?")
_MOST = 64
_ESCAPED = re.compile(r"\\([^\w\s])")


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such call."""
    for call in context.tree.owned(cst.Call):
        home, _, name = context.kinds.origin(call.func).partition(".")
        if home != "re" or len(call.args) < 2 or not plain(call.args):
            continue
        pattern, *others = [arg.value for arg in call.args]
        text = _literal(context, pattern, call)
        if not text or context.kinds(others[-1]) != STR:
            continue
        if name == "sub" and len(others) == 2:
            yield from _sub(context, call, text, others)
        elif len(others) == 1:
            yield from _asked(context, call, name, _plain(text), others[0])


def _literal(context: Context, node: cst.BaseExpression, call: cst.Call) -> str:
    """Return the pattern, if it is written here or in a variable that is bound once."""
    symbol = context.names.of(node)
    if symbol is not None and len(symbol.bindings) == 1 and not symbol.outer:
        binding = symbol.bindings[0]
        bound = context.flow.bound_before(symbol, context.tree.statement(call))
        if bound and binding.form == "assign" and not binding.path and binding.value is not None:
            node = binding.value
    if not isinstance(node, cst.SimpleString):
        return ""
    value = ast.literal_eval(node.value)
    return value if isinstance(value, str) else ""


def _plain(pattern: str) -> str:
    """Return the text that alone the pattern matches; nothing if there may be others."""
    rest = _ESCAPED.sub("", pattern)
    return "" if _SPECIAL.search(rest) else _ESCAPED.sub(r"\1", pattern)


def _class(pattern: str) -> str:
    """Return the characters of a pattern like ``[a-z_]``, at most some dozens; else nothing."""
    found = _CLASS.fullmatch(pattern)
    if found is None:
        return ""
    chars: list[str] = []
    for low, high in re.findall(r"(.)(?:-(.))?", found.group(1)):
        if high and high < low:
            return ""
        chars += map(chr, range(ord(low), ord(high or low) + 1))
    return "".join(dict.fromkeys(chars)) if len(chars) <= _MOST else ""


def _sub(
    context: Context, call: cst.Call, pattern: str, others: list[cst.BaseExpression]
) -> Iterator[Change]:
    new, text = others
    value = ast.literal_eval(new.value) if isinstance(new, cst.SimpleString) else None
    if not isinstance(value, str) or "\\" in value:
        return
    if pattern in (r"\s", r"\s+") and not value:
        yield Change(replace={call: parse(f'"".join({operand(text)}.split())')})
    elif _class(pattern) and (not value or not pattern.endswith("+")):
        if context.builtin("str") and context.builtin("dict"):
            chars = quoted(_class(pattern))
            table = f"dict.fromkeys({chars}, {code(new)})" if value else f'"", "", {chars}'
            text_ = f"{operand(text)}.translate(str.maketrans({table}))"
            yield Change(replace={call: parse(text_)})
    elif _plain(pattern):
        old = quoted(_plain(pattern))
        yield Change(replace={call: parse(f"{operand(text)}.replace({old}, {code(new)})")})


def _asked(
    context: Context, call: cst.Call, name: str, text: str, subject: cst.BaseExpression
) -> Iterator[Change]:
    if not text:
        return
    if name == "split":
        yield Change(replace={call: parse(f"{operand(subject)}.split({quoted(text)})")})
        return
    node: cst.BaseExpression = call
    arg = context.tree.parent[call]
    above = context.tree.parent.get(arg)
    if isinstance(arg, cst.Arg) and isinstance(above, cst.Call) and len(above.args) == 1:
        outer = context.kinds.origin(above.func)
        if outer == "len" and name == "findall":
            new = parse(f"{operand(subject)}.count({quoted(text)})")
            yield Change(replace={above: new})
        node = above if outer == "bool" else call
    if node is call and not tests(context.tree, call):
        return
    if name == "search":
        found = f"{quoted(text)} in {operand(subject)}"
        yield Change(replace={node: answer(context, node, found)})
    elif name == "match":
        yield Change(replace={node: parse(f"{operand(subject)}.startswith({quoted(text)})")})

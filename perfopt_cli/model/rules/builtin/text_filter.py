"""Dropping or changing single characters of a text becomes ``replace`` or ``translate``.

``"".join(c for c in s if c != "-")`` is ``s.replace("-", "")``, and with
``c not in "aeiou"`` it is a ``translate``. What is dropped must be a str,
and for ``replace`` exactly one character.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import STR
from perfopt_cli.model.rules.analysis.tree import method
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import is_char
from perfopt_cli.model.rules.builtin.value_count import characters
from perfopt_cli.model.rules.text import argument, code, operand, parse, same

NAME = "text-filter"
SUMMARY = "dropping or changing characters one by one becomes replace or translate"
EXAMPLE = Example(
    before="""def f(text: str) -> str:
    return "".join(c for c in text if c not in "aeiou")
""",
    call='("a text with some vowels in it " * 50,)',
    safe="The text and what is dropped are str, and every item is one character.",
    pays="The text is gone through once in C.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such join."""
    for call in context.tree.owned(cst.Call):
        receiver, name, args = method(call, "join")
        if not name or len(args) != 1 or code(receiver) not in ('""', "''"):
            continue
        items = args[0].value
        if isinstance(items, (cst.GeneratorExp, cst.ListComp)):
            text = _translated(context, items)
            if text:
                yield Change(replace={call: parse(text)})


def _translated(context: Context, items: cst.GeneratorExp | cst.ListComp) -> str:
    first = items.for_in
    if first.inner_for_in is not None or first.asynchronous or not _is_text(context, first):
        return ""
    tests = [part.test for part in first.ifs]
    if len(tests) == 1 and same(items.elt, first.target):
        chars = _against(context, first, tests[0], cst.NotEqual, cst.NotIn)
        new = '""'
    elif not tests and isinstance(items.elt, cst.IfExp):
        choice = items.elt
        word, other = choice.body, choice.orelse
        chars = _against(context, first, choice.test, cst.Equal, cst.In)
        if not chars:
            word, other = other, word
            chars = _against(context, first, choice.test, cst.NotEqual, cst.NotIn)
        kept = same(other, first.target) and _is_fixed(context, first, word)
        new = argument(word) if kept and chars else ""
    else:
        return ""
    if not chars or not new:
        return ""
    text = operand(first.iter)
    kind, wanted = chars
    if kind == "one":
        return f"{text}.replace({wanted}, {new})"
    if not context.builtin("str"):
        return ""
    table = f'"", "", {wanted}' if new == '""' else f"dict.fromkeys({wanted}, {new})"
    return f"{text}.translate(str.maketrans({table}))" if context.builtin("dict") else ""


def _is_text(context: Context, first: cst.CompFor) -> bool:
    return context.kinds(first.iter) == STR and isinstance(first.target, cst.Name)


def _is_fixed(context: Context, first: cst.CompFor, node: cst.BaseExpression) -> bool:
    """Tell whether the expression is a str that is the same for all characters."""
    target = context.names.of(first.target)
    read = {context.names.of(name) for name in context.tree.find(node, cst.Name)}
    return target not in read and context.total(node) and context.kinds(node) == STR


def _against(
    context: Context,
    first: cst.CompFor,
    test: cst.BaseExpression,
    equal: type[cst.BaseCompOp],
    among: type[cst.BaseCompOp],
) -> tuple[str, str] | None:
    """Return ``("one", text)`` or ``("many", text)`` for what the test compares with."""
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return None
    part = test.comparisons[0]
    other = part.comparator
    if not same(test.left, first.target):
        return None
    if isinstance(part.operator, equal):
        fixed = _is_fixed(context, first, other) and is_char(context, other)
        return ("one", code(other)) if fixed else None
    if not isinstance(part.operator, among):
        return None
    if not isinstance(other, (cst.List, cst.Tuple, cst.Set)):
        return ("many", argument(other)) if _is_fixed(context, first, other) else None
    chars = characters(other)
    return ("many", f'"{chars}"') if chars and not set(chars) & set('"\\\n\r') else None

"""``sum(1 for x in xs if x == v)`` becomes ``xs.count(v)``.

The same for ``sum(x == v for x in xs)`` and for lists in place of generators.
A value is counted where neither side can be nan, which is not equal to
itself but is found by ``count``; a character where it is exactly one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import BOOL, STR, is_key, is_plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import Items, consumed, is_char, last_clause
from perfopt_cli.model.rules.text import clause, code, operand, parse, same

NAME = "value-count"
SUMMARY = "counting what is equal to a value becomes count()"
EXAMPLE = Example(
    before="""def f(words: list[str], word: str) -> int:
    return sum(1 for other in words if other == word)
""",
    call='(["a", "b", "c", "d"] * 500, "c")',
    safe="The items are in a list, a tuple or a str, and neither they nor the value can be nan.",
    pays="The comparisons run in C, without a step of the interpreter for each item.",
)
_MOST = 12
_ANSWERS = (cst.Comparison, cst.UnaryOperation, cst.BooleanOperation, cst.Call)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such sum."""
    for call, name, items in consumed(context, "sum", "len"):
        tests = _tests(context, items) if name == "sum" else _kept(items)
        text = _counted(context, items, tests[0]) if len(tests) == 1 else ""
        if text:
            yield Change(replace={call: parse(text)})


def _tests(context: Context, items: Items) -> list[cst.BaseExpression]:
    """Return the tests of which each item counted has passed all; none where it is no count."""
    tests = [part.test for part in last_clause(items).ifs]
    element = items.elt
    if isinstance(element, cst.Integer) and element.evaluated_value == 1:
        return tests
    if context.kinds(element) == BOOL and isinstance(element, _ANSWERS):
        return [*tests, element]
    if isinstance(element, cst.IfExp) and code(element.body) == "1" and code(element.orelse) == "0":
        return [*tests, element.test]
    return []


def _kept(items: Items) -> list[cst.BaseExpression]:
    """Return the tests of ``[x for x in xs if test]``."""
    return [part.test for part in items.for_in.ifs] if same(items.elt, items.for_in.target) else []


def _counted(context: Context, items: Items, test: cst.BaseExpression) -> str:
    """Return ``xs.count(v)`` if the test is one of equality, or of a few characters."""
    first = items.for_in
    if first.inner_for_in is not None or not isinstance(first.target, cst.Name):
        return ""
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return ""
    part = test.comparisons[0]
    target, name = first.target.value, context.names.of(first.target)
    if isinstance(part.operator, cst.In) and code(test.left) == target:
        return _several(context, first.iter, part.comparator)
    if not isinstance(part.operator, cst.Equal) or name is None:
        return ""
    for item, value in ((test.left, part.comparator), (part.comparator, test.left)):
        read = {context.names.of(other) for other in context.tree.find(value, cst.Name)}
        if code(item) != target or name in read or not context.total(value):
            continue
        if _exact(context, first.iter, value):
            return f"{operand(first.iter)}.count({clause(value)})"
    return ""


def _exact(context: Context, source: cst.BaseExpression, value: cst.BaseExpression) -> bool:
    kind, wanted = context.kinds(source), context.kinds(value)
    if kind == STR:
        return wanted == STR and is_char(context, value)
    if kind.name not in ("list", "tuple", "row"):
        return False
    plain = is_plain(kind.item) and is_plain(wanted)
    return plain and (is_key(kind.item) or is_key(wanted))


def _several(context: Context, source: cst.BaseExpression, among: cst.BaseExpression) -> str:
    """Return the sum of the counts of some characters, given as a literal."""
    if context.kinds(source) != STR or not isinstance(source, (cst.Name, cst.Attribute)):
        return ""
    if not context.builtin("sum") or not context.builtin("map"):
        return ""
    chars = characters(among)
    if not chars or len(chars) > _MOST:
        return ""
    return f"sum(map({code(source)}.count, {code(among)}))"


def characters(node: cst.BaseExpression) -> str:
    """Return the characters of a literal str, list, tuple or set of them; nothing for others.

    All are different.
    """
    if not isinstance(node, (cst.SimpleString, cst.List, cst.Tuple, cst.Set)):
        return ""
    try:
        value = ast.literal_eval(code(node))
    except (ValueError, SyntaxError):
        return ""
    if isinstance(value, bytes) or not all(isinstance(c, str) and len(c) == 1 for c in value):
        return ""
    return "".join(value) if len(set(value)) == len(value) else ""

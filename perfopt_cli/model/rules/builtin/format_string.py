"""``"{} and {:.2f}".format(a, b)`` becomes an f-string, as does ``"%s" % text``.

Each field is written by the same ``format`` of the same value. Values that
are more than a name must be computed without an effect.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import Formatter

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import method
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, parse

NAME = "format-string"
SUMMARY = "str.format becomes an f-string"
EXAMPLE = Example(
    before="""def f(names: list[str], age: int) -> list[str]:
    return ["{} is {} years old".format(name, age) for name in names]
""",
    call='(["Ada", "Bo"] * 500, 7)',
    safe="Every value is used, and computing it has no effect.",
    pays="The template is not read again in each call.",
)

_UNFIT = (cst.Lambda, cst.NamedExpr, cst.Yield, cst.Await, cst.GeneratorExp)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each template."""
    for call in context.tree.owned(cst.Call):
        template, name, args = method(call, "format")
        if not name or not isinstance(template, cst.SimpleString) or any(a.star for a in args):
            continue
        values: dict[str, cst.BaseExpression] = {}
        for place, arg in enumerate(args):
            values[arg.keyword.value if arg.keyword else str(place)] = arg.value
        if all(_fits(context, value, len(args)) for value in values.values()):
            text = _formatted(template, {key: code(value) for key, value in values.items()})
            if text:
                yield Change(replace={call: parse(text)})
    for node in context.tree.owned(cst.BinaryOperation):
        known = context.kinds(node.right).name in ("str", "int", "bool")
        if not isinstance(node.operator, cst.Modulo) or not isinstance(node.left, cst.SimpleString):
            continue
        value = code(node.right)
        if known and context.total(node.right) and node.left.raw_value.count("%") == 1:
            text = _percent(node.left, value)
            if text:
                yield Change(replace={node: parse(text)})


def _fits(context: Context, value: cst.BaseExpression, count: int) -> bool:
    """Tell whether it makes no difference when, and how often, the value is computed."""
    if isinstance(value, cst.Integer) or context.names.of(value) is not None or count == 1:
        return not isinstance(value, _UNFIT)
    return context.total(value) and not isinstance(value, _UNFIT)


def _formatted(template: cst.SimpleString, values: dict[str, str]) -> str:
    """Return the f-string, or nothing where one can't be written or would differ."""
    if not _is_simple(template) or any(_hinders(text, template.quote) for text in values.values()):
        return ""
    parts: list[str] = []
    used: list[str] = []
    try:
        fields = list(Formatter().parse(ast.literal_eval(template.value)))
    except ValueError:
        return ""
    automatic = any(field == "" for _, field, _, _ in fields)
    for literal, field, spec, conversion in fields:
        parts.append(literal.replace("{", "{{").replace("}", "}}"))
        if field is None:
            continue
        if automatic and field.isdigit():
            return ""
        key = field or str(sum(name.isdigit() for name in used))
        if key not in values or "{" in (spec or "") or "}" in (spec or ""):
            return ""
        used.append(key)
        ending = (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        parts.append("{" + values[key] + ending + "}")
    twice = len(used) > len(values) and not all(text.isidentifier() for text in values.values())
    if set(used) != set(values) or twice:
        return ""
    return f"f{template.quote}{''.join(parts)}{template.quote}"


def _percent(template: cst.SimpleString, value: str) -> str:
    if not _is_simple(template) or _hinders(value, template.quote):
        return ""
    before, mark, after = template.raw_value.partition("%s")
    if not mark:
        return ""
    before, after = (part.replace("{", "{{").replace("}", "}}") for part in (before, after))
    return f"f{template.quote}{before}{{{value}!s}}{after}{template.quote}"


def _is_simple(template: cst.SimpleString) -> bool:
    plain = not template.prefix and len(template.quote) == 1
    return plain and "\\" not in template.raw_value


def _hinders(text: str, quote: str) -> bool:
    """Tell whether the text can't stand in an f-string before Python 3.12."""
    return any(mark in text for mark in (quote, "\\", "\n", "#", "{", "}", "!", ":", "lambda"))

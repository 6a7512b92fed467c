"""``s.split(",")[0]`` becomes ``s.partition(",")[0]``: the other parts are not made.

From the end only with a separator of one character, which can't overlap
itself. ``len(s.split(","))`` becomes ``s.count(",") + 1``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import STR
from perfopt_cli.model.rules.analysis.tree import method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import is_char
from perfopt_cli.model.rules.text import argument, code, operand, parse

NAME = "split-part"
SUMMARY = "a split of which one part is used becomes a partition"
EXAMPLE = Example(
    before="""def f(lines: list[str]) -> list[str]:
    return [line.split(",")[0] for line in lines]
""",
    call='(["name,age,city,street", "1,2,3,4,5,6,7,8"] * 300,)',
    safe="The text and the separator are str.",
    pays="The parts that nobody asks for are not made, nor a list of them.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such split."""
    for node in context.tree.owned(cst.Subscript):
        key = index_of(node)
        place = code(key) if key is not None else ""
        if place in ("0", "-1"):
            text = _part(context, node.value, place)
            if text:
                yield Change(replace={node: parse(text)})
    for call in context.tree.owned(cst.Call):
        if context.kinds.origin(call.func) == "len" and len(call.args) == 1 and plain(call.args):
            yield from _counted(context, call)


def _split(
    context: Context, node: cst.BaseExpression
) -> tuple[str, cst.BaseExpression | None] | None:
    """Return the text's code and the separator of ``text.split(separator)``."""
    receiver, name, args = method(node, "split")
    if not name or not plain(args) or context.kinds(receiver) != STR or len(args) > 1:
        return None
    if args and context.kinds(args[0].value) != STR:
        return None
    return operand(receiver), args[0].value if args else None


def _part(context: Context, node: cst.BaseExpression, place: str) -> str:
    found = _split(context, node)
    if found is None:
        return ""
    text, separator = found
    if separator is None:
        return f"{text}.split(None, 1)[0]" if place == "0" else f"{text}.rsplit(None, 1)[-1]"
    if place == "0":
        return f"{text}.partition({argument(separator)})[0]"
    single = is_char(context, separator)
    return f"{text}.rpartition({argument(separator)})[2]" if single else ""


def _counted(context: Context, call: cst.Call) -> Iterator[Change]:
    found = _split(context, call.args[0].value)
    if found is None or not isinstance(found[1], cst.SimpleString):
        return
    if not ast.literal_eval(found[1].value):
        return
    count, above = f"{found[0]}.count({code(found[1])})", context.tree.parent[call]
    if (
        isinstance(above, cst.BinaryOperation)
        and isinstance(above.operator, cst.Subtract)
        and above.left is call
        and code(above.right) == "1"
    ):
        yield Change(replace={above: parse(count)})
    else:
        yield Change(replace={call: cst.parse_expression(f"({count} + 1)")})

"""``ord("a")`` and its like in a loop become the value they always give."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.numbers.parts import literal
from perfopt_cli.model.rules.text import parse

NAME = "constant-call"
SUMMARY = "a builtin called with a constant in a loop becomes its value"
EXAMPLE = Example(
    before="""\
def f(text):
    counts = [0] * 26
    for c in text:
        counts[ord(c) - ord("a")] += 1
    return counts
""",
    call='("thequickbrownfoxjumpsoverthelazydog" * 50,)',
    safe="The builtin gives an equal value each time, and the name means the builtin.",
    pays="Python does not work out calls when it compiles.",
)
_INFINITE = {"inf": "inf", "+inf": "inf", "infinity": "inf", "-inf": "-inf", "-infinity": "-inf"}
_WIDEST = 0x10FFFF


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such call."""
    short = not context.tree.owned(cst.For) and not context.tree.owned(cst.While)
    for call in context.tree.owned(cst.Call):
        if len(call.args) != 1 or not plain(call.args):
            continue
        if not short and not context.tree.loops(call):
            continue
        name, value = context.kinds.origin(call.func), call.args[0].value
        text = value.evaluated_value if isinstance(value, cst.SimpleString) else None
        if name == "float" and isinstance(text, str) and text.lower() in _INFINITE:
            yield from _infinite(context, call, _INFINITE[text.lower()])
            continue
        found = _value(name, text, literal(value))
        if found:
            yield Change(replace={call: parse(found)})


def _value(name: str, text: str | bytes | None, number: int | None) -> str:
    """Return the text of what the call gives."""
    if name == "ord" and text is not None and len(text) == 1:
        return str(ord(text))
    if name == "len" and text is not None:
        return str(len(text))
    if name == "chr" and number is not None and number <= _WIDEST:
        return repr(chr(number)) if chr(number).isprintable() else ""
    return ""


def _infinite(context: Context, call: cst.Call, text: str) -> Iterator[Change]:
    inf = context.imported("math", "inf", value=True)
    if inf is None:
        return
    sign = text.removesuffix("inf")
    beside = bool(sign) and isinstance(
        context.tree.parent[call], (cst.BinaryOperation, cst.UnaryOperation, cst.Attribute)
    )
    spelled = f"({sign}{inf[0]})" if beside else f"{sign}{inf[0]}"
    yield Change(replace={call: parse(spelled)}, imports=inf[1])

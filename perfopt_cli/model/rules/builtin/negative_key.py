"""``sorted(xs, key=lambda x: -x[1])`` becomes ``sorted(xs, key=lambda x: x[1], reverse=True)``.

Both leave equal items in their order. Of min and max by such a key, which
take the first of equal items, one becomes the other. Only for ints: a nan
has no place in either order.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import method, named
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import clause, code, parse

NAME = "negative-key"
SUMMARY = "sorting by a negative key becomes sorting in reverse"
EXAMPLE = Example(
    before="""def f(xs: list[int]) -> list[int]:
    return sorted(xs, key=lambda x: -x)
""",
    call="([i * 37 % 1000 for i in range(1000)],)",
    safe="The keys are ints, and equal items stay in their order either way.",
    pays="No number is made for each item, and often no key is needed at all.",
)
_OTHER = {"min": "max", "max": "min"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such key."""
    for call in context.tree.owned(cst.Call):
        name = context.kinds.origin(call.func)
        receiver, sorts, _ = method(call, "sort")
        in_place = bool(sorts) and context.kinds(receiver).name == "list"
        if not in_place and name not in ("sorted", "min", "max"):
            continue
        words = {named(arg.keyword): arg for arg in call.args if arg.keyword}
        if len(call.args) - len(words) != (0 if in_place else 1) or "key" not in words:
            continue
        others = set(words) - {"key"}
        if any(arg.star for arg in call.args) or not others <= {"reverse"}:
            continue
        key = words["key"].value
        inner = _negated(context, key)
        if inner is None or not isinstance(key, cst.Lambda):
            continue
        parts = [code(arg.value) for arg in call.args if not arg.keyword]
        if not _is_itself(key, inner):
            parts.append(f"key={code(key.with_changes(body=inner))}")
        if name in _OTHER:
            # Of nothing at all they tell their own name.
            some = context.flow.nonempty(call.args[0].value, call)
            if some and not others and context.builtin(_OTHER[name]):
                yield Change(replace={call: parse(f"{_OTHER[name]}({', '.join(parts)})")})
            continue
        old = code(words["reverse"].value) if others else "False"
        if old in ("True", "False"):
            parts += ["reverse=True"] if old == "False" else []
            yield Change(replace={call: parse(f"{code(call.func)}({', '.join(parts)})")})


def _negated(context: Context, key: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return ``x[1]`` of ``lambda x: -x[1]`` if it is an int."""
    if not isinstance(key, cst.Lambda) or len(key.params.params) != 1:
        return None
    body = key.body
    if not isinstance(body, cst.UnaryOperation) or not isinstance(body.operator, cst.Minus):
        return None
    if context.kinds(body.expression).name not in ("int", "bool"):
        return None
    return parse(clause(body.expression)) if body.expression.lpar else body.expression


def _is_itself(key: cst.Lambda, inner: cst.BaseExpression) -> bool:
    """Tell whether the key is the item."""
    return named(inner) == key.params.params[0].name.value and not inner.lpar

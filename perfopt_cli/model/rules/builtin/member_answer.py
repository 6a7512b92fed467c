"""``any(x == v for x in xs)`` becomes ``v in xs``, and questions to a set are asked at once.

``all(x in s for x in xs)`` is ``s.issuperset(xs)`` and ``any`` of it is
``not s.isdisjoint(xs)``; ``all(c.isdigit() for c in text)`` asks the text.
All values must be of basic types.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import REITERABLE, STR, Kind, is_key, is_plain
from perfopt_cli.model.rules.analysis.tree import method
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.builtin.consumed import answer, consumed, is_char, quoted
from perfopt_cli.model.rules.builtin.value_count import characters
from perfopt_cli.model.rules.text import clause, code, operand, same

NAME = "member-answer"
SUMMARY = "any() and all() that ask for members become `in` or a question to a set"
EXAMPLE = Example(
    before="""def f(words: list[str], known: set[str]) -> bool:
    return all(word in known for word in words)
""",
    call="([str(i) for i in range(1000)], {str(i) for i in range(1000)})",
    safe="The items are basic values, which run no code of the project when compared or hashed.",
    pays="The items are gone through in C, without a generator.",
)

# A text is of these kinds if it has characters, and all of them are.
_KINDS = {"isalnum", "isalpha", "isdecimal", "isdigit", "isnumeric", "isspace"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such question."""
    for call, name, items in consumed(context, "any", "all"):
        first = items.for_in
        if first.ifs or first.inner_for_in is not None or not isinstance(first.target, cst.Name):
            continue
        test = items.elt
        kinds = _characters(context, first, test) if name == "all" else ""
        if kinds:
            yield Change(replace={call: cst.parse_expression(f"({kinds})")})
        if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
            continue
        text = _asked(context, name == "any", first, test)
        if text:
            yield Change(replace={call: answer(context, call, text)})


def _characters(context: Context, first: cst.CompFor, test: cst.BaseExpression) -> str:
    """Return ``not s or s.isdigit()`` for ``c.isdigit() for c in s``."""
    receiver, name, args = method(test)
    if name not in _KINDS or args or not same(receiver, first.target):
        return ""
    source = first.iter
    known = isinstance(source, cst.Name) and context.kinds(source) == STR
    return f"not {code(source)} or {code(source)}.{name}()" if known else ""


def _asked(context: Context, some: bool, first: cst.CompFor, test: cst.Comparison) -> str:
    part = test.comparisons[0]
    operator, source = part.operator, context.kinds(first.iter)
    sides = [(test.left, part.comparator), (part.comparator, test.left)]
    if isinstance(operator, cst.Equal if some else cst.NotEqual):
        for item, value in sides:
            fixed = same(item, first.target) and _is_fixed(context, first, value)
            if fixed and _finds(context, source, value):
                word = "in" if some else "not in"
                return f"{operand(value)} {word} {clause(first.iter)}"
        return ""
    if not isinstance(operator, (cst.In, cst.NotIn)) or not same(test.left, first.target):
        return ""
    if source.name not in REITERABLE or not is_key(source.item):
        return ""
    held = _as_set(context, first, part.comparator)
    if not held:
        return ""
    if isinstance(operator, cst.In):
        question = f"not {held}.isdisjoint" if some else f"{held}.issuperset"
    else:
        question = f"not {held}.issuperset" if some else f"{held}.isdisjoint"
    return f"{question}({clause(first.iter)})"


def _finds(context: Context, source: Kind, value: cst.BaseExpression) -> bool:
    """Tell whether ``value in source`` compares as the generator does."""
    wanted = context.kinds(value)
    if source == STR:
        return wanted == STR and is_char(context, value)
    plain = is_plain(source.item) and is_plain(wanted)
    return (
        plain
        and source.name in ("list", "tuple", "row")
        and (is_key(source.item) or is_key(wanted))
    )


def _is_fixed(context: Context, first: cst.CompFor, node: cst.BaseExpression) -> bool:
    target = context.names.of(first.target)
    read = {context.names.of(name) for name in context.tree.find(node, cst.Name)}
    return target not in read and context.total(node)


def _as_set(context: Context, first: cst.CompFor, among: cst.BaseExpression) -> str:
    """Return the text of a set of what is asked for, if asking it is the same."""
    kind = context.kinds(among)
    if kind.name in ("set", "frozenset") and is_plain(kind.item):
        return operand(among) if _is_fixed(context, first, among) else ""
    if context.kinds(first.iter) != STR:
        return ""
    chars = characters(among)
    return f"{{{', '.join(quoted(c) for c in chars)}}}" if chars else ""

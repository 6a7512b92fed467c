"""A list of the different items, made with a set of those seen, comes from a dict.

``if x not in seen: seen.add(x); out.append(x)`` for every x is
``out = list(dict.fromkeys(xs))``: a dict keeps the first of equal keys, in
their order, and finds them as a set does.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import is_flat
from perfopt_cli.model.rules.analysis.symbols import Symbol
from perfopt_cli.model.rules.analysis.tree import Line, lines, method
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import is_empty, mentions, start_of, unpacked
from perfopt_cli.model.rules.patterns import reads
from perfopt_cli.model.rules.text import argument, clause, code, line, merged

NAME = "unique-items"
SUMMARY = "collecting different items by a set of those seen becomes dict.fromkeys()"
EXAMPLE = Example(
    before="""def f(xs: list[int]) -> list[int]:
    seen = set()
    out = []
    for x in xs:
        if x not in seen:
            seen.add(x)
            out.append(x)
    return out
""",
    call="(list(range(2000)),)",
    safe="The items are immutable values of builtin types, and the set is used for nothing else.",
    pays="The items are gone through in C, which pays where most of them are different.",
)
_FORMS = (
    ("if x not in seen:\n    seen.add(x)\n    out.append(x)",),
    ("if x not in seen:\n    out.append(x)\n    seen.add(x)",),
    ("if not x in seen:\n    seen.add(x)\n    out.append(x)",),
    ("if not x in seen:\n    out.append(x)\n    seen.add(x)",),
    ("if x in seen:\n    continue", "seen.add(x)", "out.append(x)"),
    ("if x in seen:\n    continue", "out.append(x)", "seen.add(x)"),
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    if not context.builtin("list") or not context.builtin("dict"):
        return
    for loop in context.tree.owned(cst.For):
        held = isinstance(context.tree.parent[loop], cst.IndentedBlock)
        inner = _innermost(context, loop) if held and not context.tree.guarded(loop) else None
        if inner is None or not isinstance(inner.target, cst.Name):
            continue
        if not is_flat(context.kinds(inner.target)):
            continue
        names = _collected(context, inner)
        if names is None:
            continue
        seen, out = names
        first, start = start_of(context, seen, loop), start_of(context, out, loop)
        if first is None or start is None or mentions(context, out, loop) > 1:
            continue
        made = is_empty(context, first.value, "set") and is_empty(context, start.value, "list")
        alone = mentions(context, seen, context.tree.root) == 3 == mentions(context, seen, loop) + 1
        if made and alone:
            text = f"{start.head} = list(dict.fromkeys({_items(loop, inner)}))"
            new = merged(line(text), [first.statement, start.statement, loop])
            yield Change(replace={loop: new}, remove=(first.statement, start.statement))


def _innermost(context: Context, loop: cst.For) -> cst.For | None:
    """Return the loop inside others that do nothing else, where none is missed later."""
    inner: Line = loop
    while isinstance(inner, cst.For):
        symbols = [context.names.of(part) for part in unpacked(inner.target)]
        confined = all(symbol and context.flow.confined(symbol, loop) for symbol in symbols)
        if inner.orelse or inner.asynchronous or not confined:
            return None
        body = lines(inner.body)
        if len(body) != 1 or not isinstance(body[0], cst.For):
            return inner
        inner = body[0]
    return None


def _collected(context: Context, loop: cst.For) -> tuple[Symbol, Symbol] | None:
    """Return the variables of the set and the list that the loop fills."""
    found: dict[str, cst.BaseExpression] = {}
    for call in context.tree.find(loop.body, cst.Call):
        receiver, name, _ = method(call, "add", "append")
        found[name] = receiver
    seen, out = context.names.of(found.get("add")), context.names.of(found.get("append"))
    if seen is None or out is None or seen is out:
        return None
    names = {"x": code(loop.target), "seen": seen.name, "out": out.name}
    fits = any(reads(lines(loop.body), form, names) for form in _FORMS)
    return (seen, out) if fits else None


def _items(loop: cst.For, inner: cst.For) -> str:
    """Return the text of what all loops together go over."""
    if loop is inner:
        return argument(loop.iter)
    heads: list[str] = []
    node: Line = loop
    while isinstance(node, cst.For):
        heads.append(f"for {code(node.target)} in {clause(node.iter)}")
        node = lines(node.body)[0]
    return f"[{code(inner.target)} {' '.join(heads)}]"

"""Methods of text, and formatting, written by hand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.common import prelude, target_of
from perfopt_cli.train.pairs.views import Rewrite, Use, View, plain_call, same

_SIMPLE = (ast.Name, ast.Attribute, ast.Subscript)


def _text(node: Any) -> str | None:
    known = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if known else None


def affixes(view: View) -> Iterator[Rewrite]:
    """startswith() and endswith() of a tuple as a chain, of one text as a slice."""
    for use in view.methods("startswith", "endswith"):
        call = use.node
        if len(call.args) != 1:
            continue
        whole, asked, name = view.cut(call.func.value), call.args[0], call.func.attr
        if isinstance(asked, ast.Tuple) and len(asked.elts) > 1:
            if isinstance(call.func.value, _SIMPLE):
                new = " or ".join(f"{whole}.{name}({view.bare(one)})" for one in asked.elts)
                yield view.instead("affix-tuple", use, new)
        elif _text(asked) and view.chance(0.6):
            size = len(_text(asked) or "")
            part = f"[:{size}]" if name == "startswith" else f"[-{size}:]"
            new = f"{whole}{part} == {view.bare(asked)}"
            if name == "startswith" and view.chance(0.4):
                new = f"{whole}.find({view.bare(asked)}) == 0"
            yield view.instead("affix", use, new)


def instances(view: View) -> Iterator[Rewrite]:
    """isinstance() of a tuple as a chain of calls."""
    for name in ("isinstance", "issubclass"):
        for use in view.calls(name):
            args = use.node.args
            if len(args) == 2 and isinstance(args[1], ast.Tuple) and isinstance(args[0], _SIMPLE):
                if len(args[1].elts) < 2:
                    continue
                one = view.bare(args[0])
                new = " or ".join(f"{name}({one}, {view.bare(kind)})" for kind in args[1].elts)
                yield view.instead("isinstance-tuple", use, new)


def merged_chains(view: View) -> Iterator[Rewrite]:
    """``sub in text`` as find() or count()."""
    for use in view.of(ast.Compare):
        node = use.node
        if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.In, ast.NotIn)):
            continue
        if not _text(node.left):
            continue
        text, sub = node.comparators[0], view.bare(node.left)
        if not isinstance(text, (ast.Name, ast.Attribute)):
            continue
        if f"{view.bare(text)}[{sub}]" in view.text or f"{view.bare(text)}.get(" in view.text:
            continue
        inside = isinstance(node.ops[0], ast.In)
        sign = view.draw.choice(["!= -1", ">= 0"]) if inside else "== -1"
        new = f"{view.bare(text)}.find({sub}) {sign}"
        if view.chance(0.4):
            new = f"{view.bare(text)}.count({sub}) {'> 0' if inside else '== 0'}"
        yield view.instead("text-find", use, new)


def replaced(view: View) -> Iterator[Rewrite]:
    """replace() and translate() of single characters, as a loop or a join."""
    for use in view.methods("replace"):
        call = use.node
        old = _text(call.args[0]) if len(call.args) == 2 else None
        if old is None or len(old) != 1 or not use.once:
            continue
        whole, new = view.cut(call.func.value), view.bare(call.args[1])
        c, sign = view.fresh("c", "ch", "char", "x"), view.bare(call.args[0])
        empty = _text(call.args[1]) == ""
        if empty and view.chance(0.6):
            yield view.instead(
                "text-filter", use, f"''.join([{c} for {c} in {whole} if {c} != {sign}])"
            )
            continue
        if view.chance(0.4):
            yield view.instead("text-split", use, f"{new}.join({whole}.split({sign}))")
            continue
        name, own = target_of(view, use, ("text", "s", "out", "cleaned", "result"))
        body = f"    if {c} == {sign}:\n        {name} += {new}\n    else:\n        {name} += {c}"
        if empty:
            body = f"    if {c} != {sign}:\n        {name} += {c}"
        yield prelude(
            view, "text-filter", use, name, own, f"{name} = ''\nfor {c} in {whole}:\n{body}"
        )


def parts(view: View) -> Iterator[Rewrite]:
    """The first or last part of a text by splitting all of it."""
    for use in view.of(ast.Subscript):
        node = use.node
        call, at = node.value, node.slice
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if not isinstance(at, ast.Constant) and not isinstance(at, ast.UnaryOp):
            continue
        name, text, place = call.func.attr, view.cut(call.func.value), view.bare(at)
        if not plain_call(call) or not call.args:
            continue
        sign = view.bare(call.args[0])
        if name in ("partition", "rpartition") and len(call.args) == 1:
            if name == "partition" and place == "0":
                yield view.instead("split-part", use, f"{text}.split({sign})[0]")
            elif name == "rpartition" and place in ("2", "-1"):
                yield view.instead("split-part", use, f"{text}.split({sign})[-1]")
        elif len(call.args) == 2 and (name, place) in (("split", "0"), ("rsplit", "-1")):
            yield view.instead("split-part", use, f"{text}.split({sign})[{place}]")


def formatted(view: View) -> Iterator[Rewrite]:
    """An f-string as format(), per cent, or added texts."""
    for use in view.of(ast.JoinedStr):
        node = use.node
        pieces = node.values
        values = [one for one in pieces if isinstance(one, ast.FormattedValue)]
        if not values or any(one.format_spec or one.conversion != -1 for one in values):
            continue
        if isinstance(use.parent, (ast.FormattedValue, ast.JoinedStr)) or len(values) > 6:
            continue
        texts = [_text(one) for one in pieces if isinstance(one, ast.Constant)]
        if any(text is None or "{" in text or "}" in text or "%" in text for text in texts):
            continue
        args = ", ".join(ast.unparse(one.value) for one in values)
        form = view.draw.random()
        if form < 0.45:
            whole = "".join("{}" if one in values else str(_text(one)) for one in pieces)
            yield view.instead("format-string", use, f"{whole!r}.format({args})")
        elif form < 0.7:
            whole = "".join("%s" if one in values else str(_text(one)) for one in pieces)
            yield view.instead("format-string", use, f"{whole!r} % ({args},)")
        else:
            added = [
                f"str({ast.unparse(one.value)})" if one in values else repr(_text(one))
                for one in pieces
            ]
            yield view.instead("format-string", use, " + ".join(added))


def multiplied(view: View) -> Iterator[Rewrite]:
    """``[v] * n`` and ``text * n`` as a comprehension or loop."""
    for use in view.of(ast.BinOp):
        node = use.node
        if not isinstance(node.op, ast.Mult):
            continue
        i = view.fresh("_", "i", "j") if "_" not in view.names else view.fresh("i", "j", "k")
        count = view.bare(node.right)
        if isinstance(node.left, ast.List) and len(node.left.elts) == 1:
            value = node.left.elts[0]
            if not isinstance(value, (ast.Constant, ast.Name, ast.UnaryOp)):
                continue
            if use.once and view.chance(0.5):
                name, own = target_of(view, use, ("row", "values", "table", "out"))
                text = f"for {i} in range({count}):\n    {name}.append({view.bare(value)})"
                yield prelude(view, "repeat-list", use, name, own, f"{name} = []\n{text}")
            else:
                yield view.instead(
                    "repeat-list", use, f"[{view.bare(value)} for {i} in range({count})]"
                )
        elif _text(node.left) and not isinstance(node.right, ast.Constant) and use.once:
            name, own = target_of(view, use, ("text", "pad", "line", "s"))
            body = f"for {i} in range({count}):\n    {name} += {view.bare(node.left)}"
            yield prelude(view, "repeat-text", use, name, own, f"{name} = ''\n{body}")


def emptied(view: View) -> Iterator[Rewrite]:
    """Tests of None, literals and truth, in their longer forms."""
    for use in view.of(ast.List, ast.Dict):
        node = use.node
        empty = not (node.elts if isinstance(node, ast.List) else node.keys)
        name = "list" if isinstance(node, ast.List) else "dict"
        placed = isinstance(use.statement, (ast.Assign, ast.Return)) and use.loops
        loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if empty and placed and loaded and name not in view.names and view.chance(0.5):
            yield view.instead("literal", use, f"{name}()")


def strung(view: View) -> Iterator[Rewrite]:
    """Tests of characters and reversals by hand."""
    for use in view.of(ast.Subscript):
        node = use.node
        if not isinstance(node.slice, ast.Slice) or not isinstance(node.ctx, ast.Load):
            continue
        part = node.slice
        items = view.cut(node.value)
        if not isinstance(node.value, (ast.Name, ast.Attribute)) or isinstance(
            use.parent, ast.Call
        ):
            continue
        if part.step is not None:
            if part.lower or part.upper or view.bare(part.step) != "-1":
                continue
            yield from _reversed(view, use, items)
        elif use.once and part.upper is not None and view.chance(0.35):
            i, name = view.fresh("i", "j", "k"), None
            low = view.bare(part.lower) if part.lower else "0"
            high = view.bare(part.upper)
            if high.startswith("-") or low.startswith("-"):
                continue
            name, own = target_of(view, use, ("part", "chunk", "window", "sub"))
            text = f"for {i} in range({low}, {high}):\n    {name}.append({items}[{i}])"
            if view.chance(0.5):
                yield view.instead("slice", use, f"[{items}[{i}] for {i} in range({low}, {high})]")
            else:
                yield prelude(view, "slice", use, name, own, f"{name} = []\n{text}")


def _reversed(view: View, use: Use, items: str) -> Iterator[Rewrite]:
    x = view.fresh("c", "x", "ch", "item")
    form = view.draw.random()
    if form < 0.3:
        yield view.instead("reversed-slice", use, f"''.join(reversed({items}))")
    elif form < 0.45:
        yield view.instead("reversed-slice", use, f"list(reversed({items}))")
    elif use.once:
        name, own = target_of(view, use, ("result", "backwards", "out", "rev"))
        start, step = "''", f"{name} = {x} + {name}"
        if form > 0.75:
            start, step = "[]", f"{name}.insert(0, {x})"
        yield prelude(
            view,
            "reversed-slice",
            use,
            name,
            own,
            f"{name} = {start}\nfor {x} in {items}:\n    {step}",
        )


def same_text(one: ast.AST, other: ast.AST) -> bool:
    """Tell whether two expressions read the same."""
    return same(one, other)


FAMILIES = {
    "affix": affixes,
    "isinstance-tuple": instances,
    "text-find": merged_chains,
    "text-filter": replaced,
    "split-part": parts,
    "format-string": formatted,
    "repeat": multiplied,
    "literal": emptied,
    "slice": strung,
}

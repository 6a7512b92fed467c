"""Dicts, operations of sets and their methods, written as scans and look-ups by hand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.common import prelude, target_of
from perfopt_cli.train.pairs.slowing.membership import ASKED, is_call_of, use_of, word_of
from perfopt_cli.train.pairs.views import (
    Place,
    Rewrite,
    View,
    indented,
    same,
    stack,
)


def keys(view: View) -> Iterator[Rewrite]:
    """``k in d`` and loops over a dict by way of keys() or a list of them."""
    for use in view.of(ast.Compare):
        node = use.node
        if len(node.ops) == 1 and isinstance(node.ops[0], ASKED):
            asked = node.comparators[0]
            if isinstance(asked, (ast.Name, ast.Attribute)) and _table(view, asked):
                form = view.draw.choice(["{}.keys()", "{}.keys()", "list({}.keys())", "list({})"])
                text = f"{view.cut(node.left)} {word_of(node)} {form.format(view.bare(asked))}"
                yield view.instead("dict-keys", use, text)
    for place in view.places[ast.For]:
        node = place.node
        if isinstance(node.iter, (ast.Name, ast.Attribute)):
            form = "list({})" if view.chance(0.5) or not _table(view, node.iter) else "{}.keys()"
            use = next(one for one in view.of(type(node.iter)) if one.node is node.iter)
            family = "dict-keys" if "keys" in form else "redundant-copy"
            yield view.instead(family, use, form.format(view.bare(node.iter)))


def _table(view: View, node: Any) -> bool:
    """Tell whether the function uses a name or attribute as a dict."""
    text = view.bare(node)
    if any(
        f"{text}{end}" in view.text for end in (".items()", ".get(", ".setdefault(", ".values()")
    ):
        return True
    return f"{text} = {{" in view.text or f"{text}: dict" in view.text.lower()


def got(view: View) -> Iterator[Rewrite]:
    """``d.get(k, default)`` and ``d.pop(k, None)`` as a question and a look-up."""
    for use in view.methods("get"):
        call: Any = use.node
        statement: Any = use.statement
        if not 1 <= len(call.args) <= 2 or not use.once:
            continue
        table, key = view.cut(call.func.value), view.cut(call.args[0])
        other = view.bare(call.args[1]) if len(call.args) == 2 else "None"
        if isinstance(statement, (ast.Assign, ast.Return)) and statement.value is call:
            done = "return " if isinstance(statement, ast.Return) else ""
            if not done:
                done = f"{view.bare(use.statement.targets[0])} = "
            asked = f"{table}.keys()" if view.chance(0.4) else table
            text = f"if {key} in {asked}:\n    {done}{table}[{key}]\nelse:\n    {done}{other}"
            if view.chance(0.35):
                text = f"try:\n    {done}{table}[{key}]\nexcept KeyError:\n    {done}{other}"
            yield view.replace("dict-get", statement, statement, text)
        else:
            asked = f"{table}.keys()" if view.chance(0.6) else table
            new = f"{table}[{key}] if {key} in {asked} else {other}"
            yield view.instead("dict-get", use, new)


def grouped(view: View) -> Iterator[Rewrite]:
    """setdefault(), defaultdict and Counter as questions and assignments by hand."""
    for use in view.methods("setdefault"):
        call, statement = use.node, use.statement
        if len(call.args) != 2 or not isinstance(statement, ast.Expr):
            continue
        method = use.parent
        if not isinstance(method, ast.Attribute):
            continue
        table, key, other = (
            view.cut(call.func.value),
            view.cut(call.args[0]),
            view.bare(call.args[1]),
        )
        line = view.lines[statement.lineno - 1]
        rest = line[call.end_col_offset :]
        text = f"if {key} not in {table}:\n    {table}[{key}] = {other}\n{table}[{key}]{rest}"
        if view.chance(0.3):
            text = text.replace(f"in {table}:", f"in {table}.keys():", 1)
        yield view.replace("group-dict", statement, statement, text)
    for place in view.places[ast.AugAssign]:
        yield from _counting(view, place)
    for place in view.places[ast.Assign]:
        value = place.node.value
        if (is_call_of(value, "Counter") and len(value.args) == 1) or (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and value.func.attr == "Counter"
            and len(value.args) == 1
        ):
            yield from _counter(view, place, value)


def _counter(view: View, place: Place, value: Any) -> Iterator[Rewrite]:
    use = use_of(view, value)
    name, own = target_of(view, use, ("counts", "freq", "table"))
    items = value.args[0]
    if isinstance(items, ast.Dict) or not own:
        return
    x = view.fresh("x", "item", "c", "key", "word")
    form = view.draw.choice(
        [
            "if {x} in {n}:\n    {n}[{x}] += 1\nelse:\n    {n}[{x}] = 1",
            "if {x} not in {n}:\n    {n}[{x}] = 0\n{n}[{x}] += 1",
            "{n}[{x}] = {n}.get({x}, 0) + 1",
            "if {x} in {n}.keys():\n    {n}[{x}] = {n}[{x}] + 1\nelse:\n    {n}[{x}] = 1",
        ]
    )
    body = indented(form.format(x=x, n=name))
    text = f"{name} = {{}}\nfor {x} in {view.bare(items)}:\n{body}"
    yield prelude(view, "count-dict", use, name, own, text)


def _counting(view: View, place: Place) -> Iterator[Rewrite]:
    """``d[k] += 1`` of a defaultdict of the function."""
    node = place.node
    if not isinstance(node.target, ast.Subscript) or not isinstance(node.target.value, ast.Name):
        return
    name = node.target.value.id
    made = f"{name} = defaultdict(int)"
    if made not in view.text and f"{name} = collections.defaultdict(int)" not in view.text:
        return
    start = next(
        (p for p in view.places[ast.Assign] if f"{name} = " in view.bare_line(p.node)), None
    )
    if start is None or not isinstance(node.op, ast.Add):
        return
    key = view.bare(node.target.slice)
    new = f"if {key} not in {name}:\n    {name}[{key}] = 0\n{view.bare_line(node)}"
    last = next(
        (s for s in start.following if s.lineno <= node.lineno <= (s.end_lineno or 0)), None
    )
    if last is None:
        return
    lines = view.lines[start.node.lineno : (last.end_lineno or 0)]
    at = node.lineno - start.node.lineno - 1
    pad = " " * node.col_offset
    lines[at : at + 1] = [pad + line for line in new.split("\n")]
    depth = start.node.col_offset
    text = stack(f"{name} = {{}}", "\n".join(line[depth:] for line in lines))
    yield view.replace("count-default", start.node, last, text)


def updated(view: View) -> Iterator[Rewrite]:
    """extend() and update(), and sets combined by operators, as loops over the items."""
    for use in view.methods("extend", "update"):
        call, statement = use.node, use.statement
        alone = isinstance(statement, ast.Expr) and statement.value is use.node
        if not alone or len(call.args) != 1:
            continue
        name, items = view.cut(call.func.value), call.args[0]
        x = view.fresh("x", "item", "value", "entry", "e")
        if call.func.attr == "extend":
            if isinstance(items, (ast.GeneratorExp, ast.ListComp)):
                made = view.bare(items)[1:-1]
                element = view.bare(items.elt)
                if len(items.generators) == 1 and not items.generators[0].ifs:
                    clauses = made[len(element) :].strip()
                    text = f"{clauses}:\n    {name}.append({element})"
                    yield view.replace("bulk-extend", statement, statement, text)
                continue
            text = f"for {x} in {view.bare(items)}:\n    {name}.append({x})"
            if view.chance(0.15):
                text = f"{name} = {name} + list({view.bare(items)})"
            yield view.replace("bulk-extend", statement, statement, text)
        elif isinstance(items, (ast.Name, ast.Attribute)):
            text, other = view.bare(items), view.fresh("key", "k", "name")
            value = view.fresh("value", "v", "val")
            text = view.draw.choice(
                [
                    f"for {other} in {text}:\n    {name}[{other}] = {text}[{other}]",
                    f"for {other}, {value} in {text}.items():\n    {name}[{other}] = {value}",
                    f"for {x} in {text}:\n    {name}.add({x})",
                ]
            )
            yield view.replace("bulk-update", statement, statement, text)


def operated(view: View) -> Iterator[Rewrite]:
    """Set operations as comprehensions that ask for each member."""
    for use in view.of(ast.BinOp):
        node = use.node
        if not isinstance(node.op, (ast.BitAnd, ast.Sub)):
            continue
        left, right = node.left, node.right
        if not is_call_of(left, "set") or not left.args:
            continue
        bare = right.args[0] if is_call_of(right, "set") and right.args else right
        x, word = (
            view.fresh("x", "item", "e"),
            "in" if isinstance(node.op, ast.BitAnd) else "not in",
        )
        text = f"set([{x} for {x} in {view.cut(left.args[0])} if {x} {word} {view.cut(bare)}])"
        yield view.instead("set-operation", use, text)
    for use in view.methods("issubset", "isdisjoint", "intersection", "difference", "union"):
        call = use.node
        if len(call.args) != 1:
            continue
        one, other, x = (
            view.cut(call.func.value),
            view.cut(call.args[0]),
            view.fresh("x", "item", "e"),
        )
        form = {
            "issubset": "all({0} in {2} for {0} in {1})",
            "isdisjoint": "not any({0} in {2} for {0} in {1})",
            "intersection": "set([{0} for {0} in {1} if {0} in {2}])",
            "difference": "set([{0} for {0} in {1} if {0} not in {2}])",
            "union": "set(list({1}) + list({2}))",
        }[call.func.attr]
        yield view.instead("set-operation", use, form.format(x, one, other))


def keyed(view: View) -> Iterator[Rewrite]:
    """dict(zip()) and dict.fromkeys() as loops."""
    for use in view.calls("dict"):
        inner: Any = use.node.args[0] if len(use.node.args) == 1 else None
        if not is_call_of(inner, "zip") or len(inner.args) != 2 or not use.once:
            continue
        name, own = target_of(view, use, ("result", "mapping", "table", "d"))
        a, b = map(view.cut, inner.args)
        i, k, v = view.fresh("i", "j", "idx"), view.fresh("k", "key"), view.fresh("v", "value")
        text = f"for {k}, {v} in zip({a}, {b}):\n    {name}[{k}] = {v}"
        if view.chance(0.5) and all(isinstance(one, ast.Name) for one in inner.args):
            text = f"for {i} in range(len({a})):\n    {name}[{a}[{i}]] = {b}[{i}]"
        yield prelude(view, "dict-zip", use, name, own, f"{name} = {{}}\n{text}")
    for use in view.methods("fromkeys"):
        call = use.node
        if getattr(call.func.value, "id", "") != "dict" or not use.once or not call.args:
            continue
        name, own = target_of(view, use, ("result", "mapping", "table", "d"))
        value = view.bare(call.args[1]) if len(call.args) > 1 else "None"
        x = view.fresh("x", "key", "item")
        text = f"{name} = {{}}\nfor {x} in {view.bare(call.args[0])}:\n    {name}[{x}] = {value}"
        if same(call.args[0], call.func.value):
            continue
        yield prelude(view, "dict-fromkeys", use, name, own, text)


FAMILIES = {
    "dict-keys": keys,
    "dict-get": got,
    "group-dict": grouped,
    "bulk-extend": updated,
    "set-operation": operated,
    "dict-zip": keyed,
}

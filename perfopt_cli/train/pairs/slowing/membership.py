"""Sets, dicts and their methods, written as lists, scans and look-ups by hand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.comprehending import prelude, target_of
from perfopt_cli.train.pairs.views import (
    Place,
    Rewrite,
    View,
    indented,
    names_in,
    plain_call,
    same,
    stack,
)

_ASKED = (ast.In, ast.NotIn)
_SIMPLE = (ast.Name, ast.Attribute, ast.Subscript)


def _asked_only(view: View, name: str) -> bool:
    """Tell whether a name is only asked for members, or added to."""
    known = 0
    for use in view.uses.get(ast.Name, ()):
        if use.node.id != name or not isinstance(use.node.ctx, ast.Load):
            continue
        parent = use.parent
        asked = isinstance(parent, ast.Compare) and len(parent.ops) == 1
        if (
            not asked
            or not isinstance(parent.ops[0], _ASKED)
            or parent.comparators[0] is not use.node
        ):
            return False
        known += 1
    return known > 0


def as_list(view: View) -> Iterator[Rewrite]:
    """A set that is made to be asked, as a list; a set asked in a loop, made anew there."""
    for place in view.places[ast.Assign]:
        node, value = place.node, place.node.value
        target = node.targets[0] if len(node.targets) == 1 else None
        if not isinstance(target, ast.Name) or view.sets[target.id] != 1:
            continue
        if not _asked_only(view, target.id):
            continue
        name = target.id
        if isinstance(value, ast.SetComp):
            yield view.instead("set-membership", _use(view, value), f"[{view.bare(value)[1:-1]}]")
        elif isinstance(value, ast.Set):
            text = view.bare(value)[1:-1]
            form = f"[{text}]" if view.chance(0.7) else f"({text},)"
            yield view.instead("set-membership", _use(view, value), form)
        elif _is(value, "set", "frozenset") and len(value.args) == 1:
            inner = view.bare(value.args[0])
            listed = isinstance(value.args[0], (ast.List, ast.ListComp, ast.Tuple))
            if isinstance(value.args[0], ast.GeneratorExp):
                inner, listed = f"[{inner[1:-1]}]", True
            rest = place.following
            if isinstance(value.args[0], ast.Name) and view.chance(0.5):
                # The set goes; its members are asked of what it was made of.
                loop = [n for n in rest[:4] if name in names_in(n)]
                if len(loop) == 1 and value.args[0].id not in view.sets:
                    between = rest[: rest.index(loop[0]) + 1]
                    found = [
                        one
                        for one in ast.walk(loop[0])
                        if isinstance(one, ast.Name) and one.id == name
                    ]
                    if len(found) == view.loads[name]:
                        text = _put(view, between, found, inner)
                        yield view.replace("set-membership", node, loop[0], text)
                        continue
            yield view.instead(
                "set-membership", _use(view, value), inner if listed else f"list({inner})"
            )
    for use in view.of(ast.Compare):
        node = use.node
        if len(node.ops) != 1 or not isinstance(node.ops[0], _ASKED):
            continue
        asked = node.comparators[0]
        if isinstance(asked, (ast.Set, ast.Tuple, ast.List)) and 2 <= len(asked.elts) <= 6:
            yield from _one_of(view, use, asked)


def _one_of(view: View, use: Any, asked: Any) -> Iterator[Rewrite]:
    node, left = use.node, view.cut(use.node.left)
    if isinstance(asked, ast.Set) and view.chance(0.35):
        yield view.instead("one-of", use, f"{left} {_word(node)} [{view.bare(asked)[1:-1]}]")
        return
    if not isinstance(node.left, _SIMPLE) or any(
        isinstance(one, ast.Starred) for one in asked.elts
    ):
        return
    sign, word = ("==", " or ") if isinstance(node.ops[0], ast.In) else ("!=", " and ")
    text = word.join(f"{left} {sign} {view.cut(one)}" for one in asked.elts)
    yield view.instead("one-of", use, text)


def _word(node: ast.Compare) -> str:
    return "in" if isinstance(node.ops[0], ast.In) else "not in"


def _put(view: View, nodes: list[ast.stmt], found: list[ast.Name], new: str) -> str:
    first, last = nodes[0].lineno, nodes[-1].end_lineno or 0
    lines = view.lines[first - 1 : last]
    for one in sorted(found, key=lambda one: -one.col_offset):
        line = lines[one.lineno - first]
        lines[one.lineno - first] = line[: one.col_offset] + new + line[one.end_col_offset :]
    depth = nodes[0].col_offset
    return "\n".join(line[depth:] for line in lines)


def _use(view: View, node: ast.AST) -> Any:
    return next(use for use in view.of(type(node)) if use.node is node)


def _is(node: Any, *names: str) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in names and plain_call(node)


def seen_list(view: View) -> Iterator[Rewrite]:
    """A set of what was seen, grown by add(), as a list grown by append()."""
    for place in view.places[ast.Assign]:
        node = place.node
        target = node.targets[0] if len(node.targets) == 1 else None
        if not isinstance(target, ast.Name) or not _is(node.value, "set") or node.value.args:
            continue
        name = target.id
        if view.sets[name] != 1:
            continue
        added, parts, fine = [], [], True
        for use in view.uses.get(ast.Name, ()):
            if use.node.id != name or use.node is target:
                continue
            parent = use.parent
            if isinstance(parent, ast.Attribute) and parent.attr == "add":
                added.append(parent)
            elif not (isinstance(parent, ast.Compare) and isinstance(parent.ops[0], _ASKED)):
                fine = False
            parts.append(use)
        if not fine or not added or len(parts) == len(added):
            continue
        last = max(use.statement.end_lineno or 0 for use in parts)
        rest = [one for one in place.following if one.lineno <= last]
        lines = [view.lines[node.lineno - 1].replace("set()", "[]")]
        span = view.lines[node.lineno : (rest[-1].end_lineno or 0)] if rest else []
        lines += [line.replace(f"{name}.add(", f"{name}.append(") for line in span]
        text = "\n".join(line[node.col_offset :] for line in lines)
        if rest:
            yield view.replace("seen-set", node, rest[-1], text)


def keys(view: View) -> Iterator[Rewrite]:
    """``k in d`` and loops over a dict by way of keys() or a list of them."""
    for use in view.of(ast.Compare):
        node = use.node
        if len(node.ops) == 1 and isinstance(node.ops[0], _ASKED):
            asked = node.comparators[0]
            if isinstance(asked, (ast.Name, ast.Attribute)) and _table(view, asked):
                form = view.draw.choice(["{}.keys()", "{}.keys()", "list({}.keys())", "list({})"])
                text = f"{view.cut(node.left)} {_word(node)} {form.format(view.bare(asked))}"
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
        if (_is(value, "Counter") and len(value.args) == 1) or (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and value.func.attr == "Counter"
            and len(value.args) == 1
        ):
            yield from _counter(view, place, value)


def _counter(view: View, place: Place, value: Any) -> Iterator[Rewrite]:
    use = _use(view, value)
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
        if not _is(left, "set") or not left.args:
            continue
        bare = right.args[0] if _is(right, "set") and right.args else right
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
        if not _is(inner, "zip") or len(inner.args) != 2 or not use.once:
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
    "set-membership": as_list,
    "seen-set": seen_list,
    "dict-keys": keys,
    "dict-get": got,
    "group-dict": grouped,
    "bulk-extend": updated,
    "set-operation": operated,
    "dict-zip": keyed,
}

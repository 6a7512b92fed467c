"""Comprehensions, written as loops that append."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.common import heads, loop, prelude, target_of
from perfopt_cli.train.pairs.views import Rewrite, Use, View, nest, stored_in

TEMPORARIES = ("value", "val", "item", "current", "tmp", "new", "x", "element")


def list_comprehension(view: View) -> Iterator[Rewrite]:
    """``[f(x) for x in xs]`` as a loop that appends."""
    for use in view.of(ast.ListComp):
        opened = heads(view, use.node.generators) if use.once else None
        if opened is None:
            continue
        name, own = target_of(view, use)
        element = view.bare(use.node.elt)
        form = view.draw.random()
        if form < 0.12 and not isinstance(use.node.elt, ast.Name):
            value = view.fresh(*TEMPORARIES)
            body = f"{value} = {element}\n{name}.append({value})"
        elif form < 0.18:
            body = f"{name} += [{element}]"
        elif form < 0.24:
            body = f"{name} = {name} + [{element}]"
        elif form < 0.27:
            body = f"{name}.insert(len({name}), {element})"
        elif form < 0.30:
            body = f"{name}.extend([{element}])"
        else:
            body = f"{name}.append({element})"
        start = "list()" if view.chance(0.08) else "[]"
        yield prelude(
            view, "list-comprehension", use, name, own, f"{name} = {start}\n{loop(opened, body)}"
        )


def set_comprehension(view: View) -> Iterator[Rewrite]:
    """``{f(x) for x in xs}`` as a loop that adds, or as a set of a list."""
    called = [use for use in view.calls("set") if len(use.node.args) == 1]
    uses: list[tuple[Use, Any]] = [
        *((use, use.node) for use in view.of(ast.SetComp)),
        *((u, u.node.args[0]) for u in called if isinstance(u.node.args[0], ast.GeneratorExp)),
    ]
    for use, made in uses:
        element = view.bare(made.elt)
        clauses = view.bare(made)[1:-1][len(element) :].strip()
        if view.chance(0.4) or not use.once:
            inner = f"[{element} {clauses}]" if view.chance(0.7) else f"{element} {clauses}"
            yield view.instead("set-comprehension", use, f"set({inner})")
            continue
        opened = heads(view, made.generators)
        if opened is None:
            continue
        name, own = target_of(view, use)
        final, start, body = name, "set()", f"{name}.add({element})"
        if view.chance(0.25):
            start, body, final = "[]", f"{name}.append({element})", f"set({name})"
        elif view.chance(0.15):
            body = f"{name} = {name} | {{{element}}}"
        yield prelude(
            view,
            "set-comprehension",
            use,
            name,
            own,
            f"{name} = {start}\n{loop(opened, body)}",
            final,
        )


def dict_comprehension(view: View) -> Iterator[Rewrite]:
    """``{k: v for ...}`` as a loop that assigns, or as a dict of pairs."""
    for use in view.of(ast.DictComp):
        made = use.node
        key, value = view.bare(made.key), view.bare(made.value)
        if view.chance(0.2) or not use.once:
            clauses = view.bare(made)[view.bare(made).index(value) + len(value) : -1].strip()
            if clauses.startswith("for "):
                form = "dict([({}, {}) {}])" if view.chance(0.6) else "dict((({}, {}) {}))"
                yield view.instead("dict-comprehension", use, form.format(key, value, clauses))
                continue
        opened = heads(view, made.generators) if use.once else None
        if opened is None:
            continue
        name, own = target_of(view, use, ("result", "mapping", "table", "d", "out", "lookup"))
        luck = view.draw.random()
        body = f"{name}[{key}] = {value}"
        if luck < 0.12:
            body = f"{name}.update({{{key}: {value}}})"
        elif luck < 0.2:
            kept = view.fresh("key", "k", "name")
            body = f"{kept} = {key}\n{name}[{kept}] = {value}"
        start = "dict()" if view.chance(0.1) else "{}"
        yield prelude(
            view, "dict-comprehension", use, name, own, f"{name} = {start}\n{loop(opened, body)}"
        )


def mapped(view: View) -> Iterator[Rewrite]:
    """``list(map(f, xs))`` as a comprehension, a loop, or a map of a lambda."""
    for outer in ("list", "tuple", "set", "sum", "max", "min"):
        for use in view.calls(outer):
            inner: Any = use.node.args[0] if use.node.args else None
            called = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name)
            if (
                not called
                or inner.func.id != "map"
                or len(inner.args) != 2
                or len(use.node.args) > 1
            ):
                continue
            function, items = inner.args
            if isinstance(function, ast.Lambda):
                continue
            x = view.fresh("x", "item", "v", "e", "s")
            call = f"{view.cut(function)}({x})"
            form = view.draw.random()
            if outer == "list" and use.once and form < 0.45:
                name, own = target_of(view, use)
                text = f"{name} = []\nfor {x} in {view.bare(items)}:\n    {name}.append({call})"
                yield prelude(view, "map-builtin", use, name, own, text)
            elif form < 0.7:
                made = f"[{call} for {x} in {view.cut(items)}]"
                text = made if outer == "list" else f"{outer}({made})"
                yield view.instead("map-builtin", use, text)
            else:
                text = f"{outer}(map(lambda {x}: {call}, {view.bare(items)}))"
                yield view.instead("map-builtin", use, text)


def mapping_lambda(view: View) -> Iterator[Rewrite]:
    """A comprehension over one iterable as map and filter with a lambda."""
    for use in view.of(ast.ListComp):
        made = use.node
        generator = made.generators[0]
        if len(made.generators) > 1 or not isinstance(generator.target, ast.Name):
            continue
        x, items = generator.target.id, view.bare(generator.iter)
        if len(generator.ifs) == 1:
            items = f"filter(lambda {x}: {view.bare(generator.ifs[0])}, {items})"
        elif generator.ifs:
            continue
        plain = isinstance(made.elt, ast.Name) and made.elt.id == x
        if plain and not generator.ifs:
            continue
        text = items if plain else f"map(lambda {x}: {view.bare(made.elt)}, {items})"
        yield view.instead("map-lambda", use, f"list({text})")


def same_items(view: View) -> Iterator[Rewrite]:
    """``list(xs)`` as a comprehension or a loop that takes each item as it is."""
    for kind in ("list", "set", "tuple"):
        for use in view.calls(kind):
            if len(use.node.args) != 1 or isinstance(
                use.node.args[0], (ast.GeneratorExp, ast.Call)
            ):
                continue
            items = view.cut(use.node.args[0])
            x = view.fresh("x", "item", "e", "v", "element")
            if use.once and kind != "tuple" and view.chance(0.6):
                name, own = target_of(view, use)
                start, add = ("[]", "append") if kind == "list" else ("set()", "add")
                text = f"{name} = {start}\nfor {x} in {items}:\n    {name}.{add}({x})"
                yield prelude(view, "same-items", use, name, own, text)
            else:
                form = {"list": "[{0} for {0} in {1}]", "set": "{{{0} for {0} in {1}}}"}
                made = form.get(kind, "tuple([{0} for {0} in {1}])").format(x, items)
                yield view.instead("same-items", use, made)


def flattened(view: View) -> Iterator[Rewrite]:
    """``[x for row in rows for x in row]`` or chain, as concatenation or extend in a loop."""
    for use in view.of(ast.ListComp):
        made = use.node
        if len(made.generators) != 2 or any(one.ifs for one in made.generators) or not use.once:
            continue
        first, second = made.generators
        if not isinstance(made.elt, ast.Name) or not isinstance(second.target, ast.Name):
            continue
        if made.elt.id != second.target.id or not view.own(stored_in([first.target])):
            continue
        name, own = target_of(view, use)
        parts = view.bare(first.target), view.bare(first.iter), view.bare(second.iter)
        yield prelude(view, "flatten", use, name, own, _flat(view, name, *parts))
    for use in view.methods("from_iterable"):
        if len(use.node.args) != 1 or not use.once:
            continue
        rows = view.cut(use.node.args[0])
        row, x = view.fresh("row", "part", "group", "sub"), view.fresh("x", "item", "value")
        if view.chance(0.5):
            yield view.instead("flatten", use, f"[{x} for {row} in {rows} for {x} in {row}]")
        else:
            name, own = target_of(view, use)
            yield prelude(view, "flatten", use, name, own, _flat(view, name, row, rows, row))


def _flat(view: View, name: str, row: str, rows: str, items: str) -> str:
    x = view.fresh("x", "item", "value", "cell")
    body = view.draw.choice(
        [
            f"for {x} in {items}:\n    {name}.append({x})",
            f"for {x} in {items}:\n    {name}.append({x})",
            f"{name} = {name} + list({items})",
            f"{name}.extend({items})",
            f"{name} += {items}",
        ]
    )
    return f"{name} = []\n{nest([f'for {row} in {rows}:'], body)}"


FAMILIES = {
    "list-comprehension": list_comprehension,
    "set-comprehension": set_comprehension,
    "dict-comprehension": dict_comprehension,
    "map-builtin": mapped,
    "map-lambda": mapping_lambda,
    "same-items": same_items,
    "flatten": flattened,
}

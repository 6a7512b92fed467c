"""Loops over items, written as loops over places and keys, or with the parts taken out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.common import INDEXES, is_call, is_plain, target_text
from perfopt_cli.train.pairs.views import Rewrite, View, indented, names_in, stack, stored_in

_SIMPLE = (ast.Name, ast.Attribute)


def _at(view: View, name: str, body: list[ast.stmt], new: str) -> str | None:
    """Return a body in which a name's loads are new text; None where it is set."""
    if name in stored_in(body):
        return None
    first, last = body[0].lineno, body[-1].end_lineno or 0
    lines = view.lines[first - 1 : last]
    found = [
        one
        for node in body
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and one.id == name
    ]
    for one in sorted(found, key=lambda one: (one.lineno, -one.col_offset)):
        line = lines[one.lineno - first]
        lines[one.lineno - first] = line[: one.col_offset] + new + line[one.end_col_offset :]
    depth = body[0].col_offset
    return "\n".join(line[depth:] for line in lines)


def by_index(view: View) -> Iterator[Rewrite]:
    """``for x in xs`` as a loop over range(len(xs)), or a while loop."""
    for place in view.places[ast.For]:
        node = place.node
        if not is_plain(view, place) or not isinstance(node.iter, _SIMPLE):
            continue
        items = view.bare(node.iter)
        index = view.fresh(*INDEXES)
        head = f"for {index} in range(len({items})):"
        if view.chance(0.1):
            head = f"for {index} in range(0, len({items})):"
        single = isinstance(node.target, ast.Name)
        body = None
        if single and names_in(node.iter).isdisjoint(stored_in(node.body)) and view.chance(0.5):
            body = _at(view, node.target.id, node.body, f"{items}[{index}]")
        if body is None:
            body = f"{target_text(view, node.target)} = {items}[{index}]\n{view.block(node.body)}"
        goes_on = any(isinstance(one, ast.Continue) for part in node.body for one in ast.walk(part))
        if view.chance(0.25) and not goes_on:
            new = indented(stack(body, f"{index} += 1"))
            text = f"{index} = 0\nwhile {index} < len({items}):\n{new}"
            yield view.replace("direct-iteration", node, node, text)
        else:
            yield view.replace("direct-iteration", node, node, f"{head}\n{indented(body)}")


def enumerated(view: View) -> Iterator[Rewrite]:
    """enumerate() as range(len()) or a counter by hand."""
    for place in view.places[ast.For]:
        node = place.node
        pair = isinstance(node.target, ast.Tuple) and len(node.target.elts) == 2
        if not is_call(node.iter, "enumerate", 1) or not pair or not is_plain(view, place):
            continue
        index, target = node.target.elts
        items = node.iter.args[0]
        if not isinstance(index, ast.Name) or index.id in stored_in(node.body):
            continue
        i, text, body = index.id, view.bare(items), view.block(node.body)
        goes_on = any(isinstance(one, ast.Continue) for part in node.body for one in ast.walk(part))
        if isinstance(items, _SIMPLE) and view.chance(0.65):
            new = None
            if isinstance(target, ast.Name) and view.chance(0.6):
                new = _at(view, target.id, node.body, f"{text}[{i}]")
            new = new or f"{target_text(view, target)} = {text}[{i}]\n{body}"
            yield view.replace(
                "enumerate", node, node, f"for {i} in range(len({text})):\n{indented(new)}"
            )
        elif not goes_on:
            new = indented(f"{body}\n{i} += 1")
            yield view.replace(
                "enumerate",
                node,
                node,
                f"{i} = 0\nfor {target_text(view, target)} in {text}:\n{new}",
            )


def zipped(view: View) -> Iterator[Rewrite]:
    """zip() as a loop over the places of the first."""
    for place in view.places[ast.For]:
        node = place.node
        pair = isinstance(node.target, ast.Tuple) and len(node.target.elts) == 2
        if not is_call(node.iter, "zip", 2) or not pair or not is_plain(view, place):
            continue
        if not all(isinstance(one, _SIMPLE) for one in node.iter.args):
            continue
        (a, b), (x, y) = map(view.bare, node.iter.args), node.target.elts
        i = view.fresh(*INDEXES)
        count = f"min(len({a}), len({b}))" if view.chance(0.6) else f"len({a})"
        first, second = (target_text(view, one) for one in (x, y))
        body = f"{first} = {a}[{i}]\n{second} = {b}[{i}]\n{view.block(node.body)}"
        if isinstance(x, ast.Name) and isinstance(y, ast.Name) and len(node.body) == 1:
            once = _at(view, x.id, node.body, f"{a}[{i}]")
            if once is not None and y.id not in stored_in(node.body) and y.id not in a:
                inner = View(f"def f():\n{indented(once)}", view.draw)
                body = _at(inner, y.id, inner.root.body, f"{b}[{i}]") or body
        yield view.replace("zip", node, node, f"for {i} in range({count}):\n{indented(body)}")


def of_items(view: View) -> Iterator[Rewrite]:
    """``d.items()`` and ``d.values()`` as look-ups of each key."""
    for place in view.places[ast.For]:
        node = place.node
        if not isinstance(node.iter, ast.Call) or not isinstance(node.iter.func, ast.Attribute):
            continue
        name, table = node.iter.func.attr, node.iter.func.value
        if name not in ("items", "values") or node.iter.args or not isinstance(table, _SIMPLE):
            continue
        if not is_plain(view, place):
            continue
        text, body, value = view.bare(table), view.block(node.body), node.target
        end = ".keys()" if view.chance(0.4) else ""
        if name == "items":
            if not isinstance(node.target, ast.Tuple) or len(node.target.elts) != 2:
                continue
            key, value = target_text(view, node.target.elts[0]), node.target.elts[1]
            if not isinstance(node.target.elts[0], ast.Name):
                continue
        else:
            key = view.fresh("key", "k", "name")
        new = None
        if isinstance(value, ast.Name) and view.chance(0.5):
            new = _at(view, value.id, node.body, f"{text}[{key}]")
        new = new or f"{target_text(view, value)} = {text}[{key}]\n{body}"
        yield view.replace("dict-items", node, node, f"for {key} in {text}{end}:\n{indented(new)}")
    for use in view.of(ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp):
        generator = use.node.generators[0]
        if not _called_method(generator.iter, "items") or not isinstance(
            generator.target, ast.Tuple
        ):
            continue
        table = generator.iter.func.value
        names: list[Any] = generator.target.elts
        if not isinstance(table, _SIMPLE) or not all(isinstance(one, ast.Name) for one in names):
            continue
        if len(names) != 2 or len(use.node.generators) > 1:
            continue
        key, text = names[0].id, view.bare(table)
        parts = [(generator.target, key), (generator.iter, text)]
        parts += [
            (one, f"{text}[{key}]")
            for one in ast.walk(use.node)
            if isinstance(one, ast.Name) and one.id == names[1].id and one is not names[1]
        ]
        yield view.exchange("dict-items", use.statement, parts)


def _called_method(node: Any, name: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and not node.args
        and not node.keywords
    )


def unpacked(view: View) -> Iterator[Rewrite]:
    """``for a, b in pairs`` with the parts taken out one by one."""
    for place in view.places[ast.For]:
        node = place.node
        if not isinstance(node.target, ast.Tuple) or not is_plain(view, place):
            continue
        names: list[Any] = node.target.elts
        if is_call(node.iter, "enumerate", 1) or not all(
            isinstance(one, ast.Name) for one in names
        ):
            continue
        whole = view.fresh("pair", "row", "item", "entry", "record", "t")
        parts = "\n".join(f"{one.id} = {whole}[{n}]" for n, one in enumerate(names))
        body = indented(stack(parts, view.block(node.body)))
        text = f"for {whole} in {view.bare(node.iter)}:\n{body}"
        yield view.replace("unpack", node, node, text)


FAMILIES = {
    "direct-iteration": by_index,
    "enumerate": enumerated,
    "zip": zipped,
    "dict-items": of_items,
    "unpack": unpacked,
}

"""Questions whether something is in a set, asked of lists and by scans."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.views import (
    Rewrite,
    View,
    names_in,
    plain_call,
)

ASKED = (ast.In, ast.NotIn)
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
            or not isinstance(parent.ops[0], ASKED)
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
            yield view.instead("set-membership", use_of(view, value), f"[{view.bare(value)[1:-1]}]")
        elif isinstance(value, ast.Set):
            text = view.bare(value)[1:-1]
            form = f"[{text}]" if view.chance(0.7) else f"({text},)"
            yield view.instead("set-membership", use_of(view, value), form)
        elif is_call_of(value, "set", "frozenset") and len(value.args) == 1:
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
                "set-membership", use_of(view, value), inner if listed else f"list({inner})"
            )
    for use in view.of(ast.Compare):
        node = use.node
        if len(node.ops) != 1 or not isinstance(node.ops[0], ASKED):
            continue
        asked = node.comparators[0]
        if isinstance(asked, (ast.Set, ast.Tuple, ast.List)) and 2 <= len(asked.elts) <= 6:
            yield from _one_of(view, use, asked)


def _one_of(view: View, use: Any, asked: Any) -> Iterator[Rewrite]:
    node, left = use.node, view.cut(use.node.left)
    if isinstance(asked, ast.Set) and view.chance(0.35):
        yield view.instead("one-of", use, f"{left} {word_of(node)} [{view.bare(asked)[1:-1]}]")
        return
    if not isinstance(node.left, _SIMPLE) or any(
        isinstance(one, ast.Starred) for one in asked.elts
    ):
        return
    sign, word = ("==", " or ") if isinstance(node.ops[0], ast.In) else ("!=", " and ")
    text = word.join(f"{left} {sign} {view.cut(one)}" for one in asked.elts)
    yield view.instead("one-of", use, text)


def word_of(node: ast.Compare) -> str:
    """Return the operator of a question for a member."""
    return "in" if isinstance(node.ops[0], ast.In) else "not in"


def _put(view: View, nodes: list[ast.stmt], found: list[ast.Name], new: str) -> str:
    first, last = nodes[0].lineno, nodes[-1].end_lineno or 0
    lines = view.lines[first - 1 : last]
    for one in sorted(found, key=lambda one: -one.col_offset):
        line = lines[one.lineno - first]
        lines[one.lineno - first] = line[: one.col_offset] + new + line[one.end_col_offset :]
    depth = nodes[0].col_offset
    return "\n".join(line[depth:] for line in lines)


def use_of(view: View, node: ast.AST) -> Any:
    """Return the use of a node. Raises StopIteration where the view has none."""
    return next(use for use in view.of(type(node)) if use.node is node)


def is_call_of(node: Any, *names: str) -> bool:
    """Tell whether a node is a plain call of one of these functions."""
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in names and plain_call(node)


def seen_list(view: View) -> Iterator[Rewrite]:
    """A set of what was seen, grown by add(), as a list grown by append()."""
    for place in view.places[ast.Assign]:
        node = place.node
        target = node.targets[0] if len(node.targets) == 1 else None
        if not isinstance(target, ast.Name) or not is_call_of(node.value, "set") or node.value.args:
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
            elif not (isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ASKED)):
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


FAMILIES = {
    "set-membership": as_list,
    "seen-set": seen_list,
}

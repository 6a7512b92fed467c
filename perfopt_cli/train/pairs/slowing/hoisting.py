"""Values worked out once before a loop, or once in a block, worked out again and again."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.views import Place, Rewrite, View, indented, names_in, stack, stored_in

_LOOPS = (ast.For, ast.While)
_WORTH = (ast.Call, ast.Attribute, ast.Subscript, ast.BinOp, ast.Compare, ast.BoolOp)
_EFFECTS = (
    "append",
    "pop",
    "add",
    "remove",
    "popleft",
    "write",
    "read",
    "readline",
    "next",
    "send",
)
_MADE = ("list", "dict", "set", "deque", "defaultdict", "Counter", "iter", "open", "next", "input")


def _quiet(node: ast.AST) -> bool:
    """Tell whether evaluating an expression twice may be the same as once."""
    if isinstance(node, (ast.List, ast.Dict, ast.ListComp, ast.DictComp, ast.Lambda, ast.Await)):
        return False
    for one in ast.walk(node):
        if isinstance(one, (ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Await)):
            return False
        if isinstance(one, ast.Call):
            name = getattr(one.func, "id", getattr(one.func, "attr", ""))
            if name in _EFFECTS or name in _MADE or name[:1].isupper():
                return False
    return True


def _loads(nodes: list[ast.stmt], name: str) -> list[ast.Name]:
    return [
        one
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load)
    ]


def _put(view: View, nodes: list[ast.stmt], found: list[ast.Name], new: str) -> str:
    """Return the text of statements with new text in place of some names."""
    first, last = nodes[0].lineno, nodes[-1].end_lineno or 0
    lines = view.lines[first - 1 : last]
    for one in sorted(found, key=lambda one: -one.col_offset):
        line = lines[one.lineno - first]
        lines[one.lineno - first] = f"{line[: one.col_offset]}{new}{line[one.end_col_offset :]}"
    depth = nodes[0].col_offset
    return "\n".join(line[depth:] for line in lines)


def _single(place: Place) -> str:
    """Return the name that an assignment sets, where it is one."""
    node = place.node
    target = node.targets[0] if len(node.targets) == 1 else None
    return target.id if isinstance(target, ast.Name) else ""


def _family(value: ast.AST) -> str:
    if isinstance(value, ast.Call):
        name = getattr(value.func, "attr", "")
        return "compiled-pattern" if name == "compile" else "hoist-invariant"
    if isinstance(value, (ast.Attribute, ast.Subscript)):
        return "hoist-attribute" if isinstance(value, ast.Attribute) else "hoist-subscript"
    return "hoist-arithmetic"


def before_loop(view: View) -> Iterator[Rewrite]:
    """A value made before a loop and used in it: made where it is used, or at each start."""
    for place in view.places[ast.Assign]:
        name, value = _single(place), place.node.value
        if not name or view.sets[name] != 1 or name in view.params:
            continue
        if not isinstance(value, _WORTH) or not _quiet(value):
            continue
        loops = [n for n in place.following[:6] if _loads([n], name)]
        if len(loops) != 1 or not isinstance(loops[0], _LOOPS) or view.loads[name] > 5:
            continue
        loop: Any = loops[0]
        inside = _loads(loop.body, name)
        if len(inside) != view.loads[name] or stored_in([loop]) & names_in(value):
            continue
        between = place.following[: place.following.index(loop)]
        if stored_in(between) & names_in(value):
            continue
        family, text = _family(value), view.bare(value)
        head = view.lines[loop.lineno - 1].strip()
        other = view.block(between) if between else ""
        if len(inside) < 3 and view.chance(0.65):
            if family == "compiled-pattern" and not _recompiled(inside, loop):
                continue
            body = _put(view, loop.body, inside, view.cut(value))
        else:
            body = stack(f"{name} = {text}", view.block(loop.body))
            family = "hoist-assignment" if family == "hoist-invariant" else family
        tail = ""
        if loop.orelse:
            tail = stack("else:", indented(view.block(loop.orelse)))
        new = stack(other, head, indented(body), tail)
        yield view.replace(family, place.node, loop, new)


def _recompiled(found: list[ast.Name], loop: ast.AST) -> bool:
    return bool(found)


def moved_in(view: View) -> Iterator[Rewrite]:
    """``xs[i]`` read once in an outer loop, read anew in the inner loop; tests likewise."""
    for place in view.places[ast.If]:
        node = place.node
        if node.orelse or len(node.body) != 1 or not isinstance(node.body[0], ast.For):
            continue
        loop: Any = node.body[0]
        if loop.orelse or not _quiet(node.test) or stored_in([loop]) & names_in(node.test):
            continue
        head = view.lines[loop.lineno - 1].strip()
        inner = f"if {view.bare(node.test)}:"
        if len(loop.body) == 1 and isinstance(loop.body[0], ast.If) and not loop.body[0].orelse:
            test = loop.body[0]
            inner = f"if {view.cut(node.test)} and {view.cut(test.test)}:"
            body = view.block(test.body)
        else:
            body = view.block(loop.body)
        text = f"{head}\n    {inner}\n{indented(indented(body))}"
        yield view.replace("hoist-test", node, node, text)


def repeated(view: View) -> Iterator[Rewrite]:
    """A value kept in a variable and used several times, worked out at each use."""
    for place in view.places[ast.Assign]:
        name, value = _single(place), place.node.value
        if not name or view.sets[name] != 1 or name in view.params or not place.following:
            continue
        if not isinstance(value, (ast.Call, ast.Subscript, ast.Attribute)) or not _quiet(value):
            continue
        rest = place.following
        found = _loads(rest, name)
        if not 2 <= len(found) <= 4 or len(found) != view.loads[name]:
            continue
        if stored_in(rest) & names_in(value) or any(isinstance(one, _LOOPS) for one in rest):
            continue
        last = max(found, key=lambda one: (one.lineno, one.col_offset)).lineno
        used = [one for one in rest if one.lineno <= last]
        family = "common-call" if isinstance(value, ast.Call) else "local-value"
        if isinstance(value, ast.Subscript):
            family = "local-subscript"
        text = _put(view, used, found, view.cut(value))
        yield view.replace(family, place.node, used[-1], text)


def methods_kept(view: View) -> Iterator[Rewrite]:
    """A length or a sorted list that is known before a loop, asked for in each round."""
    for place in (*view.places[ast.For], *view.places[ast.While]):
        node = place.node
        before = place.before
        if not isinstance(node, ast.While) or not isinstance(before, ast.Assign):
            continue
        target = before.targets[0]
        if len(before.targets) != 1 or not isinstance(target, ast.Name):
            continue
        found = [
            one for one in ast.walk(node.test) if isinstance(one, ast.Name) and one.id == target.id
        ]
        if not found or target.id in stored_in([node]) or not _quiet(before.value):
            continue
        if view.loads[target.id] != len(found) or not isinstance(before.value, ast.Call):
            continue
        if stored_in(node.body) & names_in(before.value) or view.sets[target.id] != 1:
            continue
        head = view.lines[node.lineno - 1]
        for one in sorted(found, key=lambda one: -one.col_offset):
            value = view.cut(before.value)
            head = f"{head[: one.col_offset]}{value}{head[one.end_col_offset :]}"
        text = stack(head.strip(), indented(view.block(node.body)))
        if not node.orelse:
            yield view.replace("hoist-invariant", before, node, text)


FAMILIES = {
    "hoist": before_loop,
    "hoist-test": moved_in,
    "common-call": repeated,
    "hoist-length": methods_kept,
}

"""Where items go: searched or put in front by hand, added as lists; and truth spelt out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.common import prelude, target_of
from perfopt_cli.train.pairs.views import (
    Rewrite,
    View,
    indented,
    names_in,
    plain_call,
    stack,
    stored_in,
)


def bisected(view: View) -> Iterator[Rewrite]:
    """bisect, heapq, deque and itertools by way of lists."""
    for use in view.of(ast.Call):
        call = use.node
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        args = call.args
        if not plain_call(call):
            continue
        if name in ("bisect_left", "bisect_right", "bisect") and len(args) == 2 and use.once:
            sign = "<" if name == "bisect_left" else "<="
            xs, x, y = view.cut(args[0]), view.cut(args[1]), view.fresh("y", "v", "item", "other")
            at, own = target_of(view, use, ("at", "pos", "index", "i"))
            text = view.draw.choice(
                [
                    f"{at} = 0\nwhile {at} < len({xs}) and {xs}[{at}] {sign} {x}:\n    {at} += 1",
                    f"{at} = sum(1 for {y} in {xs} if {y} {sign} {x})",
                    f"{at} = 0\nfor {y} in {xs}:\n    if {y} {sign} {x}:\n        {at} += 1",
                ]
            )
            yield prelude(view, "bisect", use, at, own, text)
        elif name in ("insort", "insort_left", "insort_right") and len(args) == 2:
            if isinstance(use.statement, ast.Expr) and use.statement.value is call:
                xs, x = map(view.cut, args)
                yield view.replace(
                    "sorted-insert", use.statement, use.statement, f"{xs}.append({x})\n{xs}.sort()"
                )
        elif name in ("nsmallest", "nlargest") and len(args) == 2:
            n, xs = view.bare(args[0]), view.bare(args[1])
            end = ", reverse=True" if name == "nlargest" else ""
            yield view.instead("top-items", use, f"sorted({xs}{end})[:{n}]")
        elif name == "islice" and len(args) == 2 and isinstance(use.parent, (ast.For, ast.Call)):
            yield view.instead("islice", use, f"list({view.bare(args[0])})[:{view.bare(args[1])}]")
        elif name == "popleft" and not args and isinstance(call.func, ast.Attribute):
            yield from _queue(view, use)


def _queue(view: View, use: Any) -> Iterator[Rewrite]:
    queue = use.node.func.value
    if not isinstance(queue, ast.Name):
        return
    for place in view.places[ast.Assign]:
        value = place.node.value
        names = stored_in([place.node])
        made = (
            isinstance(value, ast.Call)
            and getattr(value.func, "id", getattr(value.func, "attr", "")) == "deque"
        )
        if names != {queue.id} or not made or len(value.args) > 1 or value.keywords:
            continue
        start = view.bare(value.args[0]) if value.args else "[]"
        if value.args and not isinstance(value.args[0], (ast.List, ast.ListComp)):
            start = f"list({start})"
        rest = [one for one in place.following if queue.id in names_in(one)]
        last = rest[-1] if rest else place.node
        if queue.id + ".appendleft" in view.text or queue.id + ".rotate" in view.text:
            return
        lines = view.lines[place.node.lineno : (last.end_lineno or 0)]
        lines = [line.replace(f"{queue.id}.popleft()", f"{queue.id}.pop(0)") for line in lines]
        depth = place.node.col_offset
        text = stack(f"{queue.id} = {start}", "\n".join(line[depth:] for line in lines))
        yield view.replace("queue-deque", place.node, last, text)
        return


def kept(view: View) -> Iterator[Rewrite]:
    """What is appended and reversed at the end, put in front each time."""
    for use in view.methods("reverse"):
        statement, name = use.statement, view.cut(use.node.func.value)
        if not isinstance(statement, ast.Expr) or use.loops:
            continue
        found = [one for one in view.methods("append") if view.cut(one.node.func.value) == name]
        place = next((p for p in view.places[ast.Expr] if p.node is statement), None)
        loop = place.before if place else None
        if not found or loop is None or not isinstance(loop, (ast.For, ast.While)):
            continue
        if not all(loop.lineno <= one.node.lineno <= (loop.end_lineno or 0) for one in found):
            continue
        text = view.block([loop]).replace(f"{name}.append(", f"{name}.insert(0, ")
        yield view.replace("insert-front", loop, statement, text)


def appended(view: View) -> Iterator[Rewrite]:
    """append() as addition of a list of one item, += as addition."""
    for use in view.methods("append"):
        statement, call = use.statement, use.node
        if not isinstance(statement, ast.Expr) or not use.loops or len(call.args) != 1:
            continue
        if not isinstance(call.func.value, ast.Name) or not view.chance(0.5):
            continue
        name = call.func.value.id
        if name in view.params or not view.sets[name]:
            continue
        sign = f"{name} = {name} + [" if view.chance(0.6) else f"{name} += ["
        yield view.replace("list-append", statement, statement, f"{sign}{view.bare(call.args[0])}]")


def tested(view: View) -> Iterator[Rewrite]:
    """Truth spelt out: a return of a test by if and else, and by comparisons with None."""
    for place in view.places[ast.Return]:
        value = place.node.value
        if isinstance(value, ast.Compare) and len(value.ops) == 1 and view.chance(0.3):
            text = f"if {view.bare(value)}:\n    return True\nelse:\n    return False"
            yield view.replace("return-test", place.node, place.node, text)
    for place in view.places[ast.Assign]:
        value = place.node.value
        if isinstance(value, ast.Compare) and len(place.node.targets) == 1 and view.chance(0.2):
            t = view.bare(place.node.targets[0])
            body = f"if {view.bare(value)}:\n{indented(f'{t} = True')}\nelse:\n    {t} = False"
            yield view.replace("return-test", place.node, place.node, body)


FAMILIES = {
    "bisect": bisected,
    "insert-front": kept,
    "list-append": appended,
    "return-test": tested,
}

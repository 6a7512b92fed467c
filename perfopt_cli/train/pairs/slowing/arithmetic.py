"""Sums, products, powers and quotients, worked out by hand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.common import prelude, target_of
from perfopt_cli.train.pairs.views import (
    Rewrite,
    View,
    names_in,
    same,
    stored_in,
)


def arithmetic(view: View) -> Iterator[Rewrite]:
    """Squares as powers; choices and updates by min() and max(); divmod(); math by hand."""
    for use in view.of(ast.BinOp):
        node = use.node
        plain = isinstance(node.left, (ast.Name, ast.Attribute, ast.Subscript))
        if plain and isinstance(node.op, ast.Mult) and same(node.left, node.right):
            form = "{} ** 2" if view.chance(0.75) else "pow({}, 2)"
            yield view.instead("square", use, form.format(view.bare(node.left)))
    for use in view.of(ast.IfExp):
        node = use.node
        test = node.test
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            continue
        a, b, sign = test.left, test.comparators[0], type(test.ops[0])
        if sign not in (ast.Lt, ast.LtE, ast.Gt, ast.GtE):
            continue
        less = sign in (ast.Lt, ast.LtE)
        if same(node.body, a) and same(node.orelse, b):
            name = "min" if less else "max"
        elif same(node.body, b) and same(node.orelse, a):
            name = "max" if less else "min"
        else:
            continue
        yield view.instead("extreme-choice", use, f"{name}({view.bare(a)}, {view.bare(b)})")
    for place in view.places[ast.If]:
        yield from _updated(view, place.node)
    for name in ("sqrt", "gcd", "prod", "hypot", "factorial", "comb", "isqrt", "fabs"):
        for use in view.methods(name):
            if getattr(use.node.func.value, "id", "") == "math":
                yield from _by_hand(view, use, name)
    for use in view.calls("abs"):
        inner = use.node.args[0] if len(use.node.args) == 1 else None
        if isinstance(inner, ast.Name):
            yield view.instead("absolute", use, f"{inner.id} if {inner.id} >= 0 else -{inner.id}")
    for use in view.calls("pow"):
        if len(use.node.args) == 3:
            base, power, modulo = map(view.cut, use.node.args)
            yield view.instead("power-modulo", use, f"{base} ** {power} % {modulo}")


def _updated(view: View, node: Any) -> Iterator[Rewrite]:
    if node.orelse or len(node.body) != 1 or not isinstance(node.body[0], ast.Assign):
        return
    test, step = node.test, node.body[0]
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or len(step.targets) != 1:
        return
    target, value, sign = step.targets[0], step.value, type(test.ops[0])
    if not isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)):
        return
    if sign not in (ast.Lt, ast.LtE, ast.Gt, ast.GtE):
        return
    left, right = view.bare(test.left), view.bare(test.comparators[0])
    t, v = view.bare(target), view.bare(value)
    less = sign in (ast.Lt, ast.LtE)
    if (left, right) == (v, t):
        name = "min" if less else "max"
    elif (left, right) == (t, v):
        name = "max" if less else "min"
    else:
        return
    order = f"{t}, {v}" if view.chance(0.7) else f"{v}, {t}"
    yield view.replace("extreme-update", node, node, f"{t} = {name}({order})")


def _by_hand(view: View, use: Any, name: str) -> Iterator[Rewrite]:
    args = [view.cut(one) for one in use.node.args]
    if name == "sqrt":
        yield view.instead("math-call", use, f"{args[0]} ** 0.5")
    elif name == "fabs":
        yield view.instead("math-call", use, f"abs(float({args[0]}))")
    elif name == "gcd" and len(args) == 2 and use.once:
        out, own = target_of(view, use, ("a", "g", "x"))
        b = view.fresh("b", "rest", "y")
        text = f"{out}, {b} = {args[0]}, {args[1]}\nwhile {b}:\n    {out}, {b} = {b}, {out} % {b}"
        yield prelude(view, "euclid", use, out, own, text)
    elif name == "prod" and len(args) == 1 and use.once:
        out, own = target_of(view, use, ("product", "total", "p"))
        x = view.fresh("x", "v", "factor")
        text = f"{out} = 1\nfor {x} in {args[0]}:\n    {out} *= {x}"
        yield prelude(view, "int-product", use, out, own, text)
    elif name == "factorial" and use.once:
        out, own = target_of(view, use, ("product", "f", "total"))
        i = view.fresh("i", "k")
        text = f"{out} = 1\nfor {i} in range(2, {args[0]} + 1):\n    {out} *= {i}"
        yield prelude(view, "factorial", use, out, own, text)
    elif name == "comb" and len(args) == 2:
        n, k = args
        text = f"math.factorial({n}) // (math.factorial({k}) * math.factorial({n} - {k}))"
        yield view.instead("math-call", use, text)


def quotients(view: View) -> Iterator[Rewrite]:
    """A quotient and a remainder one after the other, by divmod(); a remainder by a product."""
    for place in view.places[ast.Assign]:
        after = place.following
        if not after or not isinstance(after[0], ast.Assign):
            continue
        pair = [place.node, after[0]]
        signs = [getattr(one.value, "op", None) for one in pair]
        kinds = [type(sign) for sign in signs]
        if sorted(kind.__name__ for kind in kinds) != ["FloorDiv", "Mod"]:
            continue
        values = [one.value for one in pair]
        if not same(values[0].left, values[1].left) or not same(values[0].right, values[1].right):
            continue
        if stored_in([pair[0]]) & names_in(values[0]):
            continue
        targets = [view.bare(one.targets[0]) for one in pair]
        if kinds[0] is ast.Mod:
            targets.reverse()
        parts = f"{view.bare(values[0].left)}, {view.bare(values[0].right)}"
        text = f"{targets[0]}, {targets[1]} = divmod({parts})"
        yield view.replace("divmod-parts", pair[0], pair[1], text)
    for use in view.calls("divmod"):
        if len(use.node.args) == 2 and isinstance(use.statement, ast.Assign):
            statement = use.statement
            target = statement.targets[0]
            a, b = map(view.cut, use.node.args)
            if statement.value is not use.node or not isinstance(target, ast.Tuple):
                continue
            q, r = map(view.bare, target.elts) if len(target.elts) == 2 else ("", "")
            if q and q not in names_in(use.node):
                text = f"{q} = {a} // {b}\n{r} = {a} - {a} // {b} * {b}"
                yield view.replace("remainder", statement, statement, text)


FAMILIES = {
    "arithmetic": arithmetic,
    "divmod-parts": quotients,
}

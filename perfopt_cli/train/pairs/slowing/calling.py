"""Calls of the standard library, written by hand or by a call that does more than is needed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.comprehending import prelude, target_of
from perfopt_cli.train.pairs.views import (
    Rewrite,
    View,
    indented,
    names_in,
    plain_call,
    same,
    stack,
    stored_in,
)

_SIMPLE = (ast.Name, ast.Attribute)
_OPERATORS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=",
    "and_": "&", "or_": "|", "xor": "^",
}  # fmt: skip


def getters(view: View) -> Iterator[Rewrite]:
    """itemgetter, attrgetter and functions of operator as lambdas; a function in a lambda."""
    for use in view.of(ast.Call):
        call = use.node
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if name not in ("itemgetter", "attrgetter", "methodcaller") or not plain_call(call):
            continue
        x = view.fresh("x", "item", "t", "row", "pair")
        if name == "itemgetter":
            taken = ", ".join(f"{x}[{view.bare(one)}]" for one in call.args)
        else:
            names = [str(one.value) for one in call.args if isinstance(one, ast.Constant)]
            if len(names) != len(call.args):
                continue
            end = "()" if name == "methodcaller" else ""
            taken = ", ".join(f"{x}.{one}{end}" for one in names)
        yield view.instead(
            "key-getter", use, f"lambda {x}: {taken if len(call.args) == 1 else f'({taken})'}"
        )
    for use in view.of(ast.Attribute):
        node = use.node
        known = isinstance(node.value, ast.Name) and node.value.id == "operator"
        if known and node.attr in _OPERATORS and getattr(use.parent, "func", None) is not node:
            a, b = view.fresh("a", "x"), view.fresh("b", "y")
            yield view.instead(
                "operator-function", use, f"lambda {a}, {b}: {a} {_OPERATORS[node.attr]} {b}"
            )
    for use in view.of(ast.Call):
        for keyword in use.node.keywords:
            value = keyword.value
            if keyword.arg == "key" and isinstance(value, (ast.Name, ast.Attribute)):
                x = view.fresh("x", "item", "e", "v")
                new = f"lambda {x}: {view.bare(value)}({x})"
                if not (isinstance(value, ast.Name) and value.id in view.params):
                    yield view.exchange("lambda-wrapper", use.statement, [(value, new)])


def sorted_by_hand(view: View) -> Iterator[Rewrite]:
    """sorted() with more than is needed: a list first, a reversed result, a negative key."""
    for use in view.of(ast.Call):
        call = use.node
        if getattr(call.func, "id", "") != "sorted" or len(call.args) != 1:
            continue
        items, keys = call.args[0], {one.arg: one.value for one in call.keywords}
        if isinstance(items, (ast.Starred, ast.GeneratorExp)):
            continue
        rest = "".join(
            f", {one.arg}={view.bare(one.value)}" for one in call.keywords if one.arg != "reverse"
        )
        backwards = isinstance(keys.get("reverse"), ast.Constant) and keys["reverse"].value is True
        text = view.bare(items)
        if backwards and view.chance(0.8):
            x = view.fresh("x", "item", "v")
            form = (
                f"sorted({text}{rest})[::-1]"
                if view.chance(0.6)
                else f"list(reversed(sorted({text}{rest})))"
            )
            if "key" in keys and isinstance(keys["key"], ast.Lambda) and view.chance(0.4):
                key = keys["key"]
                x = view.bare(key.args.args[0])
                form = f"sorted({text}, key=lambda {x}: -{view.cut(key.body)})"
            elif "key" not in keys and view.chance(0.4):
                form = f"sorted({text}, key=lambda {x}: -{x})"
            yield view.instead("negative-key", use, form)
        elif view.chance(0.35):
            yield view.instead("redundant-copy", use, f"sorted(list({text}){rest})")
        elif (
            "reverse" not in keys
            and use.once
            and isinstance(items, (ast.Name, ast.Attribute))
            and not keys
        ):
            yield from _sort_loop(view, use, text)


def _sort_loop(view: View, use: Any, items: str) -> Iterator[Rewrite]:
    name, own = target_of(view, use, ("ordered", "arr", "result", "out"))
    i, j, n = view.fresh("i", "a"), view.fresh("j", "b"), view.fresh("n", "size", "count")
    swap = f"{name}[{j}], {name}[{j} + 1] = {name}[{j} + 1], {name}[{j}]"
    bubble = (
        f"{name} = list({items})\n{n} = len({name})\nfor {i} in range({n}):\n"
        f"    for {j} in range({n} - {i} - 1):\n"
        f"        if {name}[{j}] > {name}[{j} + 1]:\n            {swap}"
    )
    swap = f"{name}[{i}], {name}[{j}] = {name}[{j}], {name}[{i}]"
    select = (
        f"{name} = list({items})\nfor {i} in range(len({name})):\n"
        f"    for {j} in range({i} + 1, len({name})):\n"
        f"        if {name}[{j}] < {name}[{i}]:\n            {swap}"
    )
    insertion = (
        f"{name} = list({items})\nfor {i} in range(1, len({name})):\n    {j} = {i}\n"
        f"    while {j} > 0 and {name}[{j} - 1] > {name}[{j}]:\n"
        f"        {name}[{j} - 1], {name}[{j}] = {name}[{j}], {name}[{j} - 1]\n        {j} -= 1"
    )
    text = view.draw.choice([bubble, select, insertion])
    yield prelude(view, "sorting-loop", use, name, own, text)


def copies(view: View) -> Iterator[Rewrite]:
    """A copy of what is only read."""
    for name in ("len", "sum", "max", "min", "set", "any", "all", "tuple", "list"):
        for use in view.calls(name):
            plain = len(use.node.args) == 1 and isinstance(use.node.args[0], _SIMPLE)
            if plain and (view.chance(0.4) or name == "len"):
                new = f"{name}(list({view.bare(use.node.args[0])}))"
                yield view.instead("redundant-copy", use, new)
    for use in view.methods("copy"):
        if not use.node.args and isinstance(use.node.func.value, (ast.Name, ast.Attribute)):
            if isinstance(use.node.func.value, ast.Name) and use.node.func.value.id == "copy":
                continue
            yield view.instead(
                "shallow-copy", use, f"copy.deepcopy({view.bare(use.node.func.value)})"
            )
        elif use.node.args and view.bare(use.node.func) == "copy.copy":
            yield view.instead("shallow-copy", use, f"copy.deepcopy({view.bare(use.node.args[0])})")


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
    "key-getter": getters,
    "negative-key": sorted_by_hand,
    "redundant-copy": copies,
    "arithmetic": arithmetic,
    "divmod-parts": quotients,
    "bisect": bisected,
    "insert-front": kept,
    "list-append": appended,
    "return-test": tested,
}

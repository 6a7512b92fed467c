"""Calls of the standard library, written by hand or by a call that does more than is needed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.common import prelude, target_of
from perfopt_cli.train.pairs.views import (
    Rewrite,
    View,
    plain_call,
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


FAMILIES = {
    "key-getter": getters,
    "negative-key": sorted_by_hand,
    "redundant-copy": copies,
}

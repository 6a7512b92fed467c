"""Calls that reduce an iterable to one value, written as loops with a running value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from perfopt_cli.train.pairs.slowing.common import heads, loop, prelude, target_of
from perfopt_cli.train.pairs.views import Rewrite, Use, View, nest

_MADE = (ast.GeneratorExp, ast.ListComp)
TOTALS = ("total", "s", "acc", "count", "res", "summed", "amount")
FLAGS = ("found", "flag", "ok", "seen", "hit", "result", "match", "exists")


def _over(view: View, *names: str) -> Iterator[tuple[str, Use, Any]]:
    """Yield calls of a builtin with one comprehension, and that."""
    for name in names:
        for use in view.calls(name):
            if len(use.node.args) == 1 and isinstance(use.node.args[0], _MADE):
                yield name, use, use.node.args[0]


def answered(view: View) -> Iterator[Rewrite]:
    """any() and all() as a loop that sets a flag, goes on, or makes a list first."""
    for name, use, made in _over(view, "any", "all"):
        text = view.bare(made)[1:-1]
        family = f"{name}-flag"
        form = view.draw.random()
        if form < 0.2 and isinstance(made, ast.GeneratorExp):
            yield view.instead(family, use, f"{name}([{text}])")
            continue
        element, test = view.bare(made.elt), view.cut(made.elt)
        clauses = text[len(element) :].strip()
        if form < 0.3 and len(made.generators) == 1 and not made.generators[0].ifs:
            answer = f"len([1 {clauses} if {test}]) > 0"
            if name == "all":
                answer = f"len([1 {clauses} if not {test}]) == 0"
            yield view.instead(family, use, answer)
            continue
        opened = heads(view, made.generators) if use.once else None
        if opened is None:
            continue
        flag, own = target_of(view, use, FLAGS)
        first, last = ("False", "True") if name == "any" else ("True", "False")
        head = f"if {test}:" if name == "any" else f"if not {test}:"
        body = f"{head}\n    {flag} = {last}"
        if form < 0.4 and name == "any":
            body = f"{flag} = {flag} or {test}"
        elif form < 0.4:
            body = f"{flag} = {flag} and {test}"
        yield prelude(view, family, use, flag, own, f"{flag} = {first}\n{loop(opened, body)}")


def summed(view: View) -> Iterator[Rewrite]:
    """sum() as a loop that adds, or of a list; counts as a loop or the length of a list."""
    for _, use, made in _over(view, "sum"):
        element = view.bare(made.elt)
        one = isinstance(made.elt, ast.Constant) and made.elt.value == 1
        family = "count-items" if one else "sum-loop"
        clauses = view.bare(made)[1:-1][len(element) :].strip()
        if view.chance(0.2) or not use.once:
            text = f"len([1 {clauses}])" if one else f"sum([{element} {clauses}])"
            yield view.instead(family, use, text)
            continue
        opened = heads(view, made.generators)
        if opened is None:
            continue
        name, own = target_of(view, use, TOTALS)
        step = f"{name} += {element}" if view.chance(0.8) else f"{name} = {name} + {element}"
        yield prelude(view, family, use, name, own, f"{name} = 0\n{loop(opened, step)}")
    for use in view.calls("sum"):
        items = use.node.args[0] if len(use.node.args) == 1 else None
        if use.once and isinstance(items, (ast.Name, ast.Attribute, ast.Subscript)):
            name, own = target_of(view, use, TOTALS)
            x, text = view.fresh("x", "v", "value", "item"), view.bare(items)
            head, value = f"for {x} in {text}:", x
            if view.chance(0.3) and not isinstance(items, ast.Subscript):
                head, value = f"for {x} in range(len({text})):", f"{text}[{x}]"
            yield prelude(
                view,
                "sum-loop",
                use,
                name,
                own,
                f"{name} = 0\n{nest([head], f'{name} += {value}')}",
            )


def counted(view: View) -> Iterator[Rewrite]:
    """``xs.count(v)``, and the length of a filtered list, as a counting loop."""
    for use in view.methods("count"):
        if len(use.node.args) != 1:
            continue
        items, wanted = view.cut(use.node.func.value), view.cut(use.node.args[0])
        x = view.fresh("x", "c", "item", "ch", "v")
        if view.chance(0.4) or not use.once:
            form = view.draw.choice(
                ["sum(1 for {0} in {1} if {0} == {2})", "len([{0} for {0} in {1} if {0} == {2}])"]
            )
            yield view.instead("value-count", use, form.format(x, items, wanted))
            continue
        name, own = target_of(view, use, ("count", "n", "total", "times", "num"))
        body = f"if {x} == {wanted}:\n    {name} += 1"
        text = f"{name} = 0\n{nest([f'for {x} in {items}:'], body)}"
        yield prelude(view, "value-count", use, name, own, text)
    for _, use, made in _over(view, "len"):
        opened = heads(view, made.generators) if use.once else None
        if opened is not None:
            name, own = target_of(view, use, ("count", "n", "total", "num"))
            text = f"{name} = 0\n{loop(opened, f'{name} += 1')}"
            yield prelude(view, "count-items", use, name, own, text)


def extremes(view: View) -> Iterator[Rewrite]:
    """min() and max() of an iterable by sorting it, or by a loop that compares."""
    for use in view.of(ast.Call):
        call = use.node
        if not isinstance(call.func, ast.Name) or call.func.id not in ("min", "max"):
            continue
        keys = {keyword.arg: keyword.value for keyword in call.keywords}
        if len(call.args) != 1 or call.func.id in view.bound or not keys.keys() <= {"key"}:
            continue
        if isinstance(call.args[0], ast.Starred):
            continue
        items = view.bare(call.args[0])
        if isinstance(call.args[0], ast.GeneratorExp):
            items = items[1:-1] if not keys else items
        least = call.func.id == "min"
        key = f", key={view.bare(keys['key'])}" if keys else ""
        if view.chance(0.45) or not use.once or keys:
            end = "[0]" if least else "[-1]"
            if not least and view.chance(0.4):
                key, end = f"{key}, reverse=True", "[0]"
            yield view.instead("sorted-extreme", use, f"sorted({items}{key}){end}")
            continue
        if isinstance(call.args[0], ast.Name):
            name, own = target_of(view, use, ("best", "lowest" if least else "highest", "m", "top"))
            x = view.fresh("x", "v", "value", "item")
            sign = "<" if least else ">"
            body = f"if {x} {sign} {name}:\n    {name} = {x}"
            if view.chance(0.5):
                body = f"{name} = {call.func.id}({name}, {x})"
            text = f"{name} = {items}[0]\n{nest([f'for {x} in {items}:'], body)}"
            yield prelude(view, "extremes", use, name, own, text)


def first_match(view: View) -> Iterator[Rewrite]:
    """``next(x for ... if ...)`` as the first of a list, or a loop without a break."""
    for use in view.of(ast.Call):
        call = use.node
        if not isinstance(call.func, ast.Name) or call.func.id != "next" or not plain(call):
            continue
        if not call.args or not isinstance(call.args[0], ast.GeneratorExp):
            continue
        made = call.args[0]
        text = view.bare(made)[1:-1]
        if len(call.args) == 1:
            yield view.instead("first-match", use, f"[{text}][0]")
        elif use.once:
            found = view.fresh("found", "matches", "candidates", "hits")
            new = f"{found}[0] if {found} else {view.cut(call.args[1])}"
            yield view.instead("first-match", use, new, f"{found} = [{text}]")


def plain(call: ast.Call) -> bool:
    """Tell whether a call has no keywords."""
    return not call.keywords


def joined(view: View) -> Iterator[Rewrite]:
    """``sep.join(...)`` as text that grows in a loop."""
    for use in view.methods("join"):
        separator, call = use.node.func.value, use.node
        if len(call.args) != 1 or not isinstance(separator, (ast.Constant, ast.Name)):
            continue
        if isinstance(separator, ast.Constant) and not isinstance(separator.value, str):
            continue
        made = call.args[0]
        if isinstance(made, ast.ListComp) and view.chance(0.2):
            new = f"{view.cut(separator)}.join({view.bare(made)[1:-1]})"
            yield view.instead("eager-generator", use, new)
            continue
        if not use.once:
            continue
        name, own = target_of(view, use, ("text", "s", "out", "result", "string", "line", "buf"))
        if isinstance(made, _MADE):
            opened, piece = heads(view, made.generators), view.bare(made.elt)
        else:
            x = view.fresh("x", "part", "item", "word", "piece", "ch")
            opened, piece = [f"for {x} in {view.bare(made)}:"], x
        if opened is None:
            continue
        yield _grown(view, use, name, own, opened, piece)


def _grown(view: View, use: Use, name: str, own: bool, opened: list[str], piece: str) -> Rewrite:
    separator = use.node.func.value
    sign = view.cut(separator)
    add = f"{name} += {piece}" if view.chance(0.75) else f"{name} = {name} + {piece}"
    if isinstance(separator, ast.Constant) and separator.value == "":
        text = f"{name} = ''\n{loop(opened, add)}"
        return prelude(view, "string-join", use, name, own, text)
    if isinstance(separator, ast.Constant) and view.chance(0.4):
        step = loop(opened, f"{name} += {piece} + {sign}")
        end = f"{name}[:-{len(str(separator.value))}]"
        return prelude(view, "string-join", use, name, own, f"{name} = ''\n{step}", end)
    if view.chance(0.5):
        first = view.fresh("first", "start", "initial")
        body = f"if not {first}:\n    {name} += {sign}\n{first} = False\n{add}"
        text = f"{name} = ''\n{first} = True\n{loop(opened, body)}"
    else:
        body = f"if {name}:\n    {name} += {sign}\n{add}"
        text = f"{name} = ''\n{loop(opened, body)}"
    return prelude(view, "string-join", use, name, own, text)


def eager(view: View) -> Iterator[Rewrite]:
    """A list that a call uses up at once, as a generator."""
    for name in ("tuple", "sum", "sorted", "set", "max", "min", "list"):
        for use in view.calls(name):
            if len(use.node.args) == 1 and isinstance(use.node.args[0], ast.ListComp):
                text = view.bare(use.node.args[0])[1:-1]
                yield view.instead("generator-list", use, f"{name}({text})")


def answer_loop(view: View) -> Iterator[Rewrite]:
    """A loop that returns at the first match, as any() or all() of a generator, or with a flag."""
    for place in view.places[ast.For]:
        node, after = place.node, place.following
        if len(node.body) != 1 or not isinstance(node.body[0], ast.If) or node.orelse:
            continue
        test = node.body[0]
        answers = [test.body[0], after[0] if after else None]
        if test.orelse or len(test.body) != 1 or len(after) < 1:
            continue
        values: list[Any] = [
            one.value.value
            for one in answers
            if isinstance(one, ast.Return) and isinstance(one.value, ast.Constant)
        ]
        if [type(one) for one in values] != [bool, bool] or values[0] == values[1]:
            continue
        items, target = view.bare(node.iter), view.bare(node.target)
        if isinstance(node.target, ast.Tuple) and target.startswith("("):
            target = target[1:-1]
        asked, name = view.bare(test.test), "any"
        if not values[0]:
            name, asked = "all", f"not {view.cut(test.test)}"
            if isinstance(test.test, ast.UnaryOp) and isinstance(test.test.op, ast.Not):
                asked = view.bare(test.test.operand)
        if view.chance(0.5):
            text = f"return {name}({asked} for {target} in {items})"
        else:
            flag = view.fresh(*FLAGS)
            head = [f"for {target} in {items}:", f"if {view.bare(test.test)}:"]
            text = f"{flag} = {values[1]}\n{nest(head, f'{flag} = {values[0]}')}\nreturn {flag}"
        yield view.replace("answer-loop", node, after[0], text)


FAMILIES = {
    "any-all": answered,
    "sum": summed,
    "count": counted,
    "extremes": extremes,
    "first-match": first_match,
    "string-join": joined,
    "generator-list": eager,
    "answer-loop": answer_loop,
}

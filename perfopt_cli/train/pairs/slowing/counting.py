"""Loops that count by hand, go on after the match, or are two for one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from perfopt_cli.train.pairs.slowing.common import is_call, is_plain, target_text
from perfopt_cli.train.pairs.views import Rewrite, View, indented, names_in, stack, stored_in


def counting_while(view: View) -> Iterator[Rewrite]:
    """A for loop over a range as a while loop with a counter."""
    for place in view.places[ast.For]:
        node = place.node
        if not isinstance(node.target, ast.Name) or not is_plain(view, place):
            continue
        ends = next((n for n in (1, 2, 3) if is_call(node.iter, "range", n)), 0)
        walked = [one for part in node.body for one in ast.walk(part)]
        if not ends or any(isinstance(one, ast.Continue) for one in walked):
            continue
        i, parts = node.target.id, [view.bare(one) for one in node.iter.args]
        if i in stored_in(node.body) or (ends == 3 and not parts[2].isdigit()):
            continue
        start, stop, step = [("0", parts[0], "1"), (*parts, "1"), tuple(parts)][ends - 1]
        body = indented(f"{view.block(node.body)}\n{i} += {step}")
        text = f"{i} = {start}\nwhile {i} < {stop}:\n{body}"
        yield view.replace("while-range", node, node, text)


def without_break(view: View) -> Iterator[Rewrite]:
    """A loop that ends at the first match, as one that goes on to the end."""
    for place in view.places[ast.For]:
        node = place.node
        if not is_plain(view, place) or len(node.body) != 1 or not isinstance(node.body[0], ast.If):
            continue
        test = node.body[0]
        if test.orelse or not test.body or not isinstance(test.body[-1], (ast.Break, ast.Return)):
            continue
        head = f"for {target_text(view, node.target)} in {view.bare(node.iter)}:"
        asked, last = view.bare(test.test), test.body[-1]
        if isinstance(last, ast.Break) and len(test.body) > 1:
            inner = view.block(test.body[:-1])
            values = [one.value for one in test.body[:-1] if isinstance(one, ast.Assign)]
            if len(values) != len(test.body) - 1:
                continue
            if all(isinstance(one, ast.Constant) for one in values):
                text = f"{head}\n    if {asked}:\n{indented(indented(inner))}"
            else:
                flag = view.fresh("done", "found", "seen", "stop")
                body = indented(stack(inner, f"{flag} = True"))
                both = f"if not {flag} and {view.cut(test.test)}:\n{body}"
                text = f"{flag} = False\n{head}\n{indented(both)}"
            yield view.replace("flag-break", node, node, text)
        elif isinstance(last, ast.Return) and len(test.body) == 1 and last.value is not None:
            after = place.following
            if not after or not isinstance(after[0], ast.Return) or after[0].value is None:
                continue
            found, other = (
                view.fresh("found", "result", "match", "answer"),
                view.bare(after[0].value),
            )
            value = view.bare(last.value)
            guard = asked
            if not isinstance(last.value, ast.Constant):
                if other != "None":
                    continue
                guard = f"{found} is None and {view.cut(test.test)}"
            body = f"    if {guard}:\n        {found} = {value}"
            text = f"{found} = {other}\n{head}\n{body}\nreturn {found}"
            yield view.replace("flag-break", node, after[0], text)


def split_loops(view: View) -> Iterator[Rewrite]:
    """One loop that does two things, as two loops."""
    for place in view.places[ast.For]:
        node = place.node
        if not is_plain(view, place) or not 2 <= len(node.body) <= 4:
            continue
        simple = (ast.If, ast.Expr, ast.Assign, ast.AugAssign)
        walked = [one for part in node.body for one in ast.walk(part)]
        if not all(isinstance(one, simple) for one in node.body):
            continue
        if any(isinstance(one, (ast.Break, ast.Continue, ast.Return, ast.Yield)) for one in walked):
            continue
        at = view.draw.randrange(1, len(node.body))
        first, second = node.body[:at], node.body[at:]
        touched = [_touched(part) for part in (first, second)]
        if touched[0] & names_in(*second) or touched[1] & names_in(*first):
            continue
        if not touched[0] or not touched[1]:
            continue
        head = f"for {target_text(view, node.target)} in {view.bare(node.iter)}:"
        bodies = [f"{head}\n{indented(view.block(part))}" for part in (first, second)]
        yield view.replace("loop-fusion", node, node, "\n".join(bodies))


def _read(node: ast.Subscript | ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Load)


def _touched(nodes: list[ast.stmt]) -> set[str]:
    """Return the names that statements set, or on whose objects they call or store."""
    touched = stored_in(nodes)
    for node in nodes:
        for one in ast.walk(node):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
                touched |= names_in(one.func.value)
            elif isinstance(one, (ast.Subscript, ast.Attribute)) and not _read(one):
                touched |= names_in(one.value)
    return touched


FAMILIES = {
    "while-range": counting_while,
    "flag-break": without_break,
    "loop-fusion": split_loops,
}

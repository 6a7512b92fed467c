"""Counting into a new dict by hand becomes a Counter, turned back into a dict.

A Counter keeps the keys, their order and the ints just as the loop would.
The counted items must provably be hashable basic values.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.arithmetic import index_of
from perfopt_cli.model.rules.analysis.kinds import REITERABLE, is_flat, is_key
from perfopt_cli.model.rules.analysis.tree import lines
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.loops import Start, is_empty, start_of, unpacked
from perfopt_cli.model.rules.patterns import reads
from perfopt_cli.model.rules.text import clause, code, line, merged

NAME = "count-dict"
SUMMARY = "counting into a dict by hand becomes a Counter"
EXAMPLE = Example(
    before="""\
def f(words: list[str]) -> dict[str, int]:
    counts = {}
    for word in words:
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
    return counts
""",
    call="([f'word {i % 50}' for i in range(3000)],)",
    safe=(
        "The counted items are immutable basic values whose computation can neither fail nor "
        "have an effect, the dict is new, and the loop does nothing else, is in no `try`, and "
        "its variables are not read after it."
    ),
    pays="There are more than a few hundred items, and many are counted more than once.",
)
_FORMS = (
    ("if k in d: d[k] += 1\nelse: d[k] = 1",),
    ("if k not in d: d[k] = 1\nelse: d[k] += 1",),
    ("if k not in d: d[k] = 0", "d[k] += 1"),
    ("d[k] = d.get(k, 0) + 1",),
    ("d[k] = 1 + d.get(k, 0)",),
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    counter = context.imported("collections", "Counter")
    if counter is None or not context.builtin("dict"):
        return
    for loop in context.tree.owned(cst.For):
        if loop.orelse or loop.asynchronous or context.tree.guarded(loop):
            continue
        targets = [context.names.of(part) for part in unpacked(loop.target)]
        confined = all(part and context.flow.confined(part, loop) for part in targets)
        if not confined or not isinstance(context.tree.parent[loop], cst.IndentedBlock):
            continue
        found = _counted(context, loop)
        if found is not None:
            start, key = found
            new = f"{start.head} = dict({counter[0]}({_items(context, loop, key)}))"
            yield Change(
                replace={loop: merged(line(new), [start.statement, loop])},
                remove=(start.statement,),
                imports=counter[1],
            )


def _counted(context: Context, loop: cst.For) -> tuple[Start, cst.BaseExpression] | None:
    """Return where the dict starts and what is counted, if the body is a form of counting."""
    body = lines(loop.body)
    for node in context.tree.find(loop.body, cst.Subscript):
        symbol, key = context.names.of(node.value), index_of(node)
        if symbol is None or key is None or not is_flat(context.kinds(key)):
            continue
        if not isinstance(key, cst.Name) and not is_key(context.kinds(key)):
            continue  # a nan that is computed twice is two keys
        names = {"d": symbol.name, "k": code(key)}
        if not context.total(key) or not any(reads(body, form, names) for form in _FORMS):
            continue
        start = start_of(context, symbol, loop)
        read = {context.names.of(n) for n in (*_names(context, loop.iter), *_names(context, key))}
        if start is not None and is_empty(context, start.value, "dict") and symbol not in read:
            return start, key
    return None


def _names(context: Context, node: cst.CSTNode) -> list[cst.Name]:
    return context.tree.find(node, cst.Name)


def _items(context: Context, loop: cst.For, key: cst.BaseExpression) -> str:
    """Return the counted items' text. Counter would take over the counts of a mapping."""
    countable = context.kinds(loop.iter).name in REITERABLE - {"dict", "defaultdict"}
    if countable and isinstance(key, cst.Name) and code(key) == code(loop.target):
        return clause(loop.iter)
    return f"[{clause(key)} for {code(loop.target)} in {clause(loop.iter)}]"

"""Counts of one item in slices, in a loop, are differences of running counts.

``text[:i].count("a")`` becomes ``counts[i]`` wherever the ends are places of
the text, which is asked on the spot unless it is plain to see. What is counted
must be a literal: one character, or for a list an int or text.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import INT, STR
from perfopt_cli.model.rules.analysis.tree import method, plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.searches.lengths import kept_back
from perfopt_cli.model.rules.searches.slices import difference, ends_of, region_of
from perfopt_cli.model.rules.text import code, line

NAME = "slice-count"
SUMMARY = "counts of one item in slices in a loop use running counts"
EXAMPLE = Example(
    before=(
        "def f(text: str) -> int:\n"
        "    best = 0\n"
        "    for i in range(len(text)):\n"
        '        best = max(best, text[:i].count("a") + text[i:].count("b"))\n'
        "    return best\n"
    ),
    call='("ab" * 4000,)',
    safe="A single character or item is counted, and the text or list stays as it is.",
    pays="The slices have more than a hundred items.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each text or list and what is counted in it."""
    adder = context.imported("itertools", "accumulate")
    for call in context.tree.owned(cst.Call) if adder else ():
        found = _counted(context, call)
        if found is None or adder is None or not context.builtin("list"):
            continue
        part, wanted = found
        ends = ends_of(context, part)
        region = region_of(context, call, ends[0], part) if ends is not None else None
        if ends is None or region is None:
            continue
        items = ends[0]
        name = context.fresh(f"{items.value}_counts")
        replace: dict[cst.CSTNode, cst.CSTNode] = {}
        for other in context.tree.find(region, cst.Call):
            mine = _counted(context, other) if context.tree.own(other) else None
            cut = ends_of(context, mine[0]) if mine is not None and mine[1] == wanted else None
            if cut is not None and context.names.of(cut[0]) is context.names.of(items):
                replace[other] = difference(context, other, name, *cut)
        item = context.fresh("item", "counted_item")
        tests = f"({item} == {wanted} for {item} in {items.value})"
        made = line(f"{name}: list[int] = list({adder[0]}({tests}, initial=0))")
        yield Change(replace=replace, before={region: [made]}, imports=adder[1])


def _counted(context: Context, call: cst.Call) -> tuple[cst.Subscript, str] | None:
    """Return the slice and the literal of ``xs[a:b].count(literal)``."""
    part, name, args = method(call, "count")
    if not name or len(args) != 1 or not plain(args) or not isinstance(part, cst.Subscript):
        return None
    wanted, source = args[0].value, part.value
    if not isinstance(wanted, (cst.Integer, cst.SimpleString)) or not isinstance(source, cst.Name):
        return None
    kind = context.kinds(source)
    alone = isinstance(wanted, cst.SimpleString) and len(wanted.evaluated_value) == 1
    single = kind == STR and alone and context.kinds(wanted) == STR
    listed = kind.name in ("list", "tuple") and kind.item in (INT, STR)
    if not (single or listed) or kept_back(context, call, f"{source.value}_counts"):
        return None
    return part, code(wanted)

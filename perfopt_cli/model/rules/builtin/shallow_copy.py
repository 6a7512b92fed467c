"""``copy.deepcopy`` of a container of immutable values becomes a shallow copy.

Of a list of such lists each list is copied once, however often it occurs,
as deepcopy does.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import Kind, is_flat
from perfopt_cli.model.rules.analysis.tree import plain
from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.text import code, line, operand, parse

NAME = "shallow-copy"
SUMMARY = "a deep copy of plain values becomes a shallow one"
EXAMPLE = Example(
    before="""import copy


def f(board: list[list[int]]) -> list[list[int]]:
    new = copy.deepcopy(board)
    new[0][0] = 1
    return new
""",
    call="([[0] * 9 for _ in range(9)],)",
    safe="What the containers hold can't be changed, so it is never copied.",
    pays="Deepcopy looks at every value and remembers it.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such copy."""
    for call in context.tree.owned(cst.Call):
        name = context.kinds.origin(call.func)
        if name not in ("copy.copy", "copy.deepcopy") or len(call.args) != 1:
            continue
        value = call.args[0].value
        if not plain(call.args):
            continue
        kind, deep = context.kinds(value), name == "copy.deepcopy"
        if kind.name in ("list", "set", "dict") and (not deep or all(map(is_flat, kind.args))):
            ending = "[:]" if kind.name == "list" else ".copy()"
            yield Change(replace={call: parse(f"{operand(value)}{ending}")})
        elif deep and _is_table(kind) and isinstance(value, cst.Name):
            yield from _rows(context, call, value)


def _is_table(kind: Kind) -> bool:
    """Tell whether a value is a list of lists of immutable values."""
    return kind.name == "list" and kind.item.name == "list" and is_flat(kind.item.item)


def _rows(context: Context, call: cst.Call, value: cst.Name) -> Iterator[Change]:
    statement = context.tree.statement(call)
    whole = context.tree.parent[call]
    alone = isinstance(whole, (cst.Assign, cst.AnnAssign, cst.Return))
    line_ = context.tree.parent[whole]
    if not alone or line_ is not statement or len(getattr(statement, "body", ())) != 1:
        return
    if isinstance(whole, cst.Assign) and not all(
        isinstance(target.target, cst.Name) for target in whole.targets
    ):
        return
    if not context.builtin("id"):
        return
    row, rows = context.fresh("row", "copied_row"), context.fresh("copied_rows")
    made = line(f"{rows} = {{id({row}): {row}[:] for {row} in {code(value)}}}")
    new = parse(f"[{rows}[id({row})] for {row} in {code(value)}]")
    yield Change(replace={call: new}, before={statement: [made]})

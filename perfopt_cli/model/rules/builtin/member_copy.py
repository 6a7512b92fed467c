"""``x in list(d.keys())`` becomes ``x in d``: nothing is copied to ask for one item.

The same for ``tuple``, ``sorted``, ``set`` and copies of lists and sets.
All values must be of basic types.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.kinds import SIZED, is_key
from perfopt_cli.model.rules.analysis.tree import method, plain
from perfopt_cli.model.rules.base import Change, Context, Example

NAME = "member-copy"
SUMMARY = "a copy that is only asked for a member is not made"
EXAMPLE = Example(
    before="""def f(ages: dict[str, int], names: list[str]) -> int:
    found = 0
    for name in names:
        if name in list(ages.keys()):
            found += 1
    return found
""",
    call='({str(i): i for i in range(300)}, ["1", "x", "299"] * 10)',
    safe="The items and what is asked for are basic values.",
    pays="Copying takes longer than asking, and a dict or a set need not be searched.",
)
_COPIES = {"list", "tuple", "sorted", "set", "frozenset"}
_HELD = (SIZED | {"defaultdict"}) - {"str", "bytes", "range"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such question."""
    for test in context.tree.owned(cst.Comparison):
        part = test.comparisons[-1]
        if len(test.comparisons) != 1 or not isinstance(part.operator, (cst.In, cst.NotIn)):
            continue
        inner = _copied(context, part.comparator)
        if inner is None or not is_key(context.kinds(test.left)):
            continue
        kind = context.kinds(inner)
        if kind.name in _HELD and is_key(kind.item):
            receiver, name, args = method(inner, "keys")
            keyed = context.kinds(receiver).name in ("dict", "defaultdict")
            yield Change(
                replace={part.comparator: receiver if name and keyed and not args else inner}
            )


def _copied(context: Context, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Return ``xs`` of ``list(xs)`` and so on."""
    if not isinstance(node, cst.Call) or context.kinds.origin(node.func) not in _COPIES:
        return None
    return node.args[0].value if len(node.args) == 1 and plain(node.args) else None

"""``k in d.keys()``, ``for k in d.keys()`` and the like ask the dict itself."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from perfopt_cli.model.rules.analysis.tree import method
from perfopt_cli.model.rules.base import Change, Context, Example

NAME = "dict-keys"
SUMMARY = "membership in, and loops over, d.keys() use the dict"
EXAMPLE = Example(
    before="""\
def f(prices: dict[str, int], names: list[str]) -> int:
    known = 0
    for name in names:
        if name in prices.keys():
            known += 1
    return known
""",
    call="({f'name {i}': i for i in range(3000)}, [f'name {i * 2}' for i in range(3000)])",
    safe=(
        "It is a dict or defaultdict, and the keys are only tested, iterated over, or taken "
        "by a builtin that sees the same keys in the same order."
    ),
    pays=(
        "The membership test is in a loop: a view is made at every call. Over a loop it saves "
        "one call."
    ),
)
# A set of a dict may have another order than a set of its keys().
_TAKERS = {"list", "tuple", "sorted", "len", "min", "max", "enumerate"}


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each needless ``keys()``."""
    for call in context.tree.owned(cst.Call):
        receiver, name, args = method(call, "keys")
        if not name or args or context.kinds(receiver).name not in ("dict", "defaultdict"):
            continue
        parent = context.tree.parent[call]
        if isinstance(parent, cst.ComparisonTarget):
            fits = isinstance(parent.operator, (cst.In, cst.NotIn))
        elif isinstance(parent, (cst.For, cst.CompFor)):
            fits = parent.iter is call
        else:
            taker = context.tree.parent.get(parent) if isinstance(parent, cst.Arg) else None
            fits = isinstance(taker, cst.Call) and context.kinds.origin(taker.func) in _TAKERS
            fits = fits and isinstance(taker, cst.Call) and _alone(taker, call)
        if fits:
            yield Change(replace={call: receiver})


def _alone(taker: cst.Call, call: cst.Call) -> bool:
    """Tell whether the call is the taker's only argument that is not a keyword."""
    values = [arg.value for arg in taker.args if arg.keyword is None and not arg.star]
    return values == [call] and not any(arg.star for arg in taker.args)

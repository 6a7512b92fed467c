"""A loop that only fills a new dict becomes a dict comprehension."""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.collecting import keyed

NAME = "dict-comprehension"
SUMMARY = "item assignment in a loop becomes a dict comprehension"
EXAMPLE = Example(
    before="""\
def f(pairs: list[tuple[int, str]]) -> dict[int, str]:
    names = {}
    for key, name in pairs:
        names[key] = name
    return names
""",
    call='([(i, "name") for i in range(3000)],)',
    safe=(
        "The dict is new, the loop does nothing else with it, and no `try` or later read "
        "could tell a half-filled dict or the loop's variables. An assignment computes the "
        "value before the key, a comprehension after it: the key is a variable, or can "
        "neither fail nor have an effect."
    ),
    pays=(
        "The loop has more than a few rounds and key and value are cheap to compute. Little even "
        "then: since Python 3.11 an assignment to an item of a dict is nearly as fast."
    ),
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    yield from keyed(context)

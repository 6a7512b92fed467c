"""A loop that only adds to a new set becomes a set comprehension."""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.collecting import collected

NAME = "set-comprehension"
SUMMARY = "add in a loop becomes a set comprehension"
EXAMPLE = Example(
    before="""\
def f(numbers: list[int]) -> set[int]:
    out = set()
    for number in numbers:
        out.add(number % 100)
    return out
""",
    call="(list(range(3000)),)",
    safe=(
        "The set is new, the loop does nothing else with it, and no `try` or later read could "
        "tell a half-filled set or the loop's variables."
    ),
    pays="The loop has more than a few rounds and its item is cheap to compute.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    yield from collected(context, "add", "set")

"""A loop that only fills a new dict becomes a dict comprehension."""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.collecting import keyed

NAME = "dict-comprehension"
SUMMARY = "item assignment in a loop becomes a dict comprehension"
EXAMPLE = Example(
    before="""\
def f(numbers: list[int]) -> dict[int, int]:
    squares = {}
    for number in numbers:
        if number > 100:
            squares[number] = number * number
    return squares
""",
    call="(list(range(3000)),)",
    safe=(
        "The dict is new, the loop does nothing else with it, and no `try` or later read "
        "could tell a half-filled dict or the loop's variables. An assignment computes the "
        "value before the key, a comprehension after it: the key is a variable, or can "
        "neither fail nor have an effect."
    ),
    pays="The loop has more than a few rounds and key and value are cheap to compute.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    yield from keyed(context)

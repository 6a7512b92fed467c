"""A loop that only appends to a new list becomes a list comprehension.

Left alone: loops inside ``try`` (a half-filled list would be seen), loops
whose variable is read later, and lists that the loop or a closure reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.model.rules.base import Change, Context, Example
from perfopt_cli.model.rules.collecting import collected

NAME = "list-comprehension"
SUMMARY = "append in a loop becomes a list comprehension"
EXAMPLE = Example(
    before="""\
def f(numbers: list[int]) -> list[int]:
    out = []
    for number in numbers:
        if number > 100:
            out.append(number + 1)
    return out
""",
    call="(list(range(3000)),)",
    safe=(
        "The list is new, the loop does nothing else with it, and no `try` or later read "
        "could tell a half-filled list or the loop's variables."
    ),
    pays="The loop has more than a few rounds and its item is cheap to compute.",
)


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    yield from collected(context, "append", "list")

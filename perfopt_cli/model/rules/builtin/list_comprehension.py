"""A loop that only appends to a new list becomes a list comprehension.

Left alone: loops inside ``try`` (a half-filled list would be seen), loops
whose variable is read later, and lists that the loop or a closure reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.model.rules.base import Change, Context
from perfopt_cli.model.rules.collecting import collected

NAME = "list-comprehension"
SUMMARY = "append in a loop becomes a list comprehension"


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    yield from collected(context, "append", "list")

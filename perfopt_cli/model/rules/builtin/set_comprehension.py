"""A loop that only adds to a new set becomes a set comprehension."""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.model.rules.base import Change, Context
from perfopt_cli.model.rules.collecting import collected

NAME = "set-comprehension"
SUMMARY = "add in a loop becomes a set comprehension"


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    yield from collected(context, "add", "set")

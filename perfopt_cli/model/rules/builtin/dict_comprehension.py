"""A loop that only fills a new dict becomes a dict comprehension."""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.model.rules.base import Change, Context
from perfopt_cli.model.rules.collecting import keyed

NAME = "dict-comprehension"
SUMMARY = "item assignment in a loop becomes a dict comprehension"


def rewrite(context: Context) -> Iterator[Change]:
    """Yield one change for each such loop."""
    yield from keyed(context)

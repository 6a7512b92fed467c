"""All families."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from perfopt_cli.train.pairs.slowing import (
    arithmetic,
    calling,
    comprehending,
    counting,
    hoisting,
    looping,
    membership,
    placing,
    reducing,
    tables,
    wording,
)
from perfopt_cli.train.pairs.views import Rewrite, Unwritable, View

_MODULES = (
    comprehending,
    reducing,
    looping,
    counting,
    membership,
    tables,
    hoisting,
    wording,
    calling,
    arithmetic,
    placing,
)
FINDERS: tuple[Callable[[View], Iterator[Rewrite]], ...] = tuple(
    find for module in _MODULES for find in module.FAMILIES.values()
)


def rewrites(view: View) -> list[Rewrite]:
    """Return one way or more to write each place that a family knows slowly, as they are drawn."""
    found: list[Rewrite] = []
    for find in FINDERS:
        steps = find(view)
        while True:
            try:
                found.append(next(steps))
            except StopIteration:
                break
            except Unwritable:
                break
    return found

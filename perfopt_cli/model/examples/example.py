"""One pair of a slow and a fast function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A function before and after, and in a few words why it is faster.

    ``name`` tells it from others: of a pair out of a project it is
    ``path::qualname``.
    """

    name: str
    slow: str
    fast: str
    why: str = ""

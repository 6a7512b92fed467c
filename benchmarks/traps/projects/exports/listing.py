"""Lists of what was exported."""

from __future__ import annotations

from helpers import *

DONE: list[str] = []


def duplicates(names: list[str]) -> list[str]:
    """Return the names that occur again, in the form that files have, in order of that."""
    seen: list[str] = []
    again: list[str] = []
    for name in names:
        plain = normal(name)
        if plain in seen and plain not in again:
            again.append(plain)
        seen.append(plain)
    return again

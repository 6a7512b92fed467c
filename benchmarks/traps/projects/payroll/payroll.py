"""Pay slips: who is known, what is owed, and which files belong to whom."""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Iterable

log = logging.getLogger(__name__)

HISTORY: list[str] = []
WORD = re.compile(r"[a-z]+")


def known_files(paths: list[str], staff: list[str]) -> list[str]:
    """Return the paths whose file is named after a member of staff, in their order."""
    found: list[str] = []
    for path in paths:
        name = os.path.splitext(os.path.basename(path))[0]
        if name in staff:
            found.append(path)
    return found


def owed(rows: list[tuple[str, int]]) -> dict[str, int]:
    """Return what is owed to each name, in the order of their first rows."""
    names: list[str] = []
    for name, _ in rows:
        if name not in names:
            names.append(name)
    result: dict[str, int] = {}
    for name in names:
        result[name] = sum(cents for other, cents in rows if other == name)
    return result


def labels(words: Iterable[str], stop: list[str]) -> list[str]:
    """Return the words that are not stop words, interned."""
    kept: list[str] = []
    for word in words:
        if word not in stop:
            kept.append(sys.intern(word))
    return kept


def day_of(stamp: float) -> str:
    """Return the day of a time stamp, in UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime(stamp))

"""The two versions of a project, which take turns at one path.

Values that hold a path of the project (of a data file, of a module) are then
the same in both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from perfopt_cli.sandbox.place import Workplace


class Side(Enum):
    """A version: as of the base, or with the change."""

    OLD = "old"
    NEW = "new"


class Trees:
    """Puts one of the versions in the working copy's place; the other waits out of sight."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._now: Side | None = None

    def folder(self, side: Side) -> Path:
        """Return where the version is now."""
        return self._place.copy if side is self._now else self._place.scratch / f"tree-{side.value}"

    def put(self, side: Side) -> None:
        """Put the version in place; no worker may be running."""
        if side is self._now:
            return
        if self._now is not None:
            waiting, self._now = self._now, None
            os.rename(self._place.copy, self.folder(waiting))
        os.rename(self.folder(side), self._place.copy)
        self._now = side

    @contextmanager
    def at(self, side: Side) -> Iterator[None]:
        """Have the version in place for a while."""
        before = self._now
        self.put(side)
        try:
            yield
        finally:
            if before is not None:
                self.put(before)

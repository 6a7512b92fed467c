"""Runs that are kept for ``perfopt report``: a file for each, outside the project.

A project may be read-only, and ``--check`` is to write nothing into it, so the
records lie in a folder of the user's own.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli import __version__
from perfopt_cli.core import PerfoptError
from perfopt_cli.pipeline.cache import Store
from perfopt_cli.pipeline.cache.plain import decode, encode
from perfopt_cli.pipeline.cache.store import key
from perfopt_cli.reports.record import Record, restored, slimmed

MOST_RUNS = 20
MOST_BYTES = 256 * 2**20
OLDEST_SECONDS = 180 * 86400
SHOWN = 5


def runs_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Return where the runs of all projects belong; nothing is made.

    $XDG_STATE_HOME counts where it is absolute, as the XDG Base Directory
    Specification has it.
    """
    named = environ.get("XDG_STATE_HOME", "")
    if os.path.isabs(named):
        return Path(named, "perfopt", "runs")
    home = Path(environ.get("HOME") or Path.home())
    state = "Library/Application Support" if platform == "darwin" else ".local/state"
    return home / state / "perfopt" / "runs"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The kept runs of one project."""

    folder: Path
    root: Path

    @property
    def group(self) -> str:
        """The name of the project's folder."""
        return key(str(self.root))

    def names(self) -> tuple[str, ...]:
        """Return the names of the kept runs, the latest first."""
        found = []
        with suppress(OSError):
            for path in (self.folder / self.group).glob("[!.]*.json"):
                with suppress(OSError):
                    found.append((path.stat().st_mtime_ns, path.stem))
        return tuple(name for _, name in sorted(found, reverse=True))

    def keep(self, record: Record) -> None:
        """Keep a run, and drop the oldest of too many. Raises PerfoptError where that fails."""
        store = Store(self.folder)
        data = {"perfopt": __version__, "record": encode(slimmed(record))}
        if not store.write(self.group, record.run, data):
            raise PerfoptError(f"{self.folder} can't be written")
        for name in self.names()[MOST_RUNS:]:
            with suppress(OSError):
                self._path(name).unlink()
        store.touch(self.group)
        store.prune(most=MOST_BYTES, oldest=OLDEST_SECONDS)

    def load(self, run: str | None = None) -> Record:
        """Return a run, the latest where none is named.

        Raises PerfoptError where there is none of this name, or it can't be read.
        """
        name = self._name(run)
        data = Store(self.folder).read(self.group, name)
        if data is None:
            raise PerfoptError(
                f"{self._path(name)}: the record of the run {name} is damaged, or others can "
                "write to it: remove it, and run perfopt again"
            )
        try:
            return restored(_record(data["record"]))
        except (KeyError, TypeError, ValueError):
            by = data.get("perfopt", "?") if isinstance(data, dict) else "?"
            raise PerfoptError(
                f"the run {name} was kept by perfopt {by}, and this is {__version__}, which can't "
                "read it: run it again (verdicts that still hold are not judged anew)"
            ) from None

    def _name(self, run: str | None) -> str:
        names = self.names()
        if not names:
            raise PerfoptError(
                f"no run of {self.root} is kept: run perfopt optimize or perfopt verify there first"
            )
        if run is None:
            return names[0]
        if run in names:
            return run
        (near, *_) = difflib.get_close_matches(run, names, 1, 0) or names
        others = [name for name in names[:SHOWN] if name != near]
        listed = f"; others are {', '.join(others)}" if others else ""
        raise PerfoptError(f"no run {run} is kept here; the nearest is {near}{listed}")

    def _path(self, name: str) -> Path:
        return self.folder / self.group / f"{name}.json"


def shelf_of(root: Path, environ: Mapping[str, str] = os.environ) -> Shelf:
    """Return the kept runs of the project at root."""
    return Shelf(runs_folder(environ), root)


def _record(data: Any) -> Record:
    found = decode(Record, data)
    assert isinstance(found, Record)
    return found

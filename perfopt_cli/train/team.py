"""The processes that train together under ``accelerate launch``; one of them decides.

They share the run folder (on several machines: a shared file system). What is
decided once is a file there, which the others wait for: scoring takes longer
than any timeout of a collective operation. Where one of them dies, the
launcher ends the others.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.train.rundir import read_json, write_json

_PAUSE = 0.2


@dataclass(frozen=True, slots=True)
class Team:
    """How many processes there are, and which this is."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process decides and writes."""
        return self.rank == 0

    def has(self, number: int) -> bool:
        """Tell whether a numbered piece of work is this process's."""
        return number % self.size == self.rank

    def once(self, path: Path, make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
        """Return the value in the file; the one that leads makes it where it isn't there."""
        if self.leads and not path.exists():
            write_json(path, make())
        return self.read(path)

    def read(self, path: Path) -> dict[str, Any]:
        """Return the value in a file that one of the processes writes."""
        while (value := read_json(path)) is None:
            time.sleep(_PAUSE)
        return value


def find_team(environ: Mapping[str, str] = os.environ) -> Team:
    """Return this process's place, as torch's launchers tell it."""
    return Team(int(environ.get("RANK", "0")), int(environ.get("WORLD_SIZE", "1")))

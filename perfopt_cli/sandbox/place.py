"""The scratch folders a run works in, and the check that candidates left the copy alone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from perfopt_cli.core import Limits
from perfopt_cli.sandbox.isolate import clean_environment

CODE_SUFFIXES = (".py", ".pyc", ".pth", ".so", ".toml", ".cfg", ".ini")


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where the workers of a run work; all folders lie in the run's scratch folder.

    ``copy`` is the working copy of the project at ``original``. ``shared``
    holds what one trusted worker leaves for the next (recorded calls): only
    trusted workers may write there.
    """

    original: Path
    scratch: Path
    python: Path
    environment: Mapping[str, str]
    readable: tuple[Path, ...]
    limits: Limits = field(default_factory=Limits)
    network: bool = False

    @property
    def copy(self) -> Path:
        """The working copy of the project."""
        return self.scratch / "project"

    @property
    def shared(self) -> Path:
        """What trusted workers leave for later ones."""
        return self.scratch / "shared"

    def with_search_path(self, folders: Sequence[str]) -> Workplace:
        """Return the workplace with this PYTHONPATH for its workers."""
        environment = {**self.environment, "PYTHONPATH": os.pathsep.join(folders)}
        return replace(self, environment=environment)

    def writable(self, *, trusted: bool, tests: bool) -> tuple[Path, ...]:
        """The folders a worker may write to: only tests may write into the copy."""
        folders = [self.scratch / "home", self.scratch / "tmp", self.scratch / "cache"]
        if tests:
            folders.append(self.copy)
        if trusted:
            folders.append(self.shared)
        return tuple(folders)


def make_place(
    original: Path,
    scratch: Path,
    python: Path,
    *,
    readable: Sequence[Path],
    network: bool,
) -> Workplace:
    """Make the folders (all but the copy) and the environment of the workers.

    User site-packages are switched off: the home folder they would come from
    is the sandbox's, which candidates may write to.
    """
    for name in ("home", "tmp", "cache", "shared"):
        (scratch / name).mkdir(parents=True)
    environment = clean_environment(os.environ, home=scratch / "home", tmp=scratch / "tmp")
    environment |= {
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return Workplace(original, scratch, python, environment, tuple(readable), network=network)


def code_state(copy: Path) -> dict[str, tuple[int, int]]:
    """Return inode and change time (ns) of every file in the copy that could run as code.

    The change time, unlike the modification time, can't be set by a program.
    """
    return {path: (status.st_ino, status.st_ctime_ns) for path, status in _code_files(copy)}


def _code_files(folder: Path | str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _code_files(entry.path)
            elif entry.name.endswith(CODE_SUFFIXES):
                yield entry.path, entry.stat(follow_symlinks=False)

"""What a project's files hold: one digest of all that its working copy is made of.

Reading every file takes long in a large project, so the digests of files are
remembered with size, inode and times, as git's index does. A file that was
changed within ``RACY_SECONDS`` of being read is read again the next time: its
times would not tell a further change.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.project.copy import image_of, is_left_out

RACY_SECONDS = 2.0
CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Tree:
    """A project's files. ``files`` has the SHA-256 of each by its path, with ``/``.

    ``outside`` are the places out of the tree that links in it lead to.
    """

    digest: str
    files: Mapping[str, str]
    outside: tuple[Path, ...] = ()


@dataclass
class Known:
    """Digests by path with the state of the file they are of: size, inode, times."""

    old: Mapping[str, Any] = field(default_factory=dict)
    new: dict[str, list[Any]] = field(default_factory=dict)

    def digest(self, path: Path, name: str) -> str:
        """Return the SHA-256 of a file, from memory if nothing says that it changed."""
        state = _state(path.stat())
        entry = self.old.get(name)
        if isinstance(entry, list) and entry[:-1] == state and isinstance(entry[-1], str):
            self.new[name] = entry
            return entry[-1]
        found = _read(path)
        recent = time.time_ns() - int(RACY_SECONDS * 1e9)
        if state == _state(path.stat()) and max(state[2], state[3]) < recent:
            self.new[name] = [*state, found]
        return found


def read_tree(root: Path, known: Known | None = None) -> Tree:
    """Look at everything that ``copy_project`` would copy of the tree.

    It counts what files hold, what links say and all modes; not times. Raises
    PerfoptError naming what can't be read.
    """
    walk = Walk(root.resolve(), known or Known())
    try:
        rows = list(walk.folder(walk.root))
    except OSError as error:
        where = error.filename or root
        raise PerfoptError(f"{where}: the project can't be read: {error.strerror}") from error
    digest = hashlib.sha256(json.dumps(rows).encode()).hexdigest()
    return Tree(digest, walk.files, tuple(walk.outside))


class Walk:
    """One pass over a tree."""

    def __init__(self, root: Path, known: Known) -> None:
        self.root = root
        self.known = known
        self.files: dict[str, str] = {}
        self.outside: dict[Path, None] = {}

    def folder(self, folder: Path) -> Iterator[tuple[str, ...]]:
        """Yield a row for everything in a folder, in an order of its own."""
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        yield "folder", self._name(folder), f"{folder.stat().st_mode:o}"
        for entry in found:
            path = folder / entry.name
            if is_left_out(path, self.root):
                continue
            if entry.is_symlink():
                yield "link", self._name(path), *self._link(path)
            elif entry.is_dir():
                yield from self.folder(path)
            elif entry.is_file():
                name = self._name(path)
                self.files[name] = self.known.digest(path, name)
                yield "file", name, f"{entry.stat().st_mode:o}", self.files[name]

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _link(self, path: Path) -> tuple[str, str]:
        """Return where a link leads, said in a way that is the same in a copy of the tree."""
        target = Path(os.path.normpath(path.parent / os.readlink(path)))
        inside = image_of(target, self.root, self.root)
        if inside is not None:
            return "inside", inside.relative_to(self.root).as_posix()
        self.outside[target] = None
        return "outside", str(target)


def _state(status: os.stat_result) -> list[int]:
    return [status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns]


def _read(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()

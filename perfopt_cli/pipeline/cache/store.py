"""A folder of the user's own that holds small JSON files, read with distrust.

A file that is damaged, cut short, of another name or writable by others is as
good as none. Several processes may read, write and clear up at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError

FORM = 1
MOST_BYTES = 256 * 2**20
MOST_IN_A_FILE = 64 * 2**20
OLDEST_SECONDS = 30 * 86400
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Return where kept verdicts belong; nothing is made.

    $XDG_CACHE_HOME counts where it is absolute, as the XDG Base Directory
    Specification has it.
    """
    named = environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        return Path(named, "perfopt")
    home = Path(environ.get("HOME") or Path.home())
    return home / ("Library/Caches" if platform == "darwin" else ".cache") / "perfopt"


class Store:
    """JSON under names ``GROUP/NAME`` in a folder that only the user can write to."""

    def __init__(self, folder: Path) -> None:
        """Make the folder where it is not there.

        Raises PerfoptError where it can't be made, or is not the user's alone.
        """
        try:
            folder.mkdir(parents=True, mode=0o700, exist_ok=True)
            self.folder = folder.resolve()
            status = self.folder.stat()
        except OSError as error:
            raise PerfoptError(f"{folder} can't be made: {error.strerror}") from None
        if status.st_uid != os.geteuid() or status.st_mode & OTHERS_MAY_WRITE:
            raise PerfoptError(f"{folder} is not yours alone: chmod 700, or remove it")

    def read(self, group: str, name: str) -> Any:
        """Return what was written under the name, or None."""
        try:
            with open(self._path(group, name), "rb", opener=_without_links) as file:
                status = os.fstat(file.fileno())
                if not _is_own(status) or status.st_size > MOST_IN_A_FILE:
                    return None
                found = json.loads(file.read())
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(found, dict) or found.get("check") != check(
            group, name, found.get("data")
        ):
            return None
        return found["data"]

    def write(self, group: str, name: str, data: Any) -> bool:
        """Put data under the name, whole or not at all; say whether that worked."""
        path = self._path(group, name)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        text = json.dumps({"check": check(group, name, data), "data": data})
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with open(temporary, "x", encoding="ascii", opener=_private) as file:
                file.write(text)
            os.replace(temporary, path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
            return False
        return True

    def forget(self, group: str) -> None:
        """Remove a group."""
        shutil.rmtree(self.folder / group, ignore_errors=True)

    def touch(self, group: str) -> None:
        """Note that a group is in use."""
        with suppress(OSError):
            os.utime(self.folder / group)

    def prune(self, *, most: int = MOST_BYTES, oldest: float = OLDEST_SECONDS) -> None:
        """Remove groups that were not used for ``oldest`` seconds; then, the longest unused
        first, as many as it takes to get down to ``most`` bytes.
        """
        now = time.time()
        total = 0
        for used, size, group in sorted(self._groups(), reverse=True):
            total += size
            if total > most or now - used > oldest:
                self.forget(group)

    def size(self) -> tuple[int, int]:
        """Return how many files there are, and their bytes."""
        sizes = [size for group in self._folders() for size in _sizes(group)]
        return len(sizes), sum(sizes)

    def _groups(self) -> Iterator[tuple[float, int, str]]:
        for folder in self._folders():
            with suppress(OSError):
                yield folder.stat().st_mtime, sum(_sizes(folder)), folder.name

    def _folders(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.is_dir()]
        except OSError:
            return []

    def _path(self, group: str, name: str) -> Path:
        return self.folder / group / f"{name}.json"


def check(group: str, name: str, data: Any) -> str:
    """Return what tells a file that is whole and in its place from any other."""
    text = json.dumps([FORM, group, name, data], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def key(*parts: object) -> str:
    """Return a short name that stands for these JSON values and no others."""
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _sizes(folder: Path) -> list[int]:
    found = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                found.append(entry.stat(follow_symlinks=False).st_size)
    return found


def _is_own(status: os.stat_result) -> bool:
    mine = status.st_uid == os.geteuid() and not status.st_mode & OTHERS_MAY_WRITE
    return mine and stat.S_ISREG(status.st_mode)


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)

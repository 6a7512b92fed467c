"""One run at a time in a project: two would disturb each other's clocks, and edit the same files.

The lock is the operating system's (flock) on a file beside what is kept for
later runs, so that a tree may be read-only. It ends with its process, however
that ends; the number in the file is for people.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perfopt_cli.core import Listener, OutOfTime, PerfoptError
from perfopt_cli.pipeline.cache.store import Store, cache_folder, key

POLL_SECONDS = 0.1


@contextmanager
def alone(root: Path, listener: Listener, seconds: float | None = None) -> Iterator[None]:
    """Be the only run in the project while the block runs; wait for another one's end.

    Raises OutOfTime after ``seconds`` of waiting. Where there is no place for
    a lock the run goes on without.
    """
    descriptor = _opened(root)
    if descriptor is None:
        yield
        return
    try:
        _wait(descriptor, root, listener, seconds)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _opened(root: Path) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        folder = Store(cache_folder(os.environ)).folder
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        return os.open(folder / f"lock-{key(str(root))}", flags, 0o600)
    except (PerfoptError, OSError):
        return None


def _wait(descriptor: int, root: Path, listener: Listener, seconds: float | None) -> None:
    end = None if seconds is None else time.monotonic() + seconds
    told = False
    while not _locked(descriptor):
        pid = os.pread(descriptor, 20, 0).decode("ascii", "replace")
        other = f"another run of perfopt{pid and f' (process {pid})'} is at work in {root}"
        if end is not None and time.monotonic() > end:
            raise OutOfTime(f"{other}: try again when it has ended")
        if not told:
            listener.note(f"{other}: waiting for its end")
            told = True
        time.sleep(POLL_SECONDS)


def _locked(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True

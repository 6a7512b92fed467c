"""Files of a model on their way from the hub into a folder.

Each arrives as ``NAME.part``, is continued where an earlier attempt ended, and
gets its name once its digest is right.
"""

from __future__ import annotations

import errno
import hashlib
import os
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import Listener, PerfoptError
from perfopt_cli.model.hub import BROKEN, Hub, HubFile, Listing

_CHUNK = 2**20
_ATTEMPTS = 5


@dataclass
class Arrival:
    """Files of one revision on their way into a folder."""

    hub: Hub
    listing: Listing
    folder: Path
    listener: Listener
    wait: Callable[[float], None]
    total: int
    done: int = 0

    def bring(self, file: HubFile) -> None:
        """Have the file in the folder, whole and with the right digest."""
        final, part = self.folder / file.name, self.folder / f"{file.name}.part"
        before = self.done
        if not final.is_file() or final.stat().st_size != file.size:
            try:
                self._fill(part, file)
                self._check(part, file)
                part.replace(final)
            except OSError as error:
                raise self._unwritten(error, file) from None
        self.done = before + file.size
        self.listener.tests(self.done // 10**6, max(self.total // 10**6, 1))

    def _fill(self, part: Path, file: HubFile) -> None:
        """Download what is missing, with a new attempt where the connection is lost."""
        failed = 0
        while (have := part.stat().st_size if part.is_file() else 0) < file.size:
            try:
                self._receive(part, file, have)
            except _Lost as lost:
                grown = part.is_file() and part.stat().st_size > have
                failed = 1 if grown else failed + 1
                error = lost.error
                final = isinstance(error, urllib.error.HTTPError) and error.code < 500
                if final or failed >= _ATTEMPTS:
                    refusal = self.hub.refusal(error, self.listing.name, self.listing.revision)
                    raise PerfoptError(
                        f"{refusal}; {file.name} is not whole, and the same command goes on with it"
                    ) from None
                self.wait(2.0**failed / 2)

    def _receive(self, part: Path, file: HubFile, have: int) -> None:
        try:
            answer, from_zero = self.hub.open(self.listing, file, have)
        except BROKEN as error:
            raise _Lost(error) from None
        at = 0 if from_zero else have
        with answer, part.open("wb" if from_zero else "ab") as out:
            while at < file.size:
                try:
                    chunk = answer.read1(min(_CHUNK, file.size - at))
                except BROKEN as error:
                    raise _Lost(error) from None
                if not chunk:
                    raise _Lost(ConnectionError("the connection ended early"))
                out.write(chunk)
                at += len(chunk)
                self.listener.tests((self.done + at) // 10**6, max(self.total // 10**6, 1))

    def _check(self, part: Path, file: HubFile) -> None:
        part.touch()
        digest = hashlib.sha256() if file.sha256 else hashlib.sha1()
        if not file.sha256:
            digest.update(b"blob %d\0" % file.size)
        with part.open("rb") as content:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
        wanted = file.sha256 or file.blob
        if part.stat().st_size != file.size or (wanted and digest.hexdigest() != wanted):
            part.unlink()
            raise PerfoptError(
                f"{file.name} of {self.listing.name} arrived damaged and was removed; pull again"
            )

    def _unwritten(self, error: OSError, file: HubFile) -> PerfoptError:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            what = f"the disk of {self.folder} is full"
        else:
            what = f"{self.folder / file.name} can't be written ({error.strerror or error})"
        return PerfoptError(f"{what}; what has arrived is kept, and the same command goes on")


class _Lost(Exception):
    """A connection that ended before the file did."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


@contextmanager
def alone(folder: Path, name: str) -> Iterator[None]:
    """Keep two downloads of one revision apart. Raises PerfoptError where another runs."""
    import fcntl  # which Windows lacks, where nothing is downloaded

    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise PerfoptError(f"{folder} can't be written to: {error.strerror}") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PerfoptError(f"another process is downloading {name}; wait for it") from None
        yield
    finally:
        os.close(descriptor)

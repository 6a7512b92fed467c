"""Who perfopt runs as, what the kernel offers it, and whom a sandboxed program runs as.

The process limit does not bind root, and root owns nearly every file: as root
the program gets a user id of its own that nobody uses. It may keep one
capability, so that an interpreter below a closed /root can still be read.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, SETGID, SETUID, SYS_ADMIN = 0, 1, 2, 6, 7, 21

_HIGHEST_ID = 2**31 - 2
_SPREAD = 2**20


def capabilities() -> frozenset[int]:
    """Return the numbers of this process's effective capabilities (Linux)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            bits = int(line.split()[1], 16)
            return frozenset(number for number in range(64) if bits >> number & 1)
    return frozenset()


def landlock_abi() -> int:
    """Return the kernel's Landlock version; 0 without Landlock."""
    if sys.platform != "linux":
        return 0
    call = ctypes.CDLL(None).syscall
    arguments = (ctypes.c_long(value) for value in (444, 0, 0, 1))
    return max(0, int(call(*arguments)))


def kernel() -> tuple[int, int]:
    """Return the kernel's version, major and minor."""
    numbers = platform.release().split("-")[0].split(".")
    return int(numbers[0]), int(numbers[1])


def spare_uid() -> int | None:
    """Return a user id that nobody has, different for each perfopt process.

    None where no second id can be had: not root, no right to change ids or
    owners, or a user namespace that maps root alone.
    """
    if os.geteuid() != 0 or not {CHOWN, SETGID, SETUID} <= capabilities():
        return None
    ranges = [_mapped(name) for name in ("uid_map", "gid_map")]
    first, end = max(low for low, _ in ranges), min(high for _, high in ranges)
    # 65534 is nobody, to whom everything foreign belongs.
    room = min(_SPREAD, (end - first) // 2)
    if room < 2:
        return None
    uid = end - 3 - os.getpid() % room
    return uid if uid > first else None


def _mapped(name: str) -> tuple[int, int]:
    """Return the widest range of ids that exist here, first and end."""
    spans = []
    for line in Path(f"/proc/self/{name}").read_text().splitlines():
        first, _, count = (int(word) for word in line.split())
        spans.append((first, min(first + count, _HIGHEST_ID)))
    return max(spans, key=lambda span: span[1] - span[0], default=(0, 1))


def kept_capabilities() -> tuple[int, ...]:
    """Return the capability that lets a program without rights read what root can."""
    held = capabilities()
    return next(((cap,) for cap in (DAC_READ_SEARCH, DAC_OVERRIDE) if cap in held), ())


def tasks_of_user() -> int:
    """Return how many processes and threads this user has; what can't be read counts as one."""
    uid, total = os.geteuid(), 0
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            if entry.stat().st_uid == uid:
                total += len(os.listdir(f"/proc/{entry.name}/task"))
    return total


def give(folders: Iterable[Path], uid: int) -> None:
    """Make the user the owner of the folders and all in them. Links are not followed.

    A file with several names stays as it is: another of its names may lie
    outside.
    """
    for folder in folders:
        if not folder.is_dir():
            os.chown(folder, uid, uid, follow_symlinks=False)
            continue
        for _, _, files, descriptor in os.fwalk(folder):
            os.fchown(descriptor, uid, uid)
            for name in _single(files, descriptor, uid):
                with suppress(FileNotFoundError):
                    os.chown(name, uid, uid, dir_fd=descriptor, follow_symlinks=False)


def _single(names: Iterable[str], descriptor: int, uid: int) -> Iterator[str]:
    for name in names:
        with suppress(FileNotFoundError):
            status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            if status.st_nlink == 1 and status.st_uid != uid:
                yield name

"""The command line of bubblewrap: a file system that holds the allowed paths and no others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from perfopt_cli.sandbox.exposure import resolve

SHARED_MEMORY = 64 * 2**20
"""Size of /dev/shm in bytes; multiprocessing keeps its locks there."""

_TEMPORARY = 16 * 2**20
_NAMES = {1: "CAP_DAC_OVERRIDE", 2: "CAP_DAC_READ_SEARCH", 6: "CAP_SETGID", 7: "CAP_SETUID"}
_OWN = (Path("/proc"), Path("/dev"))


def arguments(
    program: str,
    *,
    readable: Iterable[Path],
    writable: Iterable[Path],
    cwd: Path,
    network: bool,
    capabilities: Sequence[int],
) -> list[str]:
    """Return bubblewrap's argument list up to and with ``--``.

    The ``capabilities`` are left to the launcher where perfopt runs as root,
    which needs no user namespace. Paths may go through links: the links exist
    inside as well. What lies in a writable folder is writable.
    """
    if os.geteuid() == 0:
        unshare = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        unshare += [] if network else ["--unshare-net"]
        unshare += ["--cap-drop", "ALL"]
        for capability in capabilities:
            unshare += ["--cap-add", _NAMES[capability]]
    else:
        unshare = ["--unshare-all", *(["--share-net"] if network else [])]
    return [
        program,
        *unshare,
        *("--die-with-parent", "--new-session", "--as-pid-1"),
        *("--size", str(_TEMPORARY), "--tmpfs", "/tmp", "--tmpfs", "/run"),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--size", str(SHARED_MEMORY), "--perms", "1777", "--tmpfs", "/dev/shm"),
        *_placed(readable, writable),
        *("--remount-ro", "/tmp", "--remount-ro", "/run", "--remount-ro", "/"),
        *("--chdir", str(cwd), "--"),
    ]


def _placed(readable: Iterable[Path], writable: Iterable[Path]) -> list[str]:
    """Bind real folders at their real places, outer ones first, and recreate links to them."""
    places: dict[Path, bool] = {}
    links: dict[Path, str] = {}
    for paths, may_write in (readable, False), (writable, True):
        for path in paths:
            real, found = resolve(path)
            links |= found
            if may_write or real.exists():
                places[real] = may_write
    places = {
        path: may_write
        for path, may_write in places.items()
        if not _below(path, _OWN) and (may_write or places.keys().isdisjoint(path.parents))
    }
    steps: dict[Path, list[str]] = {
        path: ["--bind" if may_write else "--ro-bind", str(path), str(path)]
        for path, may_write in places.items()
    }
    for link, target in links.items():
        if not _below(link, (*_OWN, *places)):
            steps[link] = ["--symlink", target, str(link)]
    ordered = sorted(steps, key=lambda path: len(path.parts))
    return [word for path in ordered for word in steps[path]]


def _below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)

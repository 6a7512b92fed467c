"""All that a verdict can depend on beside the project's tree: code, settings, machine.

What is not looked into is described by size and times, which change with
every edit and installation.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import perfopt_cli
from perfopt_cli.config import Settings
from perfopt_cli.core import PerfoptError
from perfopt_cli.project import Interpreter, Project
from perfopt_cli.project.copy import LEFT_OUT, image_of
from perfopt_cli.sandbox import identity
from perfopt_cli.sandbox.isolate import clean_environment

MOST_FILES = 400_000
OWN_CODE = Path(perfopt_cli.__file__).parent
# These choose what is judged, and how much of it; no verdict differs by them.
OF_NO_EFFECT = frozenset(
    {
        "adapter",
        "all_candidates",
        "budget",
        "cache",
        "candidates",
        "exclude",
        "hook_budget",
        "hook_regression",
        "include",
        "jobs",
        "min_share",
        "model",
        "python",
        "quantize",
        "record",
        "rounds",
        "top",
    }
)
_PACKAGES = ("site-packages", "dist-packages")
# What package managers touch with every change of the system's libraries.
_SYSTEM = (
    "/etc/os-release",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/var/lib/dpkg/status",
    "/var/lib/rpm/rpmdb.sqlite",
    "/lib/apk/db/installed",
    "/run/current-system",
)


def surroundings(
    project: Project,
    interpreter: Interpreter,
    settings: Settings,
    environ: Mapping[str, str],
    outside: Iterable[Path] = (),
) -> dict[str, Any]:
    """Return it all as JSON has it. ``outside``: places that links in the tree lead to.

    Raises PerfoptError where there is too much to look at.
    """
    return {
        "project": str(project.root),
        "perfopt": [perfopt_cli.__version__, own_digest(), sys.version],
        "settings": {
            name: value for name, value in asdict(settings).items() if name not in OF_NO_EFFECT
        },
        "environment": clean_environment(environ, home=Path("/home"), tmp=Path("/tmp")),
        "machine": machine(),
        "sandbox": isolation(),
        "interpreter": _interpreter(interpreter),
        "installed": _signatures(project, interpreter, outside),
    }


def own_digest(folder: Path = OWN_CODE) -> str:
    """Return a digest of perfopt's own code: a verdict is worth what the gates are that gave it."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def machine() -> list[Any]:
    """Return what is known of the machine and its system, quickly."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    system = [platform.system(), platform.release(), platform.machine()]
    return [*system, processor(), os.cpu_count(), processors, [stamp(Path(p)) for p in _SYSTEM]]


def processor() -> str:
    """Return the processor's model."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor()
    wanted = ("model name", "Model", "Hardware", "CPU implementer", "CPU part", "cpu model")
    named = [line for line in lines if line.partition(":")[0].strip() in wanted]
    return "; ".join(dict.fromkeys(named))


def isolation() -> list[Any]:
    """Return what decides which sandbox ``auto`` ends at."""
    bwrap = shutil.which("bwrap")
    user = os.geteuid() if hasattr(os, "geteuid") else None
    landlock = identity.landlock_abi() if sys.platform == "linux" else 0
    return [user, landlock, bwrap and stamp(Path(bwrap))]


def _interpreter(interpreter: Interpreter) -> dict[str, Any]:
    told = {name: value for name, value in asdict(interpreter).items() if name != "origin"}
    program = interpreter.path.resolve()
    libraries = sorted((interpreter.base_prefix / "lib").glob("libpython*"))
    told["stamps"] = [stamp(path) for path in (interpreter.path, program, *libraries)]
    told["stamps"].append(stamp(interpreter.prefix / "pyvenv.cfg"))
    return {name: _plain(value) for name, value in told.items()}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _signatures(
    project: Project, interpreter: Interpreter, outside: Iterable[Path]
) -> dict[str, str]:
    """Sign every folder that code or data may be read from, but the project's own tree."""
    names = [*interpreter.sys_path, *interpreter.links, *interpreter.editable.values()]
    places = dict.fromkeys([*map(Path, names), *outside])
    budget = Budget(MOST_FILES)
    return {
        str(place): signature(place, project.root, budget)
        for place in places
        if image_of(place, project.root, project.root) is None
    }


class Budget:
    """How many files may still be looked at."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, place: Path) -> None:
        """Count one file. Raises PerfoptError when there are too many."""
        self.left -= 1
        if self.left < 0:
            raise PerfoptError(f"there are too many files to watch, among others in {place}")


def signature(place: Path, root: Path, budget: Budget) -> str:
    """Return a digest of names, sizes and times of all that is below a place.

    Left out: bytecode, what ``copy_project`` leaves out by its name, the
    project at ``root``, and site-packages within another place, which are
    looked at only where they are on the path themselves.
    """
    digest = hashlib.sha256()
    for row in _rows(place, root, budget):
        digest.update(row.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()


def _rows(place: Path, root: Path, budget: Budget) -> Iterator[str]:
    yield stamp(place)
    folders = [str(place)] if place.is_dir() and place != root else []
    seen = set(folders)
    while folders:
        folder = folders.pop()
        yield folder
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            yield "unreadable"
            continue
        for entry in found:
            budget.spend(place)
            if entry.name in LEFT_OUT or entry.path == str(root):
                continue
            if not _is_folder(entry):
                yield f"{entry.name}{_entry_times(entry)}"
            elif entry.name not in _PACKAGES:
                below = os.path.realpath(entry.path) if entry.is_symlink() else entry.path
                if below not in seen:
                    seen.add(below)
                    folders.append(below)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _entry_times(entry: os.DirEntry[str]) -> str:
    """Return the times of a file, of one that a link leads to, or of a link to nowhere."""
    try:
        return _times(entry.stat())
    except OSError:
        return _times(entry.stat(follow_symlinks=False))


def stamp(path: Path) -> str:
    """Return size and times of what a path leads to, and of the path where it is a link."""
    try:
        link = f"{_times(path.lstat())}->{os.readlink(path)}" if path.is_symlink() else ""
        status = path.stat()
    except OSError as error:
        return f"{path}: {error.strerror}"
    if path.is_dir():
        return f"{path}{link}: folder"
    return f"{path}{link}{_times(status)}"


def _times(status: os.stat_result) -> str:
    return f":{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"

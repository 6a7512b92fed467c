"""The record of a run's edits: what each file held before and after.

It lies in ``.perfopt/runs/RUN/`` under the project's root: ``edits.json`` and
``files/SHA256``, the old and new bytes by their digest. It is complete on disk
before the first file of the project is touched. Which of its texts a file
holds is seen from the file, so a run may be killed at any moment.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from perfopt_cli.apply.plan import Edit
from perfopt_cli.core import PerfoptError
from perfopt_cli.source import digest

FOLDER = ".perfopt"
_SHA = re.compile(r"[0-9a-f]{64}")
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a run, with the digests of its two texts. ``path`` is relative to the root."""

    path: str
    before: str
    after: str
    qualnames: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A journalled run. ``created`` is in ns since 1970.

    ``state`` is writing, written, undoing or undone, or broken where the
    journal can't be read.
    """

    run: str
    created: int
    state: str
    entries: tuple[Entry, ...]


def run_folder(root: Path, run: str) -> Path:
    """Return where a run's records are."""
    return root / FOLDER / "runs" / run


def state_folder(root: Path) -> Path:
    """Return the project's ``.perfopt``, made where it is missing and hidden from git.

    Raises OSError.
    """
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        put(ignore, b"*\n")
    return folder


def begin(root: Path, run: str, edits: Sequence[Edit]) -> Run:
    """Put a run's journal and bytes on disk. Raises PerfoptError where that can't be done."""
    if not _RUN_ID.fullmatch(run):
        raise PerfoptError(f"{run!r} is no name for a run: letters, digits, '.', '_' and '-'")
    folder = run_folder(root, run)
    entries = [Entry(edit.path, edit.before, digest(edit.new), edit.qualnames) for edit in edits]
    journal = Run(run, time.time_ns(), "writing", tuple(entries))
    try:
        if (folder / "edits.json").exists():
            raise PerfoptError(f"the run {run} has written its edits already")
        state_folder(root)
        (folder / "files").mkdir(parents=True, exist_ok=True)
        for edit in edits:
            for data in (edit.old, edit.new):
                put(folder / "files" / digest(data), data)
        for above in (folder / "files", folder, folder.parent, root / FOLDER, root):
            sync_folder(above)
        save(root, journal)
    except OSError as error:
        raise PerfoptError(
            f"{error.filename or folder}: the journal can't be written: {error.strerror}; "
            "no file was changed"
        ) from error
    return journal


def save(root: Path, journal: Run) -> None:
    """Write the journal's own file. Raises OSError."""
    text = json.dumps({"version": 1, **asdict(journal)}, indent=1)
    put(run_folder(root, journal.run) / "edits.json", text.encode() + b"\n")


def mark(root: Path, journal: Run, state: str) -> Run:
    """Note a run's state. Raises OSError."""
    journal = replace(journal, state=state)
    save(root, journal)
    return journal


def load(root: Path, run: str) -> Run | None:
    """Return a run's journal, or None where it has none. Raises PerfoptError for a broken one."""
    path = run_folder(root, run) / "edits.json"
    try:
        data = json.loads(path.read_bytes())
        entries = tuple(_entry(item) for item in data["entries"])
        return Run(run, int(data["created"]), str(data["state"]), entries)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PerfoptError(f"{path}: the journal of the run can't be read: {error!r}") from None


def _entry(item: dict[str, Any]) -> Entry:
    """Read an entry. The journal may have come with somebody's repository: it stays inside."""
    path, shas = PurePosixPath(item["path"]), (item["before"], item["after"])
    if path.is_absolute() or ".." in path.parts or not all(map(_SHA.fullmatch, shas)):
        raise ValueError(f"not a file of the project: {path}")
    return Entry(str(path), *shas, tuple(map(str, item["qualnames"])))


def stored(root: Path, run: str, sha: str) -> bytes:
    """Return bytes that a run kept. Raises PerfoptError where they are gone or spoilt."""
    path = run_folder(root, run) / "files" / sha
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PerfoptError(f"{path}: the kept text can't be read: {error.strerror}") from None
    if digest(data) != sha:
        raise PerfoptError(f"{path}: the kept text is not what was written")
    return data


def stored_texts(root: Path, run: str) -> dict[str, tuple[bytes, bytes]]:
    """Return, by path, what the files of a run held before and after; nothing where it wrote none.

    Raises PerfoptError where the journal or a text can't be read.
    """
    journal = load(root, run)
    entries = journal.entries if journal else ()
    return {
        entry.path: (stored(root, run, entry.before), stored(root, run, entry.after))
        for entry in entries
    }


def list_runs(root: Path) -> tuple[Run, ...]:
    """Return the runs that wrote edits to this project, the latest first."""
    folder = root / FOLDER / "runs"
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    found = [run for name in names if (run := _any(root, name)) is not None]
    return tuple(sorted(found, key=lambda run: run.created, reverse=True))


def _any(root: Path, run: str) -> Run | None:
    try:
        return load(root, run)
    except PerfoptError:
        return Run(run, run_folder(root, run).stat().st_mtime_ns, "broken", ())


def put(path: Path, data: bytes) -> None:
    """Write a file of the journal, whole or not at all, and on disk when this returns."""
    # Two processes may make .perfopt at once.
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Put a folder's entries on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

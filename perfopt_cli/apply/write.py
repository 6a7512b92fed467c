"""Write edits and take them back, each file whole or not at all."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from perfopt_cli.apply import journal
from perfopt_cli.apply.plan import Edit
from perfopt_cli.core import PerfoptError
from perfopt_cli.source import digest

Step = Callable[[str], None]


class FileState(str, Enum):
    """What became of a file."""

    WRITTEN = "written"
    RESTORED = "restored"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file's state: CHANGED is one that somebody else changed, and it was left alone.

    UNCHANGED already had the text that it was to get. ``detail`` says more.
    """

    path: str
    state: FileState
    detail: str = ""


def _no_step(_: str) -> None:
    """Do nothing between two steps."""


def write(
    edits: Sequence[Edit], run_id: str, root: Path, *, step: Step = _no_step
) -> tuple[FileResult, ...]:
    """Write the edits, journalled as the run run_id; return what became of each file.

    A file whose bytes are not those the edit was planned on is left alone. A
    file that can't be written does not keep the others from being written.
    ``step`` is called before every step that changes the disk. Raises
    PerfoptError where the journal can't be written; no file is changed then.
    """
    live = [edit for edit in edits if not edit.stale]
    if not live:
        return tuple(_write(edit, run_id, root, step) for edit in edits)
    with _lock(root):
        for run in journal.list_runs(root):
            _clean(root, run)
        step("journal")
        begun = journal.begin(root, run_id, live)
        results = [_write(edit, run_id, root, step) for edit in edits]
        step("done")
        with suppress(OSError):
            journal.mark(root, begun, "written")
    return tuple(results)


def _write(edit: Edit, run_id: str, root: Path, step: Step) -> FileResult:
    if edit.stale:
        return FileResult(edit.path, FileState.CHANGED, "somebody else changed it: left alone")
    return _swap(root, run_id, edit.path, (edit.before, edit.new), FileState.WRITTEN, step)


def undo(root: Path, run_id: str | None = None, *, step: Step = _no_step) -> tuple[FileResult, ...]:
    """Take back the edits of a run, the latest where none is named; return each file's result.

    It also finishes a run that was interrupted: each file gets its old text.
    A file edited since is left alone. Raises PerfoptError where there is no
    such run, or it was undone already.
    """
    runs = journal.list_runs(root)
    chosen = [run for run in runs if run_id in (None, run.run)]
    if not runs:
        raise PerfoptError(f"{root}: perfopt has written no edits here: nothing to undo")
    if not chosen:
        known = ", ".join(run.run for run in runs)
        raise PerfoptError(f"no run {run_id}; there are: {known}")
    with _lock(root):
        run = journal.load(root, chosen[0].run)
        if run is None or run.state == "undone":
            raise PerfoptError(f"the run {chosen[0].run} is already undone")
        _clean(root, run)
        step("journal")
        try:
            journal.mark(root, run, "undoing")
            results = [_restore(entry, run, root, step) for entry in run.entries]
            step("done")
            # A file that failed can be tried again; one that was edited is the user's now.
            failed = any(result.state is FileState.FAILED for result in results)
            journal.mark(root, run, "undoing" if failed else "undone")
        except OSError as error:
            raise PerfoptError(f"the journal of {run.run} can't be written: {error}") from error
    return tuple(results)


def _restore(entry: journal.Entry, run: journal.Run, root: Path, step: Step) -> FileResult:
    try:
        old = journal.stored(root, run.run, entry.before)
    except PerfoptError as error:
        return FileResult(entry.path, FileState.FAILED, str(error))
    return _swap(root, run.run, entry.path, (entry.after, old), FileState.RESTORED, step)


def _swap(
    root: Path, run: str, path: str, change: tuple[str, bytes], done: FileState, step: Step
) -> FileResult:
    """Give a file new bytes if it has the expected digest, as one atomic step."""
    expected, data = change
    # A link's target is written, and the link stays.
    real = Path(os.path.realpath(root / path))
    temporary = _temporary(real, run)
    try:
        status = real.stat()
        if not stat.S_IMODE(status.st_mode) & 0o222:
            return FileResult(path, FileState.FAILED, "it is read-only")
        found = digest(real.read_bytes())
        if found == digest(data):
            return FileResult(path, FileState.UNCHANGED, "it has this text already")
        if found == expected:
            step(f"temporary {path}")
            _fill(temporary, data, status)
            step(f"replace {path}")
            if digest(real.read_bytes()) == expected:
                temporary.replace(real)
                step(f"sync {path}")
                journal.sync_folder(real.parent)
                return FileResult(path, done)
        return FileResult(path, FileState.CHANGED, "somebody else changed it: left alone")
    except OSError as error:
        return FileResult(path, FileState.FAILED, error.strerror or str(error))
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _fill(temporary: Path, data: bytes, status: os.stat_result) -> None:
    """Write data to a new file with the mode and owner of the old one, on disk at the return."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(temporary, flags, 0o600), "wb") as file:
        if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            with suppress(PermissionError):
                os.fchown(file.fileno(), status.st_uid, status.st_gid)
        os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _temporary(real: Path, run: str) -> Path:
    # Named after the run, so that undo finds what a killed run left.
    return real.with_name(f".{real.name[:100]}.{run[:60]}.perfopt-tmp")


def _clean(root: Path, run: journal.Run) -> None:
    """Remove the temporary files that a killed run left."""
    if run.state in ("writing", "undoing"):
        for entry in run.entries:
            with suppress(OSError):
                real = Path(os.path.realpath(root / entry.path))
                _temporary(real, run.run).unlink(missing_ok=True)


@contextmanager
def _lock(root: Path) -> Iterator[None]:
    """Keep two perfopts from writing to one project at once. Raises PerfoptError."""
    try:
        lock = journal.state_folder(root) / "lock"
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        where = root / journal.FOLDER
        raise PerfoptError(f"{where}: can't be written: {error.strerror}") from error
    try:
        if not _locked(descriptor):
            raise PerfoptError(f"{root}: another perfopt is writing to this project")
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

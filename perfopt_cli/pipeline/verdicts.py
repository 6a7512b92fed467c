"""What was judged, kept in the project: a line of ``.perfopt/verdicts.jsonl`` for each candidate.

``perfopt train --data PROJECT`` learns from it. Nothing leaves the machine.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from perfopt_cli.apply import state_folder
from perfopt_cli.core import PerfoptError, Reason, Speedup, Status, Verdict
from perfopt_cli.model.prompt import context_of

NAME = "verdicts.jsonl"


def was_judged(verdict: Verdict) -> bool:
    """Say whether the gates have looked at the candidate."""
    passed_over = verdict.status is Status.SKIPPED or verdict.reason is Reason.DUPLICATE
    return not passed_over and verdict.rewrite.target.skip is None


def verdict_row(verdict: Verdict, module_source: str) -> dict[str, Any]:
    """Return the verdict with its code as JSON.

    ``slow`` is the target and ``context`` what a prompt shows above it of its
    module, whose text is ``module_source``. ``speedup`` is null where none was
    measured, else its numbers as they are. ``seconds``, ``cached`` and ``from``
    are as in the report.
    """
    rewrite = verdict.rewrite
    target = rewrite.target
    return {
        "path": target.path,
        "qualname": target.qualname,
        "slow": target.source,
        "candidate": rewrite.source,
        "imports": list(rewrite.imports),
        "status": verdict.status.value,
        "reason": verdict.reason.value,
        "speedup": _speedup(verdict.speedup),
        "origin": rewrite.origin,
        "seconds": round(verdict.seconds, 3),
        "cached": verdict.cached,
        "from": rewrite.after,
        "context": context_of(target, module_source),
    }


def record_verdict(root: Path, verdict: Verdict, module_source: str) -> None:
    """Add the verdict to those of the project at root. Raises PerfoptError as ``append_row``."""
    try:
        path = state_folder(root) / NAME
    except OSError as error:
        raise PerfoptError(f"{error.filename or root} can't be made: {error.strerror}") from None
    append_row(path, verdict_row(verdict, module_source))


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Add a row to a file of JSON lines, whole or not at all.

    Several processes may do so at once. What a process that was killed has
    left of a line is ended first, so it spoils no other. Raises PerfoptError
    where the file can't be written, or is a link or no plain file.
    """
    line = json.dumps(row).encode() + b"\n"
    # Links are not followed: the file may have come with somebody's repository.
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        descriptor = os.open(path, flags, 0o666)
    except OSError as error:
        raise PerfoptError(f"{path} can't be written: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PerfoptError(f"{path} can't be written: it is no plain file")
        _append(descriptor, line)
    except OSError as error:
        raise PerfoptError(f"{path} can't be written: {error.strerror}") from None
    finally:
        os.close(descriptor)


def _append(descriptor: int, line: bytes) -> None:
    # A kill can cut one write short at a page's end, so readers and writers take turns.
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        line = b"\n" + line
    written = 0
    try:
        written = os.write(descriptor, line)
    finally:
        if written < len(line):
            with suppress(OSError):
                os.ftruncate(descriptor, size)
    if written < len(line):
        raise OSError(0, "the disk is full")


def _speedup(speedup: Speedup | None) -> dict[str, float] | None:
    if speedup is None:
        return None
    numbers = {"ratio": speedup.ratio, "low": speedup.low, "high": speedup.high}
    return numbers if all(map(math.isfinite, numbers.values())) else None

"""Workloads under the profiler: what they reach is added to what the tests reach."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from perfopt_cli.core import Workload
from perfopt_cli.locate.run import Log, Workers, profile
from perfopt_cli.project import Program

SECONDS = 600.0
"""Longest time that a profiled workload may take."""
TAIL_LINES = 12
NOT_REACHED = (
    ("Network is unreachable", "Name or service not known", "name resolution", "URLError"),
    ("PermissionError", "Permission denied", "Read-only file system", "Operation not permitted"),
    ("FileNotFoundError", "No such file or directory"),
    ("EOFError",),
    ("ModuleNotFoundError",),
)
HINTS = (
    "The sandbox has no network; network = true in [tool.perfopt] lets it through",
    "The sandbox lets a program read the project's copy and the interpreter's files, and write to "
    "the copy and the folder for temporary files",
    "A workload runs in the root of a copy of the project, without environments, caches and build "
    "output, and with an empty home folder",
    "A workload has nothing to read on stdin",
    "python FILE.py finds what is beside the file or installed, python -m MODULE also what is in "
    "the project's root",
)


def run_workloads(
    log: Log,
    programs: Iterable[Program],
    workers: Workers,
    copy: Path,
    files: Sequence[Path],
    seconds: float,
) -> tuple[list[Workload], str, bool]:
    """Run the programs one after the other, and add what they show to the log.

    Returns those that ended well; then what is wrong with the one after them,
    or an empty text; and whether that was not done in time. ``seconds`` are for
    all of them.
    """
    deadline = time.monotonic() + seconds
    ran: list[Workload] = []
    for program in programs:
        limit = min(SECONDS, max(1.0, deadline - time.monotonic()))
        found = profile(workers, copy, files, (), lambda done, total: None, limit, program)
        if found.ending != "done" or found.code != 0:
            late = found.ending == "timed out"
            return ran, trouble_of(program, found, limit), late
        ran.append(Workload(program.command, found.ran["seconds"], found.ran["printed"]))
        add(log, found, program.command)
    return ran, "", False


def trouble_of(program: Program, found: Log, limit: float) -> str:
    """Say what went wrong with a workload, and what can be done."""
    what = f"the workload {program.command!r}"
    tail = found.errors.strip().splitlines()[-TAIL_LINES:]
    said = "".join(f"\n  {line}" for line in tail)
    if found.ending == "timed out":
        return (
            f"{what} still ran after {limit:.0f} s under the profiler: a workload is a program "
            f"that comes to its end, within {SECONDS:.0f} s. Give it less to do{said}"
        )
    if found.ending != "done":
        return f"{what} {found.ending}, and did not come to its end (os._exit, exec?){said}"
    end = f"{what} ends with exit code {found.code} before any change"
    return f"{end}:{said}" + "".join(f"\n{one}" for one in hints(found.errors))


def hints(errors: str) -> list[str]:
    """Return what about the sandbox may be the cause of these errors."""
    told = errors.splitlines()[-3:]
    network, files, *_ = HINTS
    found = [
        hint
        for words, hint in zip(NOT_REACHED, HINTS, strict=True)
        if any(word in line for word in words for line in told)
    ]
    # Where the sandbox has no namespaces, it refuses to make a socket at all.
    return [network if hint is files and "socket" in errors else hint for hint in found]


def add(log: Log, found: Log, command: str) -> None:
    """Add the figures of a workload to those of the tests."""
    known = {(row["file"], row["line"], row["name"]): row for row in log.rows}
    for row in found.rows:
        mine = known.get((row["file"], row["line"], row["name"]))
        if mine is None:
            mine = {**row, "calls": 0, "own": 0, "total": 0, "native": 0, "tests": []}
            log.rows.append(mine)
        for name in ("calls", "own", "total", "native"):
            mine[name] += row[name]
        if row["tests"]:
            mine["workloads"] = [*mine.get("workloads", ()), command]
    for file, names in found.modules.items():
        here = log.modules.setdefault(file, [])
        here += [name for name in names if name not in here]
    log.elsewhere = {
        file: path
        for file, path in {**found.elsewhere, **log.elsewhere}.items()
        if file not in log.modules
    }
    log.outside += [name for name in found.outside if name not in log.outside]
    log.notes += [note for note in found.notes if note not in log.notes]

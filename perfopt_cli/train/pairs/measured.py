"""Pairs from problems with tests: every program of a problem is run and timed beside the others.

For ``perfopt pairs --problems FOLDER``. Programs run in the sandbox only. A
problem that is done has a file; an interrupted call goes on with the others.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.core import Listener, PerfoptError
from perfopt_cli.train.formats.own import tests_of
from perfopt_cli.train.pairs.measured_times import Track
from perfopt_cli.train.pairs.measured_work import programs, rules, solutions
from perfopt_cli.train.pairs.problems import (
    Source,
    Unread,
    problems_in,
    sources,
    split_of_problem,
)
from perfopt_cli.train.records import Pair
from perfopt_cli.train.scoring.execute import Bench, Benches
from perfopt_cli.train.waiting import first_done

MEASURING = 3
"""Raised when a problem's file would hold something else."""
PROBLEM_SECONDS = 900.0
"""A problem has no more wall time; what is proved by then is kept."""
STAGES: Mapping[str, Callable[[Track], dict[str, Any]]] = {
    "solutions": solutions,
    "rules": rules,
    "programs": programs,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A pair with where it is from (``leetcode/two-sum``) and what it teaches.

    ``family`` is ``measured``, ``nothing`` or ``program`` (slow and fast are the same
    text, searched or not) or ``rules:NAME``. ``split`` is the problem's: ``train``, ``val``
    or ``test``.
    """

    pair: Pair
    family: str
    origin: str
    split: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """One stage of the work on one problem."""

    stage: str
    problem: Unread
    file: Path


def measured(
    folder: Path,
    output: Path,
    *,
    seed: int,
    jobs: int,
    python: Path,
    listener: Listener,
    problems: int | None = None,
    sets: Collection[str] | None = None,
    all_licences: bool = False,
    sandbox: str = "auto",
    stages: Sequence[str] = tuple(STAGES),
) -> Iterator[Found]:
    """Yield the pairs of the sets in a folder, as they are measured.

    ``output`` gets a file for each problem that is done, from which a later
    call takes it, and ``sources.json``. ``jobs`` problems are worked on at
    once; ``problems`` bounds how many of each set are, and ``sets`` names those
    wanted. Raises PerfoptError for a folder without any of them, and
    SandboxError where there is no sandbox.
    """
    allowed = sources(all_licences=all_licences)
    chosen = [one for one in allowed if sets is None or one.name in sets]
    units = _units(chosen, folder, output, seed, problems, stages)
    waiting = []
    for unit in units:
        told = _known(unit, seed)
        if told is None:
            waiting.append(unit)
        else:
            yield from _found(told, seed)
    listener.tests(len(units) - len(waiting), len(units))
    if not waiting:
        return
    with closing(Benches(python, sandbox)) as benches:
        for note in benches.notes:
            listener.note(note)
        done = len(units) - len(waiting)
        for told in _worked(waiting, benches, jobs, seed, listener):
            done += 1
            listener.tests(done, len(units))
            yield from _found(told, seed)


def _units(
    allowed: Sequence[Source],
    folder: Path,
    output: Path,
    seed: int,
    problems: int | None,
    stages: Sequence[str],
) -> list[_Unit]:
    """Return the work in the order of its worth: first programs against each other."""
    found = {one: problems_in(one, folder, seed)[:problems] for one in allowed}
    if not any(found.values()):
        files = ", ".join(one.file for one in allowed)
        raise PerfoptError(f"{folder} has none of the sets of problems: {files}")
    about = [
        {key: value for key, value in asdict(one).items() if key not in ("read", "key", "free")}
        for one in allowed
        if found[one]
    ]
    _write(output / "sources.json", _added(output / "sources.json", about))
    return [
        _Unit(stage, problem, output / stage / f"{problem.origin}.json")
        for stage in stages
        for one in allowed
        for problem in found[one]
    ]


def _added(path: Path, about: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what an earlier call said of sources, and what this one says."""
    try:
        known = json.loads(path.read_bytes())
    except (OSError, ValueError):
        known = []
    every = {one["name"]: one for one in (*known, *about)}
    return [every[name] for name in sorted(every)]


def _worked(
    units: Sequence[_Unit], benches: Benches, jobs: int, seed: int, listener: Listener
) -> Iterator[dict[str, Any]]:
    free: queue.SimpleQueue[Bench] = queue.SimpleQueue()
    for _ in range(jobs):
        free.put(benches.make())

    def work(unit: _Unit) -> dict[str, Any]:
        bench = free.get()
        try:
            return _done(unit, bench, seed)
        finally:
            free.put(bench)

    executor = ThreadPoolExecutor(jobs, "perfopt-pairs")
    try:
        pending = {executor.submit(work, unit): unit for unit in units}
        while pending:
            for future in first_done(pending):
                unit = pending.pop(future)
                told = future.result()
                if told.get("trouble"):
                    listener.note(f"{unit.problem.origin}: {told['trouble']}")
                yield told
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        benches.close()
        executor.shutdown(wait=True)


def _done(unit: _Unit, bench: Bench, seed: int) -> dict[str, Any]:
    """Do the work on one problem and write it down; the bench's end is no answer."""
    began = time.monotonic()
    problem = unit.problem.read()
    told: dict[str, Any] = {"origin": unit.problem.origin, "pairs": []}
    if problem is not None and problem.programs:
        track = Track(bench, problem, began + PROBLEM_SECONDS, seed)
        try:
            told = STAGES[unit.stage](track)
        except PerfoptError:
            raise
        except (ValueError, SyntaxError, RecursionError, KeyError, IndexError) as error:
            # One problem that can't be worked on is no reason to lose the others.
            told["trouble"] = f"{type(error).__name__}: {error}"
    seconds = round(time.monotonic() - began, 1)
    told |= {"key": _key(unit, seed), "seconds": seconds}
    _write(unit.file, told)
    return told


def _key(unit: _Unit, seed: int) -> str:
    rows = [row.values for row in unit.problem.rows]
    content = json.dumps([MEASURING, unit.stage, seed, rows], sort_keys=True, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _known(unit: _Unit, seed: int) -> dict[str, Any] | None:
    """Return what an earlier call wrote of the same problem, else None."""
    try:
        told = json.loads(unit.file.read_bytes())
    except (OSError, ValueError):
        return None
    same = isinstance(told, dict) and told.get("key") == _key(unit, seed)
    return told if same else None


def _found(told: Mapping[str, Any], seed: int) -> Iterator[Found]:
    origin: str = told["origin"]
    tests = tests_of(told.get("tests"))
    for row in told["pairs"]:
        pair = Pair(origin, row["slow"], row["fast"], tests, ratio=row.get("ratio"))
        yield Found(pair, row["family"], origin, split_of_problem(origin, seed))


def _write(path: Path, content: object) -> None:
    """Write a file in one piece. Raises PerfoptError."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(content, indent=1), encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        raise PerfoptError(
            f"{path} can't be written: {error.strerror}. What is finished is kept; "
            "make room, or name another folder, and run the same command again."
        ) from error

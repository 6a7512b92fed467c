"""Arms of the comparison: the same functions, the same seconds, other sources of candidates."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from field_runs import Found, run_all
from field_sets import Subject, subjects
from field_texts import NODES, REPOSITORY, nodes_text
from small_model_set import Slow, load, subject

BASE = "--top 1000 --min-share 0 --no-apply --record --no-cache --format json"
MINI = REPOSITORY / "perfopt_cli" / "model" / "mini" / "weights"
TABLES = ("perfopt_cli/model/worth.json", "perfopt_cli/model/rules/worth.json")
"""What orders candidates, and is no Python."""

T = TypeVar("T")
RULES, BOTH, ALONE = "rules", "rules and mini", "mini alone, all judged"
REFERENCE = "the fast versions by hand"


def options(arm: str, weights: Path | None) -> str:
    """Return perfopt's options for an arm."""
    mini = f"mini:{weights}" if weights else "mini"
    return {
        RULES: f"--model rules {BASE}",
        BOTH: f"--model rules --model {mini} {BASE}",
        ALONE: f"--model {mini} --all-candidates {BASE}",
    }[arm]


def run_arm(
    arm: str, every: Sequence[Subject], python: Path, work: Path, plan: dict[str, Any]
) -> list[Found]:
    """Return what came of each subject in an arm; what ``work`` holds of it is not run again.

    ``plan`` has ``weights``, ``together``, ``jobs`` and ``budget``, perfopt's seconds
    for a function.
    """
    weights = plan["weights"]
    folder = work / f"arm-{state(weights if arm != RULES else None)}"
    helpers(folder / "sets")
    return run_all(
        every, python, folder, plan["together"], plan["jobs"], options(arm, weights),
        plan["budget"],
    )  # fmt: skip


def side_by_side(tasks: Sequence[Callable[[], T]], *, swapped: bool = False) -> list[T]:
    """Return what tasks return that run at the same time, each on a core of its own.

    What a core serves beside them (devices, often the first) moves verdicts by the clock:
    ``swapped`` takes the cores in the other order. Where there are fewer cores than
    tasks, or none can be chosen, they run one after the other.
    """
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(tasks) < 2 or len(cores) < len(tasks):
        return [task() for task in tasks]

    def on(core: int, task: Callable[[], T]) -> T:
        os.sched_setaffinity(0, {core})  # of this thread, and of the processes that it starts
        return task()

    order = cores[: len(tasks)]
    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(on, order[::-1] if swapped else order, tasks))


def run_reference(
    every: Sequence[Subject], python: Path, work: Path, plan: dict[str, Any]
) -> list[Found]:
    """Return what perfopt makes of the fast versions that were written with the slow ones."""
    folder = work / f"arm-{state(None)}"
    helpers(folder / "sets")
    known = {one.name: one for one in load()}
    file = folder / "references.jsonl"
    lines = [json.dumps(replayed(one, known[one.name])) + "\n" for one in every]
    file.write_text("".join(lines), encoding="utf-8")
    asked = f"--model replay:{file} --all-candidates {BASE}"
    return run_all(every, python, folder, plan["together"], plan["jobs"], asked)


def replayed(one: Subject, slow: Slow) -> dict[str, Any]:
    """Return the line of a replay file that proposes the fast version."""
    return {
        "path": f"{one.module}.py",
        "qualname": slow.name,
        "source": slow.fast,
        "imports": list(slow.imports),
    }


def state(weights: Path | None) -> str:
    """Return a name for the files that decide beside perfopt's code: weights, and their order."""
    total = hashlib.sha256()
    folder = weights or MINI
    files = sorted(folder.glob("*")) if weights is not None or MINI.is_dir() else []
    for path in [*files, *(REPOSITORY / one for one in TABLES)]:
        if path.is_file():
            total.update(path.name.encode() + path.read_bytes())
    return total.hexdigest()[:10]


def helpers(folder: Path) -> None:
    """Write the module that calls of problem sets may use."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NODES}.py").write_text(nodes_text(), encoding="utf-8")


def by_hand(python: Path, work: Path, only: Sequence[str] = ()) -> list[Subject]:
    """Return the functions written by hand as subjects; those that ``work`` has are not drawn."""
    helpers(work / "sets")
    found = []
    for slow in load():
        if only and slow.name not in only:
            continue
        digest = hashlib.sha256(repr(slow).encode()).hexdigest()[:10]
        kept = work / "sets" / f"{slow.name}-{digest}.json"
        if not kept.is_file():
            made = subject(slow, python, work / "sets")
            kept.write_text(json.dumps(asdict(made)), encoding="utf-8")
        found.append(_subject(json.loads(kept.read_text(encoding="utf-8"))))
    return found


def _subject(record: dict[str, Any]) -> Subject:
    given, held = tuple(record["given"]), tuple(record["held"])
    return Subject(**{**record, "given": given, "held": held})


def held_out(
    name: str, count: int, data: Path, python: Path, work: Path, seed: int
) -> tuple[list[Subject], int]:
    """Return so many functions of problems that nothing is trained on, and how many were drawn."""
    from perfopt_cli.train.pairs.problems import is_test_problem

    def kept(problem: dict[str, Any]) -> bool:
        return is_test_problem(f"{name}/{problem[KEYS[name]]}")

    return subjects(name, count, data, python, work / "held-out", seed, kept)


KEYS = {"leetcode": "id", "mbpp": "entry_point"}

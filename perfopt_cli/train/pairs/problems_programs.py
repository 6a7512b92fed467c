"""Readers of sets of whole programs, which read stdin and print."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path

from perfopt_cli.model.normal import syntax_tree
from perfopt_cli.train.formats.cases import Cases, case_folders
from perfopt_cli.train.formats.pie import read_v1
from perfopt_cli.train.formats.ppie import read_ppie as read_ppie_row
from perfopt_cli.train.formats.rows import Row
from perfopt_cli.train.pairs.problems_records import Problem
from perfopt_cli.train.records import Check, Tests
from perfopt_cli.train.repair import repaired

MOST_RUNS = 10
"""Of a problem's tests so many are run, of all sizes."""


def read_contest(row: Row, _: Path) -> Problem | None:
    """Read a problem of COFFE's contests, which has generators of large inputs."""
    values = row.values
    runs = [Check(one["input"], one["output"]) for one in values["tests"]]
    larger = tuple(values["input_generators"])
    return _problem(f"contests/{values['problem_id']}", values["solutions"], runs, larger)


def read_ppie(row: Row, _: Path) -> Problem | None:
    """Read a pair of PPIE. Its problem is known by its statement."""
    pair = read_ppie_row(row).pair
    return _problem(f"ppie/{pair.group}", (pair.slow, pair.fast), pair.tests.runs)


def read_codescope(row: Row, _: Path) -> Problem | None:
    """Read a problem of CodeScope: a program that is slow, and one that takes much memory."""
    values = row.values
    runs = [
        Check(one["input"], one["output"][0])
        for one in ast.literal_eval(values["testcases"])
        if len(one["output"]) == 1
    ]
    names = ("time_baseline_source_code", "memory_baseline_source_code")
    programs = [values[name] for name in names]
    return _problem(f"codescope/{values['src_uid']}", programs, runs)


def read_pie(row: Row, folder: Path) -> Problem | None:
    """Read a pair of PIE, its tests from the folders beside it."""
    pair = read_v1(row).pair
    tests = Cases(case_folders(folder / "pie", None)).of(pair.group)
    return _problem(f"pie/{pair.group}", (repaired(pair.slow), repaired(pair.fast)), tests.runs)


def _problem(
    origin: str, programs: Sequence[str], runs: Sequence[Check], larger: tuple[str, ...] = ()
) -> Problem | None:
    texts = (f"{text.strip()}\n".replace("\r\n", "\n").replace("\r", "\n") for text in programs)
    good = tuple(dict.fromkeys(text for text in texts if syntax_tree(text) is not None))
    tests = Tests(spread(runs))
    return Problem(origin, good, tests, larger=larger) if good and tests else None


def spread(runs: Sequence[Check]) -> tuple[Check, ...]:
    """Return some of the runs, of all sizes, the largest among them, smallest first."""
    ordered = sorted(runs, key=lambda run: (len(run.input), run.input))
    if len(ordered) <= MOST_RUNS:
        return tuple(ordered)
    step = (len(ordered) - 1) / (MOST_RUNS - 1)
    return tuple(ordered[round(number * step)] for number in range(MOST_RUNS))

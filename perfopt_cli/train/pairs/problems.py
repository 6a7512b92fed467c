"""Sets of problems with tests: their readers, their licences, and which are kept for evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.formats.rows import BadRow, Row, excerpt, read_rows
from perfopt_cli.train.pairs.problems_functions import read_leetcode, read_mbpp
from perfopt_cli.train.pairs.problems_programs import (
    read_codescope,
    read_contest,
    read_pie,
    read_ppie,
)
from perfopt_cli.train.pairs.problems_records import Problem

_TEST, _VAL = 0.25, 0.30


@dataclass(frozen=True, slots=True)
class Source:
    """A set: its file in the data folder, and under which terms it may be used.

    Of a set that is not ``free`` nothing may be passed on, a model made from it
    included; it is read only where all licences are asked for.
    """

    name: str
    file: str
    holder: str
    licence: str
    free: bool
    read: Callable[[Mapping[str, Any], Path], Problem | None]


SOURCES = (
    Source(
        "contests", "contests/problems.jsonl.xz", "COFFE (JohnnyPeng18/Coffe)", "Apache-2.0",
        True, read_contest,
    ),
    Source(
        "leetcode", "leetcode/problems.jsonl.xz", "newfacade/LeetCodeDataset",
        "MIT; its references come from doocs/leetcode, CC-BY-SA-4.0", True, read_leetcode,
    ),
    Source(
        "mbpp", "mbpp_stress/functions.jsonl.xz", "COFFE (JohnnyPeng18/Coffe)", "Apache-2.0",
        True, read_mbpp,
    ),
    Source(
        "ppie", "ppie/PPIE_Python_100.csv",
        "CodeGeneration2/Dual-Guidance-for-LLM-based-Code-Optimization", "MIT", True, read_ppie,
    ),
    Source(
        "codescope", "codescope_py/code_optimization_python3.jsonl", "WeixiangYAN/CodeScope", "MIT",
        True, read_codescope,
    ),
    Source(
        "pie", "pie/train.jsonl", "jordantab/corl, lostkingdom4/Perf_LLM", "none stated",
        False, read_pie,
    ),
)  # fmt: skip
"""In the order of what a problem of theirs is worth to a model; PIE's test split is never read."""


def sources(*, all_licences: bool = False) -> tuple[Source, ...]:
    """Return the sets that may be read."""
    return tuple(one for one in SOURCES if one.free or all_licences)


def problems_in(source: Source, folder: Path, seed: int) -> list[Problem]:
    """Return a set's problems in an order that the seed shuffles; none where its file is missing.

    Raises PerfoptError where the file can't be read, or holds none.
    """
    path = folder / source.file
    if not path.exists():
        return []
    found: dict[str, Problem] = {}
    for row in read_rows(path):
        problem = _read(source, row, folder) if isinstance(row, Row) else None
        if problem is not None:
            known = found.get(problem.origin)
            found[problem.origin] = problem if known is None else known.with_programs(problem)
    if not found:
        raise PerfoptError(
            f"{path} holds no problem with a program and tests. "
            f"Is it the file of {source.holder}? See docs/training.md for the layout."
        )
    return sorted(found.values(), key=lambda one: _place(one.origin, seed, "order"))


def _read(source: Source, row: Row, folder: Path) -> Problem | None:
    try:
        return source.read(row.values, folder)
    except (BadRow, KeyError, TypeError, ValueError, SyntaxError, RecursionError):
        return None


def split_of_problem(origin: str, seed: int = 0) -> str:
    """Return the split that a problem belongs to, by a hash of its name and the seed.

    A quarter is ``test``, a twentieth ``val``. More problems later move none.
    """
    place = _place(origin, seed, "split")
    return "test" if place < _TEST else "val" if place < _VAL else "train"


def is_test_problem(origin: str, seed: int = 0) -> bool:
    """Tell whether nothing is trained on the problem; ``origin`` is like ``leetcode/two-sum``."""
    return split_of_problem(origin, seed) == "test"


def _place(origin: str, seed: int, use: str) -> float:
    digest = hashlib.sha256(f"{use}\n{seed}\n{origin}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64

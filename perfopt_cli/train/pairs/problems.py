"""Sets of problems with tests: their readers, their licences, and which are kept for evaluation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.formats.rows import BadRow, Row, read_rows
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
    key: str
    read: Callable[[Row, Path], Problem | None]


SOURCES = (
    Source(
        "contests", "contests/problems.jsonl.xz", "COFFE (JohnnyPeng18/Coffe)", "Apache-2.0",
        True, "problem_id", read_contest,
    ),
    Source(
        "leetcode", "leetcode/problems.jsonl.xz", "newfacade/LeetCodeDataset",
        "MIT; its references come from doocs/leetcode, CC-BY-SA-4.0", True, "id", read_leetcode,
    ),
    Source(
        "mbpp", "mbpp_stress/functions.jsonl.xz", "COFFE (JohnnyPeng18/Coffe)", "Apache-2.0",
        True, "entry_point", read_mbpp,
    ),
    Source(
        "ppie", "ppie/PPIE_Python_100.csv",
        "CodeGeneration2/Dual-Guidance-for-LLM-based-Code-Optimization", "MIT",
        True, "Question", read_ppie,
    ),
    Source(
        "codescope", "codescope_py/code_optimization_python3.jsonl", "WeixiangYAN/CodeScope", "MIT",
        True, "src_uid", read_codescope,
    ),
    Source(
        "pie", "pie/train.jsonl", "jordantab/corl, lostkingdom4/Perf_LLM", "none stated",
        False, "problem_id", read_pie,
    ),
)  # fmt: skip
"""In the order of what a problem of theirs is worth to a model; PIE's test split is never read."""


def sources(*, all_licences: bool = False) -> tuple[Source, ...]:
    """Return the sets that may be read."""
    return tuple(one for one in SOURCES if one.free or all_licences)


@dataclass(frozen=True, slots=True)
class Unread:
    """The rows of one problem, not read yet: taking asserts apart takes a while."""

    origin: str
    source: Source
    rows: tuple[Row, ...]
    folder: Path

    def read(self) -> Problem | None:
        """Return the problem, or None where no row of it can be used."""
        found: Problem | None = None
        for row in self.rows:
            try:
                one = self.source.read(row, self.folder)
            except (BadRow, KeyError, TypeError, ValueError, SyntaxError, RecursionError):
                continue
            if one is not None:
                found = one if found is None else found.with_programs(one)
        return found


def problems_in(source: Source, folder: Path, seed: int) -> list[Unread]:
    """Return a set's problems in an order that the seed shuffles; none where its file is missing.

    Raises PerfoptError where the file can't be read, or is of another form.
    """
    path = folder / source.file
    if not path.exists():
        return []
    rows: dict[str, list[Row]] = {}
    for row in read_rows(path):
        name = row.values.get(source.key) if isinstance(row, Row) else None
        if isinstance(row, Row) and isinstance(name, str):
            rows.setdefault(name, []).append(row)
    if not rows:
        raise PerfoptError(
            f"{path} has no row with a {source.key}: is it the file of {source.holder}?"
        )
    found = [
        Unread(f"{source.name}/{_short(name)}", source, tuple(rows[name]), folder) for name in rows
    ]
    return sorted(found, key=lambda one: _place(one.origin, seed, "order"))


def _short(name: str) -> str:
    """Return a name as it is, or a digest of what is no name but a text."""
    plain = len(name) < 100 and all(one.isalnum() or one in "-_." for one in name)
    return name if plain else hashlib.sha256(name.strip().encode()).hexdigest()[:16]


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

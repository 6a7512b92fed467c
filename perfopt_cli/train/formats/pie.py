"""Rows of the PIE data sets: version 1 (Python, also C++) and version 2 (C++).

Columns as in the data's own descriptions: madaan/pie-perf (v1) and
LearningOpt/pie (v2).
"""

from __future__ import annotations

import ast
import json
import re
from contextlib import suppress
from typing import Any

from perfopt_cli.train.formats.own import tests_of
from perfopt_cli.train.formats.rows import (
    BadRow,
    Draft,
    Row,
    name_of,
    positive,
    program_of,
    split_of,
    tag_of,
)
from perfopt_cli.train.records import Pair, Tests

V1_COLUMNS = frozenset({"input", "target", "problem_id"})
V2_COLUMNS = frozenset({"src_code", "tgt_code", "problem_id"})
_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include\b", re.MULTILINE)
# A folder's name, and nothing that leads elsewhere.
_PROBLEM = re.compile(r"[A-Za-z0-9][\w.-]*")


def read_v1(row: Row) -> Draft:
    """Read a row of version 1. Raises BadRow.

    The published texts have an empty line after every line; it is taken out.
    The ratio is that of the measured run times, else of the judge's CPU times.
    """
    slow, fast = undoubled(program_of(row, "input")), undoubled(program_of(row, "target"))
    _refuse_other_languages(row, slow, fast)
    values = row.values
    ratio = (
        positive(values.get("runtime_lift"))
        or _quotient(values, "measured_runtime_v0", "measured_runtime_v1")
        or _judged_ratio(values)
    )
    pair = Pair(_problem(row), slow, fast, Tests(), row.where, ratio)
    seconds = positive(values.get("measured_runtime_v1"))
    return Draft(pair, row.excerpt, split_of(row), fast_seconds=seconds)


def read_v2(row: Row) -> Draft:
    """Read a row of version 2. Raises BadRow, also for C++, which can't be run here.

    Texts are as in version 1. ``tests`` has the numbers of the problem's tests
    that are to be used; data made in this form may have the tests there.
    """
    slow, fast = undoubled(program_of(row, "src_code")), undoubled(program_of(row, "tgt_code"))
    _refuse_other_languages(row, slow, fast)
    values = row.values
    ratio = _quotient(values, "src_agg_runtime", "tgt_agg_runtime")
    ratio = ratio or positive(values.get("speedup"))
    tests, numbers = _tests(values.get("tests"))
    tag = tag_of(values.get("target_reward_updated_pct_bin"))
    pair = Pair(_problem(row), slow, fast, tests, row.where, ratio, tag)
    return Draft(pair, row.excerpt, split_of(row), numbers)


def undoubled(program: str) -> str:
    """Return the program without the empty line after each of its lines.

    A text that has another line anywhere in those places is returned as it is.
    """
    lines = program.split("\n")
    if len(lines) > 2 and not any(line.strip() for line in lines[1::2]):
        return "\n".join(lines[::2])
    return program


def _refuse_other_languages(row: Row, slow: str, fast: str) -> None:
    language = row.values.get("language")
    if isinstance(language, str) and not language.strip().lower().startswith("py"):
        raise BadRow(f"not Python but {language.strip()[:20]}")
    if language is None and (_INCLUDE.search(slow) or _INCLUDE.search(fast)):
        raise BadRow("not Python but C or C++")


def _problem(row: Row) -> str:
    name = name_of(row, "problem_id")
    if not _PROBLEM.fullmatch(name):
        raise BadRow("problem_id is no plain name")
    return name


def _quotient(values: dict[str, Any], over: str, under: str) -> float | None:
    above, below = positive(values.get(over)), positive(values.get(under))
    return above / below if above and below else None


def _judged_ratio(values: dict[str, Any]) -> float | None:
    # A program that ran out of time has a made-up CPU time.
    in_time = values.get("status_v0", "Accepted") == "Accepted"
    return _quotient(values, "cpu_time_v0", "cpu_time_v1") if in_time else None


def _tests(value: object) -> tuple[Tests, frozenset[int] | None]:
    """Return the tests that a row holds, and the numbers that it wants, None for all."""
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, list):
        return Tests(), None
    if any(isinstance(one, dict) for one in value):
        return tests_of(value), None
    return Tests(), frozenset(int(float(one)) for one in value if _is_whole(one))


def _parsed(text: str) -> object:
    # Tables write lists as JSON or as Python has them.
    for parse in (json.loads, ast.literal_eval):
        with suppress(ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return parse(text)
    return None


def _is_whole(value: object) -> bool:
    with suppress(ValueError, OverflowError):
        return isinstance(value, int | float | str) and float(value).is_integer()
    return False

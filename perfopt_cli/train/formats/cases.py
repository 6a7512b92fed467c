"""Tests that lie in folders: ``PROBLEM/input.N.txt`` and ``PROBLEM/output.N.txt``."""

from __future__ import annotations

import re
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.records import Check, Tests

FOLDERS = (
    "merged_test_cases",
    "test_cases",
    "public_test_cases",
    "generated_test_cases",
    "tests",
)
MOST_TESTS = 100
"""Of a problem's tests so many are used, the lowest numbers first."""

MOST_BYTES = 8 * 2**20
"""The tests of a problem hold no more than this together; a test that would is left out."""

_NAME = re.compile(r"inputs?(?:\.(\d{1,9}))?\.txt", re.ASCII)


def case_folders(folder: Path, given: Path | None) -> tuple[Path, ...]:
    """Return where tests may lie: the given folder alone, else those beside the data.

    Raises PerfoptError where the given folder is none.
    """
    if given is not None:
        if not given.is_dir():
            raise PerfoptError(f"--tests {given}: no such folder; it holds PROBLEM/input.N.txt")
        return (given,)
    above = (folder, folder / "data", folder / "codenet", folder / "data" / "codenet")
    found = [place / name for place in above for name in FOLDERS]
    return tuple(place for place in found if place.is_dir())


class Cases:
    """Reads each problem's tests once; ``left_out`` counts the tests over the limits."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders
        self.left_out = 0
        self.known: dict[tuple[str, frozenset[int] | None], Tests] = {}

    def of(self, problem: str, numbers: frozenset[int] | None = None) -> Tests:
        """Return the problem's tests of these numbers (None: all), from the first folder with any.

        Inputs without an output, files that are not UTF-8, and problems whose
        every output is blank are no tests.
        """
        key = (problem, numbers)
        if key not in self.known:
            found = (self._read(folder / problem, numbers) for folder in self.folders)
            self.known[key] = next((tests for tests in found if tests), Tests())
        return self.known[key]

    def _read(self, place: Path, numbers: frozenset[int] | None) -> Tests:
        runs: list[Check] = []
        size = 0
        for number, name in _inputs(place):
            if numbers is not None and number not in numbers:
                continue
            check = _check(place / name, place / name.replace("input", "output", 1))
            if check is None:
                continue
            length = len(check.input) + len(check.output)
            if len(runs) == MOST_TESTS or size + length > MOST_BYTES:
                self.left_out += 1
                continue
            size += length
            runs.append(check)
        return Tests(tuple(runs)) if any(run.output.strip() for run in runs) else Tests()


def _inputs(place: Path) -> list[tuple[int, str]]:
    try:
        matches = [_NAME.fullmatch(file.name) for file in place.iterdir()]
    except OSError:
        return []
    return sorted((int(match[1] or 0), match[0]) for match in matches if match)


def _check(given: Path, wanted: Path) -> Check | None:
    try:
        return Check(given.read_bytes().decode(), wanted.read_bytes().decode())
    except (OSError, UnicodeDecodeError):
        return None

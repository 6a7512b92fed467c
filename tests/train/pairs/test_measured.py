"""Problems in, measured pairs out: run in the sandbox, and kept for the next call."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest
from problem_sets import LAST, a_function, a_set

from perfopt_cli.core import PerfoptError, Verdict
from perfopt_cli.train.pairs.measured import Found, measured

PYTHON = Path(sys.executable)
SLOW = """\
n = int(input())
total = 0
for i in range(n):
    total = total + i
print(total)
"""
FAST = "n = int(input())\nt = n * (n - 1) // 2\nprint(t)\n"
WRONG = "n = int(input())\nt = n * (n - 1) / 2\nprint(t)\n"


class Silent:
    """Remembers notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def stage(self, text: str) -> None:
        """Nothing is done with it."""

    def tests(self, done: int, total: int) -> None:
        """Nothing is done with it."""

    def verdict(self, verdict: Verdict) -> None:
        """Nothing is done with it."""

    def note(self, text: str) -> None:
        self.notes.append(text)


def pairs(data: Path, output: Path, python: Path = PYTHON, stage: str = "solutions") -> list[Found]:
    found = measured(
        data, output, seed=0, jobs=1, python=python, listener=Silent(), stages=(stage,)
    )
    return list(found)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[Found]]:
    """The data, where it was measured to, and what was found."""
    folder = tmp_path_factory.mktemp("measured")
    data = a_set(folder / "data", SLOW, FAST, WRONG)
    return data, folder / "out", pairs(data, folder / "out")


def test_the_slower_of_two_right_programs_is_paired_with_the_faster(
    done: tuple[Path, Path, list[Found]],
) -> None:
    [found] = done[2]
    assert found.family == "measured"
    assert found.origin == "contests/sums"
    assert found.pair.slow == SLOW
    assert found.pair.fast == FAST.replace("t =", "total =").replace("(t)", "(total)")
    assert found.pair.ratio is not None
    assert found.pair.ratio > 2


def test_the_second_call_runs_nothing(done: tuple[Path, Path, list[Found]]) -> None:
    data, output, found = done
    assert pairs(data, output, Path("/no/such/python")) == found


def test_the_licences_of_what_was_read_are_written_down(
    done: tuple[Path, Path, list[Found]],
) -> None:
    [told] = json.loads((done[1] / "sources.json").read_text())
    assert (told["name"], told["licence"]) == ("contests", "Apache-2.0")


def test_a_damaged_file_of_an_earlier_call_is_made_again(tmp_path: Path) -> None:
    data = a_set(tmp_path / "data", SLOW)
    pairs(data, tmp_path / "out")
    file = tmp_path / "out" / "solutions" / "contests" / "sums.json"
    file.write_text(file.read_text()[:50])
    pairs(data, tmp_path / "out")
    assert json.loads(file.read_text())["pairs"] == []


def test_what_a_rule_made_of_a_program_is_measured(tmp_path: Path) -> None:
    data = a_set(tmp_path / "data", SLOW)
    found = pairs(data, tmp_path / "out", stage="rules")
    assert found
    assert all(one.family.startswith("rules:") for one in found)
    assert all("def main" in one.pair.slow for one in found)


def test_a_folder_without_problems_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="none of the sets"):
        pairs(tmp_path, tmp_path / "out")


def test_a_function_that_does_little_is_called_many_times(tmp_path: Path) -> None:
    [found] = pairs(a_function(tmp_path / "data", *LAST[:2]), tmp_path / "out")
    assert found.pair.slow.startswith("def last(self")
    assert "return word[-1]" in found.pair.fast


def test_a_function_that_no_rule_changes_has_nothing_to_do(tmp_path: Path) -> None:
    [found] = pairs(a_function(tmp_path / "data", *LAST[1:]), tmp_path / "out", stage="rules")
    assert (found.family, found.pair.slow) == ("nothing", found.pair.fast)
    assert "word[-1]" in found.pair.slow


def test_functions_that_pass_are_there_to_be_asked_about_with_slower_forms(tmp_path: Path) -> None:
    found = pairs(a_function(tmp_path / "data", *LAST), tmp_path / "out", stage="programs")
    asked = [one for one in found if one.family == "program"]
    assert len(asked) == 2
    slower = [one for one in found if one.family != "program"]
    assert slower
    assert {one.pair.fast for one in slower} <= {
        ast.unparse(ast.parse(one.pair.slow)) for one in asked
    }
    assert all(one.pair.tests.asserts for one in found)

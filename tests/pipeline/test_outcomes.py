"""The tests of a change beside those of its base."""

from __future__ import annotations

from dataclasses import replace

from perfopt_cli.core import Baseline
from perfopt_cli.pipeline.outcomes import is_in, notes, with_lost
from perfopt_cli.sandbox.session import Ending
from perfopt_cli.sandbox.verify import SuiteRun

BASE = Baseline({"t/a.py::one": "passed", "t/a.py::two": "passed", "t/b.py::one": "skipped"}, 1.0)
SAME = SuiteRun(dict(BASE.outcomes), {}, Ending.DONE, "", 0, 3)


def test_the_same_tests_are_nothing_to_note() -> None:
    assert with_lost(BASE, SAME) == SAME
    assert list(notes(BASE, SAME)) == []


def test_a_test_taken_out_is_noted() -> None:
    fewer = replace(SAME, outcomes={"t/a.py::one": "passed"}, collected=1)
    assert with_lost(BASE, fewer) == fewer
    assert list(notes(BASE, fewer)) == ["2 tests of the base are gone: t/a.py::two, t/b.py::one"]


def test_tests_of_a_broken_file_are_not_taken_out() -> None:
    outcomes = {"t/a.py": "error", "t/b.py::one": "skipped"}
    run = replace(SAME, outcomes=outcomes, texts={"t/a.py": "E boom"}, code=1, collected=1)
    lost = with_lost(BASE, run)
    assert lost.outcomes["t/a.py::one"] == "could not be collected"
    assert lost.texts["t/a.py::one"] == "E boom"
    assert lost.outcomes["t/b.py::one"] == "skipped"


def test_tests_behind_an_early_end_are_not_taken_out() -> None:
    early = replace(SAME, outcomes={"t/a.py::one": "passed"}, collected=3)
    assert with_lost(BASE, early).outcomes["t/b.py::one"] == "did not run"


def test_a_run_that_pytest_refuses_has_lost_every_test() -> None:
    none = replace(SAME, outcomes={}, code=4, collected=0, errors="ERROR: no conftest\n")
    lost = with_lost(BASE, none)
    assert set(lost.outcomes.values()) == {"did not run"}
    assert lost.texts["t/a.py::one"] == "ERROR: no conftest"


def test_new_tests_are_noted_and_failing_ones_named() -> None:
    more = replace(SAME, outcomes={**BASE.outcomes, "t/c.py::new": "failed"}, code=1, collected=4)
    assert list(notes(BASE, more)) == [
        "1 test is new: t/c.py::new",
        "1 new test is failing: t/c.py::new",
    ]


def test_a_test_is_in_its_file_and_its_folder() -> None:
    assert is_in("t/a.py::one", "t/a.py")
    assert is_in("t/a.py::one", "t")
    assert is_in("t/a.py::one", "")
    assert not is_in("t/a.py::one", "t/a")

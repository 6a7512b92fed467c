"""Rules in whole runs over code without annotations: recorded calls say what they may assume."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest
from perfopt_cli.core import Outcome, Status, Verdict
from perfopt_cli.model.rules import Rules
from perfopt_cli.pipeline.prepare import prepare_run

MODULE = """
    def common(words, known):
        count = 0
        for word in words:
            if word in known:
                count += 1
        return count
"""
TESTS = """
    import pytest
    from mod import common

    @pytest.mark.parametrize("size", range(6, 180, 6))
    def test_common(size):
        known = list(range(size))
        assert common(list(range(0, 2 * size, 2)) * 2, known) == 2 * ((size + 1) // 2)
        {more}
"""
LIST = "assert common([[], 1], [1, 2, []]) == 2"


class Quiet:
    def __init__(self) -> None:
        self.stages: list[str] = []

    def stage(self, text: str) -> None:
        self.stages.append(text)

    def tests(self, done: int, total: int) -> None: ...
    def verdict(self, verdict: Verdict) -> None: ...
    def note(self, text: str) -> None: ...


def project(folder: Path, more: str = "pass") -> Path:
    files = {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        "mod.py": MODULE,
        "tests/test_mod.py": TESTS.format(more=more),
    }
    for name, text in files.items():
        path = folder / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    return folder / "project"


def run(root: Path, listener: Quiet | None = None, **options: object) -> tuple[Outcome, ...]:
    settings = {"python": sys.executable, "sandbox": "none", "min_share": 0.0, **options}
    made = prepare_run([], root, settings, listener or Quiet(), write_files=False)
    for _ in made.optimize([Rules()]):
        pass
    assert made.summary is not None
    return made.summary.outcomes


def proposed(outcomes: tuple[Outcome, ...]) -> list[tuple[str, Status]]:
    verdicts = [one.verdict for one in outcomes if one.verdict is not None]
    return [(one.rewrite.source, one.status) for one in verdicts]


def best(outcomes: tuple[Outcome, ...]) -> Verdict | None:
    return next((one.verdict for one in outcomes if one.applied), None)


def test_a_rule_fires_by_the_types_of_recorded_calls_and_a_second_run_looks_at_none(
    tmp_path: Path,
) -> None:
    root = project(tmp_path)
    first = run(root)
    verdict = best(first)
    assert verdict is not None
    assert "set(known)" in verdict.rewrite.source
    listener = Quiet()
    second = run(root, listener)
    assert "copying the project" not in listener.stages
    assert proposed(second) == proposed(first)


@pytest.mark.slow
def test_what_is_proposed_does_not_depend_on_jobs(tmp_path: Path) -> None:
    root = project(tmp_path)
    serial, parallel = (run(root, jobs=jobs, cache=False) for jobs in (1, 4))
    assert [source for source, _ in proposed(serial)] == [s for s, _ in proposed(parallel)]


def test_a_rule_does_not_fire_where_one_call_has_another_type(tmp_path: Path) -> None:
    found = run(project(tmp_path, LIST))
    assert all("set(known)" not in source for source, _ in proposed(found))

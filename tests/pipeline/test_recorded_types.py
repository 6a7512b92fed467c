"""Rules in whole runs over code without annotations: recorded calls say what they may assume."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path

import pytest

from perfopt_cli.core import Known, Outcome, Rewrite, Target, Verdict
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


class Told(Rules):
    """The rules, which keep what they would propose to themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> list[Rewrite]:
        found = super().propose(target, module_source, n=n, known=known)
        self.sources += [one.source for one in found]
        return []


def run(
    root: Path, rules: Rules, listener: Quiet | None = None, **options: object
) -> tuple[Outcome, ...]:
    settings = {"python": sys.executable, "sandbox": "none", "min_share": 0.0, **options}
    made = prepare_run([], root, settings, listener or Quiet(), write_files=False)
    for _ in made.optimize([rules]):
        pass
    assert made.summary is not None
    return made.summary.outcomes


def test_code_without_annotations_is_improved_by_what_recorded_calls_show(tmp_path: Path) -> None:
    outcomes = run(project(tmp_path), Rules())
    [verdict] = [one.verdict for one in outcomes if one.applied and one.verdict is not None]
    assert "set(known)" in verdict.rewrite.source


def test_a_second_run_proposes_the_same_and_reads_no_calls(tmp_path: Path) -> None:
    root, first, second, listener = project(tmp_path), Told(), Told(), Quiet()
    run(root, first)
    run(root, second, listener)
    assert any("set(known)" in source for source in first.sources)
    assert second.sources == first.sources
    assert "copying the project" not in listener.stages


def test_what_is_proposed_does_not_depend_on_jobs(tmp_path: Path) -> None:
    root, serial, parallel = project(tmp_path), Told(), Told()
    run(root, serial, jobs=1, cache=False)
    run(root, parallel, jobs=4, cache=False)
    assert parallel.sources == serial.sources


def test_a_rule_does_not_fire_where_one_call_has_another_type(tmp_path: Path) -> None:
    rules = Told()
    run(project(tmp_path, LIST), rules)
    assert rules.sources
    assert all("set(known)" not in source for source in rules.sources)


@pytest.mark.slow
def test_types_of_what_only_a_workload_reaches_are_recorded_too(tmp_path: Path) -> None:
    root, rules = project(tmp_path), Told()
    calls = "for size in range(6, 60, 6):\n    common(list(range(size)) * 9, list(range(size)))\n"
    (root / "bench.py").write_text(f"from mod import common\n\n{calls}")
    (root / "tests" / "test_mod.py").write_text("def test_nothing():\n    pass\n")
    run(root, rules, workload=("python bench.py",))
    assert any("set(known)" in source for source in rules.sources)

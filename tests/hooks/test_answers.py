"""What the hook keeps of what it said."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from perfopt_cli.config import Settings
from perfopt_cli.core import ExitCode
from perfopt_cli.hooks.answers import Answers
from perfopt_cli.hooks.pre_commit import Found
from perfopt_cli.project import Interpreter, Project, Touched

SAID = Found(ExitCode.FOUND, ("one", "two"), {"regressions": []})
TOUCHED = (Touched("mod.py", "f", None, "def f(): pass\n"),)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    root.mkdir()
    (root / "mod.py").write_text("def f():\n    return 1\n")
    return Project(root)


def answers(
    project: Project,
    settings: Settings | None = None,
    touched: tuple[Touched, ...] | None = TOUCHED,
) -> Answers:
    python = Path(sys.executable)
    # The folders of this test's own interpreter would take long to look through.
    interpreter = Interpreter(python, "test", (3, 11, 0), python.parent, python.parent)
    return Answers(project, interpreter, settings or Settings(), touched)


def test_what_was_said_is_said_again(project: Project) -> None:
    assert answers(project).known() is None
    answers(project).keep(SAID)
    assert answers(project).known() == SAID


def test_another_state_of_the_project_has_no_answer(project: Project) -> None:
    answers(project).keep(SAID)
    (project.root / "data.txt").write_text("1")
    assert answers(project).known() is None
    (project.root / "data.txt").unlink()
    assert answers(project).known() == SAID


def test_another_version_at_head_has_no_answer(project: Project) -> None:
    answers(project).keep(SAID)
    other = (replace(TOUCHED[0], old_text="def f(): return 2\n"),)
    assert answers(project, touched=other).known() is None


@pytest.mark.parametrize("change", [{"min_share": 0.5}, {"hook_regression": "warn"}, {"top": 1}])
def test_settings_that_decide_what_is_said_count(
    project: Project, change: dict[str, object]
) -> None:
    answers(project).keep(SAID)
    assert answers(project, replace(Settings(), **change)).known() is None


def test_without_the_cache_nothing_is_known_but_it_is_kept(project: Project) -> None:
    fresh = Settings(cache=False)
    answers(project, fresh).keep(SAID)
    assert answers(project, fresh).known() is None
    assert answers(project).known() == SAID


def test_a_project_that_changed_meanwhile_is_not_what_was_judged(project: Project) -> None:
    asked = answers(project)
    (project.root / "mod.py").write_text("def f():\n    return 2\n")
    asked.keep(SAID)
    assert asked.known() is None


def test_a_damaged_file_is_as_good_as_none(project: Project, tmp_path: Path) -> None:
    answers(project).keep(SAID)
    (file,) = (tmp_path / "cache").rglob("hook-*.json")
    file.write_bytes(file.read_bytes()[:-5])
    assert answers(project).known() is None


def test_where_models_are_asked_nothing_is_kept(project: Project, tmp_path: Path) -> None:
    answers(project, touched=None).keep(SAID)
    assert not list(tmp_path.rglob("hook-*.json"))

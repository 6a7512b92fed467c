"""``perfopt report`` as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from report_runs import optimized

from perfopt_cli.reports.kept import Shelf

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text("")
    return root


@pytest.fixture
def kept(project: Path, tmp_path: Path) -> str:
    record = optimized(root=str(project))
    Shelf(tmp_path / "state/perfopt/runs", project).keep(record)
    return record.run


def report(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    state = str(project.parent / "state")
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY), "XDG_STATE_HOME": state}
    command = [sys.executable, "-m", "perfopt_cli", "report", *arguments]
    return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=60)


def test_a_page_is_written_beside_the_project_s_own_records(project: Path, kept: str) -> None:
    done = report(project)
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.strip())
    assert path == project / f".perfopt/reports/{kept}.html"
    assert path.read_text().startswith("<!DOCTYPE html>")
    assert (project / ".perfopt/.gitignore").read_text() == "*\n"


def test_pages_of_many_runs_do_not_pile_up(project: Path, kept: str) -> None:
    folder = project / ".perfopt/reports"
    folder.mkdir(parents=True)
    for number in range(30):
        (folder / f"{number:02}.html").write_text("")
        os.utime(folder / f"{number:02}.html", (number, number))
    assert report(project).returncode == 0
    left = {path.stem for path in folder.iterdir()}
    assert left == {*(f"{number:02}" for number in range(11, 30)), kept}


def test_output_names_another_place(project: Path, kept: str) -> None:
    assert report(project, kept, "--output", "page.html").stdout == "page.html\n"
    assert "<html" in (project / "page.html").read_text()
    assert not (project / ".perfopt").exists()


@pytest.mark.parametrize(
    ("kind", "start"),
    [("markdown", "## perfopt: "), ("json", '{"perfopt"'), ("github", "::notice "), ("sarif", "{")],
)
def test_other_formats_are_on_stdout(project: Path, kept: str, kind: str, start: str) -> None:
    done = report(project, kept, "--format", kind)
    assert done.stdout.startswith(start)
    assert not (project / ".perfopt").exists()


def test_the_candidates_can_be_judged_again(project: Path, kept: str) -> None:
    assert report(project, kept, "--format", "json", "--replay", "c.jsonl").returncode == 0
    rows = [json.loads(line) for line in (project / "c.jsonl").read_text().splitlines()]
    assert [set(row) for row in rows] == [{"path", "qualname", "source", "imports"}] * 2


def test_without_a_run_there_is_an_error_in_words(project: Path) -> None:
    done = report(project)
    assert done.returncode == 2
    assert "no run of" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_place_that_cannot_be_written_is_an_error_in_words(project: Path, kept: str) -> None:
    done = report(project, kept, "--output", "missing/page.html")
    assert done.returncode == 2
    assert "missing/page.html can't be written" in done.stderr


def test_where_the_project_cannot_be_written_it_is_said_what_to_do(
    project: Path, kept: str
) -> None:
    (project / ".perfopt").write_text("in the way")
    done = report(project, kept)
    assert done.returncode == 2
    assert "--output FILE" in done.stderr

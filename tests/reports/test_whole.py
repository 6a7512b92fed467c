"""A run from the command line, and everything that is made of it afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import bare
import pytest
from counting import MODULE, suite_of

REPOSITORY = Path(__file__).parent.parent.parent
TESTS = suite_of("pkg.mod")
FAST = (
    "def count_known(words: list[str], known: list[str]) -> int:\n    lookup = set(known)\n    count = 0\n"
    "    for word in words:\n        if word in lookup:\n            count += 1\n    return count\n"
)
WRONG = "def count_known(words: list[str], known: list[str]) -> int:\n    return len(set(words) & set(known))\n"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in a folder of a repository."""
    top = tmp_path_factory.mktemp("whole") / "repository"
    root = top / "app"
    write(root / "pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["."]\n')
    write(root / "pkg/__init__.py", "")
    write(root / "pkg/mod.py", MODULE)
    write(root / "tests/test_mod.py", TESTS)
    write(root / ".gitignore", "__pycache__/\n")
    rows = [{"path": "pkg/mod.py", "qualname": "count_known", "source": s} for s in (FAST, WRONG)]
    (top.parent / "candidates.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    git(top.parent, "init", "-q", str(top))
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


def perfopt(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    identity = {
        f"GIT_{who}_{what}": "n@x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    env = {**os.environ, **identity, "PYTHONPATH": str(REPOSITORY), "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "perfopt_cli", *arguments]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=300)


def optimize(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    candidates = root.parent.parent / "candidates.jsonl"
    model = f"replay:{candidates}"
    return perfopt(root, "optimize", "--python", bare.python(), "--model", model, *arguments)


@pytest.mark.slow
def test_a_check_its_patch_its_reports_and_its_commit(root: Path, tmp_path: Path) -> None:
    patch = tmp_path / "perfopt.patch"
    done = optimize(root, "--check", "--patch", str(patch), "--format", "sarif")
    assert done.returncode == 1, done.stderr
    (found,) = json.loads(done.stdout)["runs"][0]["results"]
    location = found["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "app/pkg/mod.py"
    assert git(root, "status", "--porcelain") == ""

    git(root, "apply", "--check", str(patch))
    report = json.loads(perfopt(root, "report", "--format", "json").stdout)
    assert [one["reason"] for one in report["candidates"]] == ["FASTER", "DIVERGED"]
    assert report["candidates"][0]["samples"]
    assert "count_known(" in report["candidates"][1]["counterexample"]
    page = Path(perfopt(root, "report").stdout.strip()).read_text()
    assert "count_known" in page
    assert git(root, "status", "--porcelain") == ""

    done = optimize(root, "--commit", "--format", "github")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("::notice file=app/pkg/mod.py,line=")
    assert "Committed: Make count_known " in done.stderr
    assert git(root, "rev-list", "--count", "HEAD").strip() == "2"
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.slow
def test_a_change_is_reported_by_verify(root: Path) -> None:
    path = root / "pkg/mod.py"
    before = path.read_text()
    path.write_text(before.replace("count += 1", "count += 2"))
    try:
        done = perfopt(root, "verify", "--python", bare.python(), "--format", "markdown")
    finally:
        path.write_text(before)
    assert done.returncode == 1, done.stderr
    assert "not equivalent (TESTS_FAILED)" in done.stdout
    kept = perfopt(root, "report", "--format", "github").stdout
    assert kept.startswith("::error file=app/pkg/mod.py,line=")


@pytest.mark.parametrize("option", ["--check", "--diff", "--no-apply"])
def test_a_commit_needs_rewrites_that_are_applied(root: Path, option: str) -> None:
    done = optimize(root, "--commit", option)
    assert done.returncode == 2
    assert "--commit is for rewrites that are applied" in done.stderr


def test_a_commit_is_refused_before_anything_is_run(root: Path) -> None:
    (root / "staged.txt").write_text("x")
    git(root, "add", "staged.txt")
    try:
        done = optimize(root, "--commit")
    finally:
        git(root, "rm", "-q", "-f", "staged.txt")
    assert done.returncode == 2
    assert "there are staged changes (app/staged.txt)" in done.stderr
    assert "running" not in done.stderr


def test_a_patch_that_cannot_be_written_is_said_before_anything_is_run(root: Path) -> None:
    done = optimize(root, "--patch", "missing/perfopt.patch")
    assert done.returncode == 2
    assert "missing/perfopt.patch can't be written" in done.stderr
    assert "running" not in done.stderr

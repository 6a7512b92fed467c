"""A project that nobody can write to: what only looks works, and what would write says so."""

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

REPOSITORY = Path(__file__).parent.parent
MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'
FAST = """\
def count_known(words: list[str], known: list[str]) -> int:
    names = set(known)
    return sum(1 for word in words if word in names)
"""
IDENTITY = ["-c", "user.name=n", "-c", "user.email=e@example.org"]


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *IDENTITY, *words], cwd=root, check=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a staged function that could be faster."""
    root = tmp_path / "project"
    for name, text in {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
        "pkg/__init__.py": "",
        "pkg/mod.py": "VERSION = 1\n",
        "tests/test_mod.py": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    (root / "pkg/mod.py").write_text(textwrap.dedent(MODULE))
    (root / "tests/test_mod.py").write_text(textwrap.dedent(suite_of("pkg.mod")))
    git(root, "add", "-A")
    return root


def perfopt(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run perfopt on the project, which can't be written to meanwhile."""
    command = [sys.executable, "-m", "perfopt_cli", *words, "--python", bare.python()]
    if os.geteuid() == 0:  # modes are nothing to root
        command = ["unshare", "-m", "sh", "-c", MOUNT, str(root), *command]
        tried = subprocess.run([*command[:6], "true"], capture_output=True, check=False)
        if tried.returncode:
            pytest.skip(f"root can't make a tree read-only here: {tried.stderr!r}")
    else:
        for folder, _, _ in os.walk(root):
            os.chmod(folder, 0o555)
    state = {"XDG_STATE_HOME": str(root.parent / "state"), "PYTEST_ADDOPTS": ""}
    try:
        return subprocess.run(
            command,
            cwd=root,
            env={**os.environ, **state, "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        for folder, _, _ in os.walk(root):
            os.chmod(folder, 0o755)


def candidates(root: Path) -> str:
    row = {"path": "pkg/mod.py", "qualname": "count_known", "source": FAST}
    file = root.parent / "candidates.jsonl"
    file.write_text(json.dumps(row) + "\n")
    return f"replay:{file}"


@pytest.mark.slow
def test_check_finds_what_there_is_to_gain(project: Path) -> None:
    done = perfopt(project, "optimize", "--check", "--model", candidates(project), "--record")
    assert done.returncode == 1, done.stderr
    assert "Found 1 rewrite" in done.stderr
    assert "verdicts are not recorded" in done.stderr


@pytest.mark.slow
def test_the_hook_looks_at_what_is_staged(project: Path) -> None:
    done = perfopt(project, "hook", "--budget", "600")
    assert done.returncode == 0, done.stderr
    assert "count_known could be" in done.stdout


def test_what_would_write_says_so_before_it_does_anything(project: Path) -> None:
    done = perfopt(project, "optimize")
    assert done.returncode == 2
    assert f"{project} can't be written to: --check, --diff and --no-apply" in done.stderr
    assert "profiler" not in done.stderr

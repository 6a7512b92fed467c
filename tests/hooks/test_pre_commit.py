"""The hook by itself, and called by the real pre-commit from a clone of this repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent.parent
SLOW = """
    def count_known(words: list[str], known: list[str]) -> int:
        count = 0
        for word in words:
            if word in known:
                count += 1
        return count
"""
TESTS = """
    import pytest
    from pkg.mod import count_known

    @pytest.mark.parametrize("size", range(0, 180, 6))
    def test_count(size):
        known = [f"w{i}" for i in range(size)]
        words = [f"w{i}" for i in range(0, 2 * size, 2)]
        assert count_known(words, known) == (size + 1) // 2
"""
IDENTITY = ["-c", "user.name=n", "-c", "user.email=e@example.org"]


def git(cwd: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *IDENTITY, *arguments],
        cwd=cwd,
        env=environment(),
        check=check,
        capture_output=True,
        text=True,
    )


def environment(**more: str) -> dict[str, str]:
    """The tests' own environment, without what a hook around them may have set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, **more}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def make_repository(root: Path) -> Path:
    write(
        root / "pyproject.toml",
        f"""
        [tool.pytest.ini_options]
        pythonpath = ["."]
        [tool.perfopt]
        python = "{sys.executable}"
        """,
    )
    write(root / "pkg/__init__.py", "")
    write(root / "pkg/mod.py", "VERSION = 1\n")
    write(root / "tests/test_other.py", "def test_other():\n    pass\n")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    write(root / "pkg/mod.py", SLOW)
    write(root / "tests/test_mod.py", TESTS)
    return root


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "project")


def hook(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "perfopt_cli", "hook", *arguments],
        cwd=root,
        env=environment(PYTHONPATH=str(REPOSITORY)),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_staged_function_that_could_be_faster_is_named(repository: Path) -> None:
    git(repository, "add", "-A")
    done = hook(repository, "--budget", "120", "pkg/mod.py")
    assert done.returncode == 0, done.stderr
    assert "pkg/mod.py:2: count_known could be" in done.stdout
    assert (repository / "pkg/mod.py").read_text() == textwrap.dedent(SLOW)
    assert not (repository / ".perfopt").exists()


def test_with_apply_the_file_is_changed_and_the_commit_stopped(repository: Path) -> None:
    git(repository, "add", "-A")
    done = hook(repository, "--apply", "--budget", "120", "pkg/mod.py")
    assert done.returncode == 1, done.stderr
    assert (repository / "pkg/mod.py").read_text() != textwrap.dedent(SLOW)


def test_what_is_not_staged_is_not_looked_at(repository: Path) -> None:
    done = hook(repository, "pkg/mod.py")
    assert (done.returncode, done.stdout) == (0, "")


def test_tests_and_other_files_are_not_looked_at(repository: Path) -> None:
    git(repository, "add", "-A")
    done = hook(repository, "tests/test_mod.py", "pyproject.toml")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_suite_longer_than_the_budget_stops_no_commit(repository: Path) -> None:
    write(repository / "tests/test_slow.py", "import time\ndef test_slow():\n    time.sleep(30)\n")
    git(repository, "add", "-A")
    done = hook(repository, "--budget", "3", "pkg/mod.py")
    assert done.returncode == 0, done.stderr
    assert "not checked" in done.stdout


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository before its first commit, to record in; and what the hook said of it."""
    root = make_repository(tmp_path_factory.mktemp("recorded") / "project")
    shutil.rmtree(root / ".git")
    git(root, "init", "-q")
    with (root / "pyproject.toml").open("a") as file:
        file.write("record = true\n")
    git(root, "add", "-A")
    done = hook(root, "--budget", "120", "pkg/mod.py")
    assert done.returncode == 0, done.stderr
    return root, done.stdout


def test_the_first_commit_is_looked_at(recorded: tuple[Path, str]) -> None:
    assert "count_known could be" in recorded[1]


def test_the_hook_records_verdicts_where_the_settings_say_so(recorded: tuple[Path, str]) -> None:
    root, _ = recorded
    assert '"FASTER"' in (root / ".perfopt" / "verdicts.jsonl").read_text()
    assert git(root, "status", "--porcelain").stdout.count(".perfopt") == 0


@pytest.mark.slow
def test_the_real_pre_commit_runs_the_hook(repository: Path, tmp_path: Path) -> None:
    clone = tmp_path / "perfopt"
    listed = git(REPOSITORY, "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
    for name in filter(None, listed.split("\0")):
        source = REPOSITORY / name
        if source.exists():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, clone / name, follow_symlinks=False)
    git(tmp_path, "init", "-q", str(clone))
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "as it is")
    rev = git(clone, "rev-parse", "HEAD").stdout.strip()
    write(
        repository / ".pre-commit-config.yaml",
        f"""
        repos:
          - repo: {clone}
            rev: {rev}
            hooks:
              - id: perfopt
                args: [--budget, "120"]
        """,
    )
    own = environment(PRE_COMMIT_HOME=str(tmp_path / "cache"))
    pre_commit = [sys.executable, "-m", "pre_commit"]
    subprocess.run([*pre_commit, "install"], cwd=repository, env=own, check=True)
    git(repository, "add", "-A")
    done = subprocess.run(
        ["git", *IDENTITY, "commit", "-m", "second"],
        cwd=repository,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "count_known could be" in said
    assert git(repository, "log", "--oneline").stdout.count("\n") == 2

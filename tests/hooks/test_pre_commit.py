"""The hook by itself, and called by the real pre-commit from a clone of this repository."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import bare
import pytest
from counting import MODULE as SLOW
from counting import suite_of
from schemas import check

REPOSITORY = Path(__file__).parent.parent.parent
TESTS = suite_of("pkg.mod")
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
        python = "{bare.python()}"
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


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository whose staged function could be faster; and what the hook said of it."""
    root = make_repository(tmp_path_factory.mktemp("looked-at") / "project")
    git(root, "add", "-A")
    done = hook(root, "--budget", "600", "pkg/mod.py")
    assert done.returncode == 0, done.stderr
    assert (root / "pkg/mod.py").read_text() == textwrap.dedent(SLOW)
    return root, done.stdout


def test_a_staged_function_that_could_be_faster_is_named(looked_at: tuple[Path, str]) -> None:
    root, said = looked_at
    assert "pkg/mod.py:2: count_known could be" in said
    assert not (root / ".perfopt").exists()


def test_with_apply_the_file_is_changed_and_the_commit_stopped(
    looked_at: tuple[Path, str],
) -> None:
    root, _ = looked_at
    done = hook(root, "--apply", "--budget", "600", "pkg/mod.py")
    try:
        assert done.returncode == 1, done.stderr
        assert (root / "pkg/mod.py").read_text() != textwrap.dedent(SLOW)
    finally:
        write(root / "pkg/mod.py", SLOW)
        shutil.rmtree(root / ".perfopt", ignore_errors=True)


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
    done = hook(root, "--budget", "600", "pkg/mod.py")
    assert done.returncode == 0, done.stderr
    return root, done.stdout


def test_the_first_commit_is_looked_at(recorded: tuple[Path, str]) -> None:
    assert "count_known could be" in recorded[1]


def test_the_hook_records_verdicts_where_the_settings_say_so(recorded: tuple[Path, str]) -> None:
    root, _ = recorded
    assert '"FASTER"' in (root / ".perfopt" / "verdicts.jsonl").read_text()
    assert git(root, "status", "--porcelain").stdout.count(".perfopt") == 0


FAST = """
    def count_known(words: list[str], known: list[str]) -> int:
        names = set(known)
        return sum(1 for word in words if word in names)
"""


def make_slower(root: Path, *, what: str = "fail") -> Path:
    """Make a repository in which what is staged is slower than HEAD, and does the same."""
    make_repository(root)
    write(root / "pkg/mod.py", FAST)
    with (root / "pyproject.toml").open("a") as file:
        file.write(f'hook-regression = "{what}"\n')
    git(root, "add", "-A")
    git(root, "commit", "-qm", "fast")
    write(root / "pkg/mod.py", SLOW)
    git(root, "add", "-A")
    return root


@pytest.fixture(scope="module")
def slower(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository in which what is staged is slower, with unstaged work; and what was said."""
    root = make_slower(tmp_path_factory.mktemp("slower") / "project")
    write(root / "pkg/mod.py", "def broken(:\n")
    write(root / "tests/test_loose.py", "def test_fails():\n    assert False\n")
    done = hook(root, "--budget", "600", "--format", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    return root, done.stdout


def test_a_commit_that_makes_a_function_slower_is_stopped(slower: tuple[Path, str]) -> None:
    report = json.loads(slower[1])
    check("hook", report)
    (row,) = report["regressions"]
    assert (row["path"], row["qualname"], row["line"]) == ("pkg/mod.py", "count_known", 2)
    assert row["slowdown"]["low"] > 1.05
    assert report["applied"] == []
    assert "count_known is " in report["said"][0]
    assert "slower than at HEAD" in report["said"][0]


def test_unstaged_work_is_neither_looked_at_nor_touched(slower: tuple[Path, str]) -> None:
    root, _ = slower
    assert (root / "pkg/mod.py").read_text() == "def broken(:\n"
    assert git(root, "status", "--porcelain").stdout.splitlines() == [
        "MM pkg/mod.py",
        "?? tests/test_loose.py",
    ]


def test_the_second_time_no_test_is_run(slower: tuple[Path, str]) -> None:
    root, _ = slower
    done = hook(root, "--budget", "600", "-v", "pkg/mod.py")
    assert done.returncode == 1, done.stderr
    assert "slower than at HEAD" in done.stdout
    assert "copying the project" not in done.stderr


@pytest.mark.slow
def test_the_settings_can_make_it_a_warning(tmp_path: Path) -> None:
    root = make_slower(tmp_path / "project", what="warn")
    done = hook(root, "--budget", "600")
    assert done.returncode == 0, done.stderr
    assert "slower than at HEAD" in done.stdout


def test_a_function_that_is_marked_is_left_alone(repository: Path) -> None:
    text = SLOW.replace("-> int:", "-> int:  # perfopt: skip")
    write(repository / "pkg/mod.py", text)
    git(repository, "add", "-A")
    done = hook(repository, "--budget", "600", "--format", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["candidates"]) == (0, [])
    assert [one["reason"] for one in report["targets"]] == ["marked # perfopt: skip"]


def test_what_the_settings_leave_out_is_not_looked_at(repository: Path) -> None:
    with (repository / "pyproject.toml").open("a") as file:
        file.write('include = ["other/*"]\n')
    git(repository, "add", "-A")
    assert said(hook(repository, "pkg/mod.py")) == (0, "", "")


def said(done: subprocess.CompletedProcess[str]) -> tuple[int, str, str]:
    return done.returncode, done.stdout, done.stderr


def test_a_staged_file_that_does_not_parse_is_left_to_other_hooks(repository: Path) -> None:
    write(repository / "pkg/mod.py", "def broken(:\n")
    git(repository, "add", "-A")
    assert said(hook(repository, "pkg/mod.py")) == (0, "", "")


def test_a_deleted_file_is_nothing_to_look_at(repository: Path) -> None:
    git(repository, "rm", "-qf", "pkg/mod.py")
    assert said(hook(repository, "pkg/mod.py")) == (0, "", "")


def test_outside_a_repository_it_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "mod.py").write_text("")
    done = hook(tmp_path, "mod.py")
    assert done.returncode == 2
    assert "is in no git repository" in done.stderr


def test_a_bare_repository_is_wrong_use(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", ".")
    done = hook(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is a bare repository: nothing is staged in it" in done.stderr


def test_a_bad_setting_is_named_with_what_is_wanted(repository: Path) -> None:
    with (repository / "pyproject.toml").open("a") as file:
        file.write('hook-budget = "20"\n')
    git(repository, "add", "-A")
    done = hook(repository)
    assert done.returncode == 2
    assert "pyproject.toml: [tool.perfopt] hook-budget is the str '20'; wanted a" in done.stderr
    assert str(repository) in done.stderr


def test_the_staged_settings_count(repository: Path) -> None:
    with (repository / "pyproject.toml").open("a") as file:
        file.write('exclude = ["pkg/*"]\n')
    git(repository, "add", "-A")
    with (repository / "pyproject.toml").open("a") as file:
        file.write("nonsense = 1\n")
    assert said(hook(repository)) == (0, "", "")


def test_where_another_run_is_at_work_the_commit_is_not_kept_waiting(
    repository: Path, tmp_path: Path
) -> None:
    git(repository, "add", "-A")
    code = (
        "import sys; from pathlib import Path; from perfopt_cli.pipeline.lock import alone\n"
        "with alone(Path(sys.argv[1]), None): print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(repository)],
        env=environment(PYTHONPATH=str(REPOSITORY)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    done = hook(repository, "--budget", "5")
    other.communicate()
    assert done.returncode == 0, done.stderr
    assert f"(process {other.pid}) is at work" in done.stderr
    assert "not " in done.stdout


def test_files_of_two_projects_are_looked_at_one_project_after_the_other(
    repository: Path,
) -> None:
    inner = repository / "inner"
    write(inner / "pyproject.toml", "[tool.perfopt]\ntop = 0\n")
    write(inner / "own.py", "def own() -> int:\n    return 1\n")
    write(repository / "pkg/mod.py", "VERSION = 2\n")
    git(repository, "add", "-A")
    done = hook(repository, "pkg/mod.py", "inner/own.py")
    assert done.returncode == 2
    assert "inner/pyproject.toml: [tool.perfopt] top is the int 0" in done.stderr


def pre_commit(root: Path, own: Mapping[str, str], *words: str) -> str:
    """Run git in a repository with the hook installed; return all that is printed."""
    done = subprocess.run(
        ["git", *IDENTITY, *words], cwd=root, env=own, capture_output=True, text=True, check=False
    )
    return f"{done.stdout}{done.stderr}[exit code {done.returncode}]"


@pytest.fixture(scope="module")
def cloned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, str]]:
    """A clone of this repository, its commit, and an environment with pre-commit's own folder."""
    folder = tmp_path_factory.mktemp("cloned")
    clone = folder / "perfopt"
    listed = git(REPOSITORY, "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
    for name in filter(None, listed.split("\0")):
        source = REPOSITORY / name
        if source.exists():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, clone / name, follow_symlinks=False)
    git(folder, "init", "-q", str(clone))
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "as it is")
    rev = git(clone, "rev-parse", "HEAD").stdout.strip()
    return clone, rev, environment(PRE_COMMIT_HOME=str(folder / "cache"))


@pytest.fixture
def own(repository: Path, cloned: tuple[Path, str, dict[str, str]]) -> dict[str, str]:
    """The environment of the clone; the repository has its hook installed."""
    clone, rev, found = cloned
    write(
        repository / ".pre-commit-config.yaml",
        f"""
        repos:
          - repo: {clone}
            rev: {rev}
            hooks:
              - id: perfopt
                args: [--budget, "600"]
        """,
    )
    command = [sys.executable, "-m", "pre_commit", "install"]
    subprocess.run(command, cwd=repository, env=found, check=True)
    return found


def make_environment(root: Path) -> Path:
    """Make a .venv that has pytest; return its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    (site,) = (root / ".venv/lib").glob("*/site-packages")
    (packages,) = Path(bare.python()).parents[1].glob("lib/*/site-packages")
    (site / "all.pth").write_text(f"{packages}\n")
    return root / ".venv/bin/python"


@pytest.mark.slow
def test_the_real_pre_commit_runs_the_hook(repository: Path, own: dict[str, str]) -> None:
    settings = repository / "pyproject.toml"
    settings.write_text(settings.read_text().replace(f'python = "{bare.python()}"', ""))
    python = make_environment(repository)
    write(repository / ".gitignore", ".venv\n")
    git(repository, "add", "-A")
    said = pre_commit(repository, own, "commit", "-m", "slow")
    assert "count_known could be" in said
    assert said.endswith("[exit code 0]")
    # A partial commit, with other changes staged and unstaged.
    config = repository / ".pre-commit-config.yaml"
    config.write_text(config.read_text().replace('"600"', '"600", --format, json'))
    git(repository, "commit", "-qnam", "other arguments")
    write(repository / "pkg/mod.py", SLOW.replace("count = 0", "count = int(0)"))
    write(repository / "pkg/other.py", "def other():\n    return 1\n")
    git(repository, "add", "pkg/other.py")
    write(repository / "tests/test_other.py", "not staged, and no Python")
    said = pre_commit(repository, own, "commit", "-m", "part", "pkg/mod.py")
    assert said.endswith("[exit code 0]")
    report = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    assert report["python"] == str(python)
    assert [one["path"] for one in report["targets"]] == ["pkg/mod.py"]
    assert git(repository, "status", "--porcelain").stdout.splitlines() == [
        "A  pkg/other.py",
        " M tests/test_other.py",
    ]


@pytest.mark.slow
def test_the_real_pre_commit_stops_a_commit_that_slows_a_function_down(
    repository: Path, own: dict[str, str]
) -> None:
    write(repository / "pkg/mod.py", FAST)
    git(repository, "add", "-A")
    git(repository, "commit", "-qnm", "fast")
    write(repository / "pkg/mod.py", SLOW)
    said = pre_commit(repository, own, "commit", "-am", "slow")
    assert "slower than at HEAD" in said
    assert said.endswith("[exit code 1]")
    said = pre_commit(repository, {**own, "SKIP": "perfopt"}, "commit", "-am", "slow")
    assert said.endswith("[exit code 0]")

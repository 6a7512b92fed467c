"""``--workload`` as a user gives it: tables, JSON, exit codes, what is applied, what is kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import bare
import pytest
from schemas import check

REPOSITORY = Path(__file__).parent.parent
MODULE = """
    def tidy(words, known):
        found = []
        for word in words:
            if word in list(known):
                found.append(word.strip())
            elif not word:
                found.append("-")
        return found

    def size(items):
        return len(items)
"""
TESTS = """
    from pkg.mod import size

    def test_size():
        assert size([1, 2]) == 2
"""
PROGRAM = """
    import sys
    from pkg.mod import tidy

    def main(most):
        for count in range(0, most, 7):
            known = [f" w{n}" for n in range(0, count, 2)]
            words = [f" w{n}" if n % 5 else "" for n in range(count)]
            print(count, tidy(words, known))

    if __name__ == "__main__":
        main(int(sys.argv[1]))
"""
FAST = """
def tidy(words, known):
    found = []
    names = frozenset(known)
    for word in words:
        if word in names:
            found.append(word.strip())
        elif not word:
            found.append("-")
    return found
"""
COMMAND = "python -m bench.run 150"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(root / "pyproject.toml", "[tool.pytest.ini_options]\npythonpath = ['.']\n")
    write(root / "pkg/__init__.py", "")
    write(root / "pkg/mod.py", MODULE)
    write(root / "tests/test_mod.py", TESTS)
    write(root / "bench/run.py", PROGRAM)
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def git(root: Path, *words: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(["git", *identity, *words], cwd=root, check=True)


def perfopt(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "perfopt_cli", *words, "--python", bare.python()],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )


def parsed(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def candidates(root: Path, *sources: str) -> str:
    rows = [{"path": "pkg/mod.py", "qualname": "tidy", "source": text} for text in sources]
    file = root.parent / "candidates.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"replay:{file}"


def test_locate_shows_what_the_program_reaches(project: Path) -> None:
    told = parsed(perfopt(project, "locate", "--workload", COMMAND, "--format", "json"))
    check("run", told)
    (workload,) = told["baseline"]["workloads"]
    assert workload["command"] == COMMAND
    assert workload["seconds"] > 0
    reached = {row["qualname"]: (row["tests"], row["workloads"]) for row in told["targets"]}
    assert reached == {"tidy": (0, 1), "size": (1, 0), "main": (0, 1)}
    assert told["targets"][0]["qualname"] == "tidy"


def test_the_setting_counts_and_the_table_says_so(project: Path) -> None:
    with (project / "pyproject.toml").open("a") as file:
        file.write(f'[tool.perfopt]\nworkload = "{COMMAND}"\n')
    done = perfopt(project, "locate")
    assert "(1 tests, " in done.stdout
    assert "; 1 workload, " in done.stdout
    assert "only a workload reaches it" in done.stdout


def test_doctor_says_which_can_be_none(project: Path) -> None:
    with (project / "pyproject.toml").open("a") as file:
        file.write(f'[tool.perfopt]\nworkload = ["{COMMAND}", "python nowhere.py"]\n')
    told = parsed(perfopt(project, "doctor", "--format", "json"))
    found = [(row["ok"], row["text"]) for row in told["findings"] if row["name"] == "workload"]
    assert found[0] == (True, COMMAND)
    assert found[1][0] is False
    assert "nowhere.py is not in" in found[1][1]


@pytest.mark.slow
def test_a_rewrite_of_what_only_the_program_reaches_is_proved_and_kept(project: Path) -> None:
    wrong = FAST.replace('"-"', '"+"')
    words = ["optimize", "--no-apply", "--format", "json", "--workload", COMMAND]
    words += ["--model", candidates(project, wrong, FAST)]
    told = parsed(perfopt(project, *words))
    check("run", told)
    verdicts = {row["candidate"]: row for row in told["candidates"]}
    assert verdicts[0]["reason"] == "DIVERGED"
    assert verdicts[1]["reason"] == "FASTER", verdicts[1]
    assert verdicts[1]["evidence"]["recorded_calls"] >= 20
    assert verdicts[1]["evidence"]["mutants"] >= 10

    again = perfopt(project, *words)
    assert all(row["cached"] for row in parsed(again)["candidates"])
    assert "under the profiler" not in again.stderr

    words[words.index(COMMAND)] = COMMAND.replace("150", "151")
    other = perfopt(project, *words)
    assert "under the profiler" in other.stderr
    assert not any(row["cached"] for row in parsed(other)["candidates"])

    del words[words.index("--workload") : words.index("--workload") + 2]
    without = parsed(perfopt(project, *words))
    assert {row["reason"] for row in without["candidates"]} == {"UNTESTED"}


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("python nowhere.py", 2, "nowhere.py is not in"),
        ("make bench", 2, "there is no Python program make"),
        ("python -c 'raise SystemExit(4)'", 3, "ends with exit code 4 before any change"),
        (
            "python -c 'import socket; socket.create_connection((\"192.0.2.1\", 9), 5)'",
            3,
            "The sandbox has no network; network = true",
        ),
        ('python -c \'open("seen", "x")\'', 3, "A workload has to do the same in every run"),
    ],
)
def test_what_can_be_no_workload_is_an_error_for_people(
    project: Path, command: str, code: int, said: str
) -> None:
    words = ["optimize", "--no-apply", "--model", candidates(project, FAST)]
    done = perfopt(project, *words, "--workload", COMMAND, "--workload", command)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert said in done.stderr.replace("\n", " ")
    assert 'Traceback (most recent call last):\n  File "/' not in done.stderr


def test_a_budget_that_the_program_uses_up_is_said(project: Path) -> None:
    endless = "python -c 'import time; time.sleep(600)'"
    done = perfopt(project, "optimize", "--no-apply", "--budget", "6", "--workload", endless)
    assert done.returncode == 2
    assert "tests and workloads alone take longer than the budget" in done.stderr


@pytest.fixture
def changed(project: Path) -> Path:
    """A repository whose working tree has another function that only the program reaches."""
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "begin")
    write(project / "pkg/mod.py", MODULE.replace('append("-")', 'append("+")'))
    return project


@pytest.mark.slow
def test_verify_holds_a_change_against_the_program_too(changed: Path) -> None:
    done = perfopt(changed, "verify", "--format", "json", "--workload", COMMAND)
    told = parsed(done)
    check("review", told)
    assert done.returncode == 1
    assert told["problems"] == [f"the workload '{COMMAND}' prints something else"]
    (row,) = told["candidates"]
    assert (row["qualname"], row["reason"], row["equivalent"]) == ("tidy", "DIVERGED", False)


@pytest.mark.slow
def test_verify_leaves_a_program_out_that_the_change_brings(changed: Path) -> None:
    write(changed / "new.py", "raise SystemExit(1)\n")
    done = perfopt(changed, "verify", "--workload", "python new.py")
    assert "the workload 'python new.py' is left out: its program is new" in done.stderr
    assert done.returncode == 0, done.stderr

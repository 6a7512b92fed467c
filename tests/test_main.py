"""The commands as a user runs them: exit codes, streams, messages for every kind of bad input."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bare
import pytest

REPOSITORY = Path(__file__).parent.parent
MODULE = """
    ALLOWED = ["a", "b"]

    def count_known(words: list[str], known: list[str]) -> int:
        count = 0
        for word in words:
            if word in known:
                count += 1
        return count

    def untested(words: list[str]) -> str:
        text = ""
        for word in words:
            text += word
        return text
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
FAST = (
    "def count_known(words: list[str], known: list[str]) -> int:\n"
    "    lookup = set(known)\n"
    "    count = 0\n"
    "    for word in words:\n"
    "        if word in lookup:\n"
    "            count += 1\n"
    "    return count\n"
)


def make_project(root: Path, source: str = ".") -> Path:
    write(root / "pyproject.toml", f'[tool.pytest.ini_options]\npythonpath = ["{source}"]\n')
    write(root / source / "pkg/__init__.py", "")
    write(root / source / "pkg/mod.py", MODULE)
    write(root / "tests/test_mod.py", TESTS)
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "perfopt_cli", *arguments]


def environment() -> dict[str, str]:
    paths = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": paths, "PYTEST_ADDOPTS": ""}


def perfopt(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def optimize(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return perfopt(cwd, "optimize", "--python", bare.python(), *arguments)


def replay_file(root: Path, *sources: str, qualname: str = "count_known") -> str:
    rows = [{"path": "pkg/mod.py", "qualname": qualname, "source": source} for source in sources]
    return replay_rows(root, rows)


def replay_rows(root: Path, rows: Sequence[Mapping[str, str]]) -> str:
    file = root.parent / "candidates.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"replay:{file}"


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True)


def tree(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {"__pycache__", ".perfopt", ".git"} & set(path.parts)
    }


def parsed(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode in (0, 1), done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


# -- the whole job ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Job:
    """A project that was optimized: its files before and after, the report, and what was said."""

    root: Path
    before: dict[str, bytes]
    after: dict[str, bytes]
    report: dict[str, Any]
    said: str


def job(root: Path, *arguments: str) -> Job:
    before = tree(root)
    done = optimize(root, "--format", "json", *arguments)
    return Job(root, before, tree(root), parsed(done), done.stderr)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The project as it is, without any option."""
    return job(make_project(tmp_path_factory.mktemp("plain") / "project"))


def test_a_proved_rewrite_is_applied(plain: Job) -> None:
    applied = plain.report["applied"]
    assert [entry["qualname"] for entry in applied] == ["count_known"]
    assert applied[0]["speedup"] > 1.2
    assert "lookup" in applied[0]["diff"] or "set(" in applied[0]["diff"]
    assert plain.after != plain.before


def test_what_was_applied_can_be_undone(plain: Job, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    shutil.copytree(plain.root, copy)
    assert perfopt(copy, "undo").returncode == 0
    assert tree(copy) == plain.before


def test_a_function_that_no_test_reaches_is_left_alone_and_said_so(plain: Job) -> None:
    (untested,) = [t for t in plain.report["targets"] if t["qualname"] == "untested"]
    assert untested["status"] == "skipped"
    assert "no test" in untested["reason"]


def test_json_is_one_object_with_the_promised_fields(plain: Job) -> None:
    report = plain.report
    assert {
        "perfopt",
        "run",
        "python",
        "baseline",
        "targets",
        "candidates",
        "applied",
        "suite",
    } <= set(report)
    assert report["baseline"]["tests"] == 30
    assert report["suite"] == {"tests": 30, "failed": 0}
    assert set(report["candidates"][0]) >= {
        "path",
        "qualname",
        "candidate",
        "origin",
        "status",
        "reason",
        "detail",
        "speedup",
        "seconds",
    }


def test_outside_git_a_note_is_enough(plain: Job) -> None:
    assert plain.report["applied"]
    assert "not a git repository" in plain.said


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A project with a src layout, a change that is not committed, and a file that is broken."""
    root = make_project(tmp_path_factory.mktemp("replayed") / "project", "src")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    with (root / "src/pkg/mod.py").open("a") as module:
        module.write("\nCHANGED = True\n")
    write(root / "src/pkg/broken.py", "def f(:\n")
    wrong = FAST.replace("return count\n", "return count + 1\n")
    slow = FAST.replace("lookup = set(known)", "lookup = sorted(known * 3)")
    hostile = FAST.replace(
        "    count = 0\n", "    import os\n    os.system('true')\n    count = 0\n"
    )
    sources = {
        "count_known": [wrong, hostile, slow, FAST, "def count_known(:"],
        "untested": ['def untested(words: list[str]) -> str:\n    return "".join(words)\n'],
    }
    rows = [
        {"path": "src/pkg/mod.py", "qualname": qualname, "source": source}
        for qualname, found in sources.items()
        for source in found
    ]
    return job(root, "src", "--model", replay_rows(root, rows))


def verdicts(made: Job, qualname: str) -> dict[int, tuple[str, str]]:
    found = [one for one in made.report["candidates"] if one["qualname"] == qualname]
    return {one["candidate"]: (one["status"], one["reason"]) for one in found}


def test_each_line_of_a_replay_file_gets_its_verdict(replayed: Job) -> None:
    assert verdicts(replayed, "count_known") == {
        0: ("rejected", "TESTS_FAILED"),
        1: ("rejected", "UNSAFE"),
        2: ("rejected", "NOT_FASTER"),
        3: ("accepted", "FASTER"),
        4: ("rejected", "INVALID"),
    }
    assert b"lookup = set(known)" in replayed.after["src/pkg/mod.py"]


def test_a_src_layout_that_pytest_is_told_of_can_be_judged(replayed: Job) -> None:
    assert [entry["path"] for entry in replayed.report["applied"]] == ["src/pkg/mod.py"]


def test_a_candidate_for_an_untested_function_is_not_applied(replayed: Job) -> None:
    assert list(verdicts(replayed, "untested").values()) == [("abstained", "UNTESTED")]
    assert [entry["qualname"] for entry in replayed.report["applied"]] == ["count_known"]
    assert b"text += word" in replayed.after["src/pkg/mod.py"]


def test_uncommitted_changes_are_kept(replayed: Job) -> None:
    module = replayed.after["src/pkg/mod.py"]
    assert b"CHANGED = True" in module
    assert b"lookup" in module


def test_a_syntax_error_in_one_of_many_files_stops_nothing(replayed: Job) -> None:
    assert replayed.report["applied"]
    assert "src/pkg/broken.py" in replayed.said


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, bool]:
    """A project after ``--check``: its exit code, and whether nothing was written."""
    root = make_project(tmp_path_factory.mktemp("checked") / "project")
    before = tree(root)
    done = optimize(root, "--check", "--model", replay_file(root, FAST))
    return root, done.returncode, tree(root) == before


def test_check_writes_nothing_and_exits_1(checked: tuple[Path, int, bool]) -> None:
    assert checked[1:] == (1, True)


def test_diff_prints_a_patch_that_git_can_apply(checked: tuple[Path, int, bool]) -> None:
    root, before = checked[0], tree(checked[0])
    done = optimize(root, "--diff", "-q", "--model", replay_file(root, FAST))
    assert done.returncode == 0, done.stderr
    assert tree(root) == before
    subprocess.run(["git", "apply", "-"], cwd=root, input=done.stdout, text=True, check=True)
    assert "lookup" in (root / "pkg/mod.py").read_text()


def test_locate_prints_a_table_on_stdout(project: Path) -> None:
    done = perfopt(project, "locate", "--python", bare.python())
    assert done.returncode == 0, done.stderr
    assert "count_known" in done.stdout
    assert "30 tests" in done.stdout


def test_one_function_can_be_named(project: Path) -> None:
    report = parsed(optimize(project, "pkg/mod.py::untested", "--format", "json"))
    assert [target["qualname"] for target in report["targets"]] == ["untested"]


NESTED = """
    def counter(known: list[str]):
        limit = len(known)
        def count(words: list[str]) -> int:
            found = 0
            for word in words:
                if word in known:
                    found += 1
            return min(found, limit)
        return count

    def count_known(words: list[str], known: list[str]) -> int:
        return counter(known)(words)
"""


def test_a_nested_function_can_be_named(project: Path) -> None:
    write(project / "pkg/mod.py", NESTED)
    name = "counter.<locals>.count"
    fast = (
        "def count(words: list[str]) -> int:\n    lookup = set(known)\n"
        "    return min(sum([word in lookup for word in words]), limit)\n"
    )
    model = replay_file(project, fast, qualname=name)
    done = optimize(project, f"pkg/mod.py::{name}", "--model", model, "--apply", "--format", "json")
    report = parsed(done)
    assert [target["qualname"] for target in report["targets"]] == [name]
    assert "lookup = set(known)" in (project / "pkg/mod.py").read_text(), report


def test_a_budget_of_nothing_judges_nothing(project: Path) -> None:
    before = tree(project)
    done = optimize(project, "--budget", "0.01", "--format", "json")
    assert done.returncode in (0, 2), done.stderr
    assert tree(project) == before


HOSTILE = """
    import os

    def tidy(names: list[str]) -> list[str]:
        result = []
        for name in names:
            result.append(os.path.basename(name))
        return result
"""


def test_hostile_code_that_passes_the_static_gate_does_no_harm(
    project: Path, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    canary.write_text("alive")
    write(project / "pkg/mod.py", HOSTILE)
    write(
        project / "tests/test_mod.py",
        """
        import pytest
        from pkg.mod import tidy

        @pytest.mark.parametrize("size", range(20))
        def test_tidy(size):
            assert tidy([f"/a/{i}" for i in range(size)]) == [str(i) for i in range(size)]
        """,
    )
    source = (
        "def tidy(names: list[str]) -> list[str]:\n"
        f"    os.system('rm -f {canary}; touch {canary}-2')\n"
        "    return [os.path.basename(name) for name in names]\n"
    )
    spec = replay_file(project, source, qualname="tidy")
    report = parsed(optimize(project, "--model", spec, "--format", "json"))
    assert report["candidates"][0]["status"] == "rejected"
    assert canary.read_text() == "alive"
    assert not canary.with_name("canary-2").exists()


def test_a_file_that_changes_meanwhile_is_left_alone(project: Path) -> None:
    spec = replay_file(project, FAST)
    with subprocess.Popen(
        [*command("optimize", "--python", bare.python()), "--model", spec],
        cwd=project,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "recording calls" in line:
                break
        module = project / "pkg/mod.py"
        module.write_text(module.read_text() + "\nEDITED = True\n")
        edited = module.read_bytes()
        said = running.stderr.read()
    assert running.returncode == 0, said
    assert module.read_bytes() == edited
    assert "left alone" in said


# -- bad input ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["nowhere.py"], "nowhere.py", id="path that is not there"),
        pytest.param(["/usr"], "/usr", id="path outside any project"),
        pytest.param(["--model", "replay:none.jsonl"], "none.jsonl", id="no replay file"),
        pytest.param(["--model", "no-such-model"], "no-such-model", id="no such model"),
        pytest.param(["--model", "pkg"], "pkg", id="folder that is no model"),
        pytest.param(["--python", "/no/python"], "/no/python", id="no such interpreter"),
        pytest.param(["--min-speedup", "0.5"], "min-speedup", id="option out of range"),
        pytest.param(["--nonsense"], "nonsense", id="no such option"),
    ],
)
def test_wrong_use_is_exit_2_with_words(project: Path, arguments: list[str], said: str) -> None:
    done = optimize(project, *arguments)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_malformed_replay_line_is_named_by_file_and_line(project: Path) -> None:
    spec = replay_file(project, FAST)
    with Path(spec.removeprefix("replay:")).open("a") as file:
        file.write("{nonsense\n")
    done = optimize(project, "--model", spec)
    assert done.returncode == 2
    assert "candidates.jsonl, line 2" in done.stderr


def test_failing_tests_are_exit_3_with_their_names(project: Path) -> None:
    write(project / "tests/test_bad.py", "def test_bad():\n    assert 1 == 2\n")
    done = optimize(project)
    assert done.returncode == 3, done.stderr
    assert "tests/test_bad.py::test_bad" in done.stderr


def test_flaky_tests_are_exit_3_with_their_names(project: Path) -> None:
    write(
        project / "tests/test_flaky.py",
        """
        import pathlib
        def test_flaky():
            mark = pathlib.Path(__file__).with_name("mark.txt")
            first = not mark.exists()
            mark.write_text("x")
            assert first
        """,
    )
    done = optimize(project)
    assert done.returncode == 3, done.stderr
    assert "tests/test_flaky.py::test_flaky" in done.stderr


def test_a_project_without_tests_is_exit_3(project: Path) -> None:
    (project / "tests/test_mod.py").unlink()
    done = optimize(project)
    assert done.returncode == 3, done.stderr
    assert "no tests" in done.stderr


def test_a_syntax_error_in_the_only_file_is_named(project: Path) -> None:
    write(project / "pkg/broken.py", "def f(:\n")
    done = optimize(project, "pkg/broken.py")
    assert done.returncode == 2, done.stderr
    assert "pkg/broken.py" in done.stderr


def test_an_interpreter_without_pytest_is_named_with_the_command_to_mend_it(project: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(project / ".venv")], check=True
    )
    done = perfopt(project, "optimize")
    assert done.returncode == 2, done.stderr
    assert "-m pip install pytest" in done.stderr


def test_an_interrupt_is_exit_130_and_leaves_the_tree_as_it_was(project: Path) -> None:
    write(
        project / "tests/test_slow.py",
        "import time\ndef test_slow():\n    time.sleep(30)\n",
    )
    before = tree(project)
    with subprocess.Popen(
        command("optimize", "--python", bare.python()),
        cwd=project,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "running the project's tests" in line:
                break
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()
    assert running.returncode == 130, said
    assert "interrupted" in said
    assert "Traceback" not in said
    assert tree(project) == before


def test_help_and_version_need_no_project(tmp_path: Path) -> None:
    assert "optimize" in perfopt(tmp_path, "--help").stdout
    assert perfopt(tmp_path, "--version").stdout.startswith("perfopt ")


def test_no_command_loads_the_model_libraries() -> None:
    code = (
        "import sys, perfopt_cli.main, perfopt_cli.pipeline.prepare, perfopt_cli.hooks.pre_commit;"
        "print(sorted({'torch', 'transformers', 'peft', 'bitsandbytes'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_shell_can_complete_commands(tmp_path: Path) -> None:
    asking = {"_PERFOPT_COMPLETE": "complete_bash", "COMP_WORDS": "perfopt hoo", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "perfopt_cli"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **asking},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["hook"]

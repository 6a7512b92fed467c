"""``perfopt verify`` as a user runs it: verdicts, exit codes, streams, and a tree left alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bare
import pytest

REPOSITORY = Path(__file__).parent.parent
MODULE = """
    import re

    LIMIT = 5

    def count_known(words, known):
        count = 0
        for word in words:
            if word in known:
                count += 1
        return count

    def clip(values):
        return [min(value, LIMIT) for value in values]

    def double(values):
        return [2 * value for value in values]

    def blanks(text):
        return len(re.findall(" ", text))

    def cached(number):
        return number + 1

    def untested(number):
        return number + 1

    def signed(first, second=1):
        return first + second

    def taken_away(number):
        return number

    class Shelf:
        def __init__(self, items):
            self._items = list(items)

        @property
        def items(self):
            return self._items

        @items.setter
        def items(self, value):
            self._items = value
"""
TESTS = """
    import pytest
    from pkg.mod import Shelf, blanks, cached, clip, count_known, double, signed

    @pytest.mark.parametrize("size", range(0, 180, 12))
    def test_count(size):
        known = [f"w{i}" for i in range(size)]
        words = [f"w{i}" for i in range(0, 2 * size, 2)]
        assert count_known(words, known) == (size + 1) // 2

    @pytest.mark.parametrize("size", range(6))
    def test_the_rest(size):
        values = list(range(-size, size))
        assert len(clip(values)) == 2 * size
        assert blanks("a b" * size) == size
        assert cached(size) == signed(size) == size + 1
        assert Shelf(values).items == values

    @pytest.mark.parametrize("size", range(6))
    def test_double(size):
        assert double([size]) == [2 * size]
"""
CHANGED = """
    from functools import lru_cache

    LIMIT = 5
    NOTHING = {"to": "see"}

    def _hits(words, known):
        return [word for word in words if word in known]

    def count_known(words, known):
        '''Count the words that are known.'''
        return len(_hits(words, frozenset(known)))

    def clip(values):
        return sorted(min(value, LIMIT) for value in values)

    def double(values):
        return [3 * value for value in values]

    def blanks(text):
        return text.count(" ")

    @lru_cache
    def cached(number):
        return number + 1

    def untested(number):
        return 1 + number

    def signed(first, second=1, third=0):
        return first + second + third

    class Shelf:
        def __init__(self, items):
            # nothing but a comment
            self._items = list(items)

        @property
        def items(self):
            return list(self._items)

        @items.setter
        def items(self, value):
            self._items = value
"""


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


def git(root: Path, *command: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    return subprocess.run(
        ["git", *identity, *command], cwd=root, check=True, capture_output=True, text=True
    ).stdout


def make_project(root: Path, module: str = MODULE, tests: str = TESTS) -> Path:
    write(root / "pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["."]\n')
    write(root / "pkg/__init__.py", "")
    write(root / "pkg/mod.py", module)
    write(root / "tests/test_mod.py", tests)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "first")
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path / "project")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "perfopt_cli", "verify", "--python", bare.python(), *arguments]


def environment(temporary: Path | None = None) -> dict[str, str]:
    paths = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
    environ = {**os.environ, "PYTHONPATH": paths, "PYTEST_ADDOPTS": ""}
    return environ if temporary is None else {**environ, "TMPDIR": str(temporary)}


def verify(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def parsed(done: subprocess.CompletedProcess[str], *, code: int = 0) -> dict[str, Any]:
    assert done.returncode == code, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def verdicts(report: dict[str, Any]) -> dict[str, tuple[str, str, bool | None]]:
    return {
        one["qualname"]: (one["status"], one["reason"], one["equivalent"])
        for one in report["candidates"]
    }


def state(root: Path) -> tuple[str, dict[str, bytes]]:
    """Return what git says of the tree, and every byte of it, git's own folder included."""
    files = {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    return git(root, "status", "--porcelain"), files


# -- one change with a bit of everything ----------------------------------------


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report on CHANGED, its test of ``double`` changed with it."""
    root = make_project(tmp_path_factory.mktemp("judged") / "project")
    write(root / "pkg/mod.py", CHANGED)
    write(root / "tests/test_mod.py", TESTS.replace("[2 * size]", "[3 * size]"))
    git(root, "status")  # writes the index, if need be
    before = state(root)
    report = parsed(verify(root, "--format", "json"), code=1)
    assert state(root) == before
    return report


@pytest.mark.parametrize(
    ("qualname", "verdict"),
    [
        pytest.param("count_known", ("accepted", "EQUIVALENT", True), id="new helper"),
        pytest.param("blanks", ("accepted", "EQUIVALENT", True), id="import taken away"),
        pytest.param("clip", ("rejected", "DIVERGED", False), id="tests miss it"),
        pytest.param("double", ("rejected", "DIVERGED", False), id="test changed with it"),
        pytest.param("cached", ("rejected", "INVALID", False), id="new cache"),
        pytest.param("signed", ("rejected", "INVALID", False), id="other signature"),
        pytest.param("untested", ("abstained", "UNTESTED", None), id="no test"),
        pytest.param("Shelf.items", ("rejected", "DIVERGED", False), id="property with a setter"),
    ],
)
def test_each_changed_function_has_its_verdict(
    judged: dict[str, Any], qualname: str, verdict: tuple[str, str, bool | None]
) -> None:
    assert verdicts(judged)[qualname] == verdict


def test_what_did_not_change_is_not_judged(judged: dict[str, Any]) -> None:
    assert "Shelf.__init__" not in verdicts(judged)
    assert len(judged["candidates"]) == 8


def test_the_detail_holds_a_counterexample(judged: dict[str, Any]) -> None:
    (clip,) = [one for one in judged["candidates"] if one["qualname"] == "clip"]
    assert "original returned [" in clip["detail"]
    assert "candidate returned [" in clip["detail"]


def test_a_new_cache_is_refused_in_words(judged: dict[str, Any]) -> None:
    (cached,) = [one for one in judged["candidates"] if one["qualname"] == "cached"]
    assert "decorators" in cached["detail"]


def test_what_is_not_judged_is_noted_with_its_place(judged: dict[str, Any]) -> None:
    said = "\n".join(judged["notes"])
    assert "pkg/mod.py:7: _hits is new" in said
    assert "taken_away is gone" in said
    assert "pkg/mod.py:2, 5: code outside functions has changed" in said


def test_json_has_the_shape_of_optimizes_and_more(judged: dict[str, Any]) -> None:
    assert {"perfopt", "run", "python", "baseline", "targets", "candidates"} <= set(judged)
    assert judged["applied"] == []
    assert len(judged["base"]) == 40
    assert judged["baseline"]["tests"] == 27
    assert judged["suite"] == {"tests": 27, "failed": 0}
    first = judged["candidates"][0]
    assert {"path", "qualname", "candidate", "origin", "detail", "speedup", "seconds"} <= set(first)
    assert (first["candidate"], first["origin"], first["faster"]) == (0, "verify", None)
    (line,) = [one["line"] for one in judged["targets"] if one["qualname"] == "clip"]
    assert textwrap.dedent(CHANGED).splitlines()[line - 1].startswith("def clip")


# -- exit codes and options -----------------------------------------------------


def test_nothing_changed_is_exit_0_and_runs_nothing(project: Path) -> None:
    module = project / "pkg/mod.py"
    module.write_text(module.read_text() + "\n# a comment\n")
    write(project / "tests/test_mod.py", "this would not even parse")
    done = verify(project)
    assert done.returncode == 0, done.stderr
    assert "No function differs" in done.stderr
    assert "running" not in done.stderr


def test_an_abstention_is_exit_0_and_with_strict_1(project: Path) -> None:
    module = project / "pkg/mod.py"
    text = module.read_text().replace("return len(re.findall", "return 0 + len(re.findall")
    module.write_text(text.replace("def untested(number):\n", "def untested(number):\n    ...\n"))
    done = verify(project)
    assert done.returncode == 0, done.stderr
    assert "1 function could not be judged" in done.stderr
    assert "equivalent" in done.stdout
    assert "no test reaches it" in done.stdout
    assert verify(project, "pkg/mod.py::untested", "--strict", "-q").returncode == 1


@pytest.mark.slow
def test_speed_says_faster_and_slower(project: Path) -> None:
    text = textwrap.dedent(MODULE).replace(
        "    count = 0\n", "    known = set(known)\n    count = 0\n"
    )
    slow = "sum(1 for one in text for _ in text if one == ' ') // max(1, len(text))"
    text = text.replace('len(re.findall(" ", text))', slow)
    (project / "pkg/mod.py").write_text(text)
    paths = ["pkg/mod.py::count_known", "pkg/mod.py::blanks"]
    report = parsed(verify(project, *paths, "--speed", "--format", "json"))
    fast, slow = report["candidates"]
    assert (fast["qualname"], fast["reason"], fast["faster"]) == ("count_known", "FASTER", True)
    assert fast["speedup"]["low"] > 1.05
    assert (slow["qualname"], slow["reason"], slow["faster"]) == ("blanks", "EQUIVALENT", False)
    assert slow["speedup"]["high"] < 1
    assert slow["detail"].startswith("slower")


@pytest.mark.slow
def test_versions_that_need_different_modules_are_timed_where_both_run(tmp_path: Path) -> None:
    module = """
        FACTOR = 2
        BOUND = 5

        def double(values):
            return [FACTOR * value for value in values]

        def clip(values):
            return [min(value, BOUND) for value in values]
    """
    tests = """
        import pytest
        from pkg.mod import clip, double

        @pytest.mark.parametrize("size", range(0, 60, 5))
        def test_both(size):
            assert len(double(range(size))) == len(clip(range(size))) == size
    """
    root = make_project(tmp_path / "project", module, tests)
    new = module.replace("FACTOR = 2", "").replace("FACTOR * value", "value + value")
    write(root / "pkg/mod.py", new.replace("BOUND", "LIMIT"))
    report = parsed(verify(root, "--speed", "--format", "json"))
    double, clip = report["candidates"]
    assert double["speedup"] is not None
    assert (clip["equivalent"], clip["faster"], clip["speedup"]) == (True, None, None)
    assert "neither version runs in the other's module" in clip["detail"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--base", "no-such"], "no such commit", id="no such commit"),
        pytest.param(["--base", "--all"], "no such commit", id="an option for a commit"),
        pytest.param(["nowhere.py"], "nowhere.py", id="no such path"),
        pytest.param(["pkg/mod.py::nobody"], "no function nobody", id="no such function"),
        pytest.param(["--python", "/no/python"], "/no/python", id="no such interpreter"),
    ],
)
def test_wrong_use_is_exit_2_with_words(project: Path, arguments: list[str], said: str) -> None:
    done = verify(project, *arguments)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_outside_git_is_exit_2_with_words(tmp_path: Path) -> None:
    write(tmp_path / "mod.py", "x = 1\n")
    write(tmp_path / "pyproject.toml", "")
    done = verify(tmp_path)
    assert done.returncode == 2, done.stderr
    assert "git" in done.stderr


# -- tests of the change ----------------------------------------------------------


def test_a_failing_base_is_exit_3(project: Path) -> None:
    write(project / "tests/test_bad.py", "def test_bad():\n    assert 1 == 2\n")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "bad")
    (project / "tests/test_bad.py").unlink()
    write(project / "pkg/mod.py", CHANGED)
    done = verify(project)
    assert done.returncode == 3, done.stderr
    assert "tests/test_bad.py::test_bad" in done.stderr


def test_a_test_that_fails_with_the_change_speaks_against_the_functions_it_reaches(
    project: Path,
) -> None:
    write(project / "pkg/mod.py", MODULE.replace("return number + 1", "return number + 2"))
    report = parsed(verify(project, "--format", "json"), code=1)
    assert verdicts(report)["cached"] == ("rejected", "TESTS_FAILED", False)
    assert report["suite"]["failed"] == 6
    assert report["problems"] == []


def test_a_shared_test_that_fails_names_the_other_changes_it_reaches(project: Path) -> None:
    calls = "from pkg.mod import cached, double\n\ndef test_both():\n    "
    write(
        project / "tests/test_mod.py", calls + "assert [*map(cached, double([1, 2, 3]))][0] == 3\n"
    )
    git(project, "commit", "-qam", "one test of both")
    module = MODULE.replace("return [2 * value for", "return [value + value for")
    write(project / "pkg/mod.py", module.replace("return number + 1", "return number + 2"))
    report = parsed(verify(project, "--format", "json"), code=1)
    details = {one["qualname"]: one["detail"] for one in report["candidates"]}
    assert details["double"].endswith("(the test also reaches cached, changed too)")
    assert details["cached"].endswith("original returned 3, candidate returned 4")


def test_a_test_that_fails_and_reaches_no_changed_function_is_a_problem(project: Path) -> None:
    write(project / "pkg/mod.py", MODULE.replace("LIMIT = 5", 'LIMIT = "5"'))
    write(project / "tests/test_new.py", "def test_new():\n    pass\n")
    report = parsed(verify(project, "--format", "json"), code=1)
    assert report["candidates"] == []
    assert "test_the_rest[1] failed" in report["problems"][0]
    assert any("1 test is new: tests/test_new.py::test_new" in note for note in report["notes"])


def test_a_change_that_breaks_an_import_is_not_equivalent(project: Path) -> None:
    text = textwrap.dedent(MODULE).replace("return number + 1", "return 1 + number")
    write(project / "pkg/mod.py", "import no_such_module\n" + text)
    report = parsed(verify(project, "--format", "json"), code=1)
    assert verdicts(report)["cached"] == ("rejected", "TESTS_FAILED", False)


def test_tests_that_end_the_run_early_do_not_pass_for_tests_taken_out(project: Path) -> None:
    write(project / "pkg/mod.py", MODULE.replace("return number + 1", "return 1 + number"))
    write(
        project / "tests/test_a.py",
        "import pytest\ndef test_a():\n    pytest.exit('enough', returncode=0)\n",
    )
    report = parsed(verify(project, "--format", "json"), code=1)
    assert verdicts(report)["cached"] == ("rejected", "TESTS_FAILED", False)
    assert "did not run" in report["problems"][0]


def test_tests_that_write_the_old_code_back_do_not_help(project: Path) -> None:
    write(project / "pkg/mod.py", MODULE.replace("min(value, LIMIT)", "min(LIMIT + 1, value)"))
    write(
        project / "tests/conftest.py",
        f"""
        from pathlib import Path
        import pkg
        OLD = {textwrap.dedent(MODULE)!r}
        Path(pkg.__file__).with_name("mod.py").write_text(OLD)
        """,
    )
    report = parsed(verify(project, "--format", "json"), code=1)
    assert verdicts(report)["clip"] == ("rejected", "DIVERGED", False)


def test_a_file_that_does_not_parse_is_a_problem(project: Path) -> None:
    write(project / "pkg/broken.py", "x = 1\n")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "more")
    write(project / "pkg/broken.py", "x = (\n")
    done = verify(project)
    assert done.returncode == 1, done.stderr
    assert "pkg/broken.py:1: it does not parse" in done.stderr


# -- places -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in a folder of its repository, with a second commit."""
    top = tmp_path_factory.mktemp("service") / "top"
    write(top / "README", "of all")
    root = make_project(top / "service")
    shutil.rmtree(root / ".git")
    git(top, "init", "-q")
    git(top, "add", "-A")
    git(top, "commit", "-qm", "first")
    write(root / "pkg/mod.py", MODULE.replace("return number + 1", "return 1 + number"))
    git(top, "commit", "-qam", "second")
    return root


@pytest.fixture(scope="module")
def since_the_first(service: Path) -> dict[str, Any]:
    return parsed(verify(service, "pkg", "--base", "HEAD~1", "--format", "json"))


def test_a_project_in_a_folder_of_its_repository(since_the_first: dict[str, Any]) -> None:
    assert verdicts(since_the_first)["cached"] == ("accepted", "EQUIVALENT", True)


def test_an_older_base_can_be_named(service: Path, since_the_first: dict[str, Any]) -> None:
    assert since_the_first["base"] == git(service, "rev-parse", "HEAD~1").strip()
    assert "No function differs" in verify(service).stderr


def test_a_function_in_a_renamed_file_is_not_judged_and_said_so(project: Path) -> None:
    git(project, "mv", "pkg/mod.py", "pkg/other.py")
    write(project / "pkg/other.py", MODULE.replace("2 * value", "value * 2"))
    write(project / "tests/test_mod.py", TESTS.replace("pkg.mod", "pkg.other"))
    done = verify(project)
    assert done.returncode == 0, done.stderr
    assert "pkg/other.py was pkg/mod.py" in done.stderr
    assert "double" in done.stdout
    assert "its file was pkg/mod.py" in " ".join(done.stdout.split())


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Return a folder for temporary files that other users may go into, as /tmp is."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_an_interrupt_is_exit_130_and_leaves_nothing_behind(project: Path, temporary: Path) -> None:
    write(project / "tests/test_slow.py", "import time\ndef test_slow():\n    time.sleep(30)\n")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "slow")
    write(project / "pkg/mod.py", CHANGED)
    git(project, "status")
    before = state(project)
    with subprocess.Popen(
        command(), cwd=project, env=environment(temporary), stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "running the project's tests" in line:
                break
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()
    assert running.returncode == 130, said
    assert "Traceback" not in said
    assert state(project) == before
    assert list(temporary.iterdir()) == []

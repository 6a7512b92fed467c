"""A second run takes over what the first one found out, and nothing that could have changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bare
import pytest
from counting import MODULE, suite_of

REPOSITORY = Path(__file__).parent.parent
TESTS = f"""
    import pathlib
{suite_of("mod")}
    def test_data():
        assert pathlib.Path("data.txt").read_text()
"""
# Without a sandbox it can leave a mark outside the copy for every run of the tests.
CONFTEST = """
    def pytest_sessionstart():
        with open({runs!r}, "a") as file:
            file.write("run\\n")
"""
HEAD = "def count_known(words: list[str], known: list[str]) -> int:\n"
WRONG = f"{HEAD}    return 0\n"
SHELL = f"{HEAD}    import os\n    return os.getpid()\n"
ENDLESS = f"{HEAD}    while True:\n        pass\n"
OFF_BY_ONE = f"{HEAD}    return sum(word in known for word in words) + (not words)\n"
FAST = (
    f"{HEAD}"
    "    lookup = set(known)\n"
    "    count = 0\n"
    "    for word in words:\n"
    "        if word in lookup:\n"
    "            count += 1\n"
    "    return count\n"
)


class Bench:
    """A small project, a cache of its own, and the runs of its tests counted."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.cache = folder / "cache"
        self.runs_file = folder / "runs.txt"
        self.candidates = folder / "candidates.jsonl"
        self.scratch = folder / "tmp"
        self.scratch.mkdir()
        self.write("pyproject.toml", '[tool.pytest.ini_options]\npythonpath = ["."]\n')
        self.write("mod.py", MODULE)
        self.write("data.txt", "some")
        self.write("tests/test_mod.py", TESTS)
        self.write("tests/conftest.py", CONFTEST.format(runs=str(self.runs_file)))
        self.propose(SHELL, OFF_BY_ONE)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))

    def propose(self, *sources: str) -> None:
        rows = [{"path": "mod.py", "qualname": "count_known", "source": one} for one in sources]
        self.candidates.write_text("".join(json.dumps(row) + "\n" for row in rows))

    @contextmanager
    def proposing(self, *sources: str) -> Iterator[None]:
        """Propose these for a while, and then again what was proposed before."""
        before = self.candidates.read_text()
        self.propose(*sources)
        yield
        self.candidates.write_text(before)

    def environment(self, **more: str) -> dict[str, str]:
        paths = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
        places = {"XDG_CACHE_HOME": str(self.cache), "TMPDIR": str(self.scratch)}
        return {**os.environ, "PYTHONPATH": paths, **places, **more}

    def command(self, *arguments: str) -> list[str]:
        start = [sys.executable, "-m", "perfopt_cli", "optimize", "--python", bare.python()]
        return [*start, "--model", f"replay:{self.candidates}", "--sandbox", "none", *arguments]

    def run(self, *arguments: str, **environment: str) -> dict[str, Any]:
        done = subprocess.run(
            self.command("--format", "json", *arguments),
            cwd=self.root,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return {**report, "said": done.stderr}

    def runs(self) -> int:
        return len(self.runs_file.read_text().splitlines()) if self.runs_file.exists() else 0


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def cached(report: dict[str, Any]) -> list[bool]:
    return [candidate["cached"] for candidate in report["candidates"]]


def facts(report: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [*report["candidates"], *report["targets"], report["suite"]]
    return [{key: row[key] for key in row if key != "cached"} for row in rows]


First = tuple[Bench, dict[str, Any]]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> First:
    """A project after a first run, and its report; what a test changes, it puts back."""
    bench = Bench(tmp_path_factory.mktemp("first"))
    report = bench.run()
    assert bench.runs() > 0
    return bench, report


def test_a_second_run_says_the_same_and_runs_no_test(first: First) -> None:
    bench, told = first
    runs = bench.runs()
    second = bench.run()
    assert bench.runs() == runs
    assert (cached(told), cached(second)) == ([False, False], [True, True])
    assert facts(second) == facts(told)
    assert "copying the project" in told["said"]
    assert "copying the project" not in second["said"]
    assert list(bench.scratch.iterdir()) == []


def test_a_change_has_all_judged_again_and_its_undoing_does_not(first: First) -> None:
    bench, _ = first
    with bench.proposing(SHELL):
        bench.write("data.txt", "other")
        runs = bench.runs()
        assert cached(bench.run()) == [False]
        assert bench.runs() > runs
        bench.write("data.txt", "some")
        runs = bench.runs()
        assert cached(bench.run()) == [True]
        assert bench.runs() == runs


def test_without_the_cache_all_is_judged_again(first: First) -> None:
    bench, _ = first
    runs = bench.runs()
    with bench.proposing(SHELL):
        assert cached(bench.run("--no-cache")) == [False]
    assert bench.runs() > runs


def test_only_a_new_candidate_is_judged(first: First) -> None:
    bench, _ = first
    with bench.proposing(SHELL, WRONG, OFF_BY_ONE):
        report = bench.run()
    assert cached(report) == [True, False, True]
    assert [one["candidate"] for one in report["candidates"]] == [0, 1, 2]
    assert [one["reason"] for one in report["candidates"]][1] == "TESTS_FAILED"


def test_a_run_that_is_killed_goes_on_where_it_was(bench: Bench) -> None:
    bench.propose(SHELL, OFF_BY_ONE, ENDLESS)
    with subprocess.Popen(
        bench.command(),
        cwd=bench.root,
        env=bench.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stderr is not None
        judged = 0
        for line in running.stderr:
            judged += any(word in line for word in ("UNSAFE", "TESTS_FAILED", "DIVERGED"))
            if judged == 2:
                break
        running.kill()
    bench.propose(SHELL, OFF_BY_ONE)
    runs = bench.runs()
    assert cached(bench.run()) == [True, True]
    assert bench.runs() == runs


def test_what_lies_in_the_project_under_the_caches_names_has_no_say(first: First) -> None:
    bench, _ = first
    inside = bench.root / ".cache"
    shutil.copytree(bench.cache, inside)
    try:
        kept = sorted(inside.rglob("*"))
        with bench.proposing(SHELL):
            report = bench.run(XDG_CACHE_HOME=str(inside))
        assert cached(report) == [False]
        assert "is inside the project" in report["said"]
        assert sorted(inside.rglob("*")) == kept
    finally:
        shutil.rmtree(inside)


@pytest.mark.slow
def test_a_kept_speedup_is_applied_without_another_run_of_the_tests(bench: Bench) -> None:
    bench.propose(FAST)
    bench.run("--no-apply")
    runs = bench.runs()
    report = bench.run()
    assert bench.runs() == runs
    assert len(report["applied"]) == 1
    assert "lookup" in (bench.root / "mod.py").read_text()


@pytest.mark.slow
def test_a_second_run_is_many_times_quicker(bench: Bench) -> None:
    shutil.rmtree(bench.root)
    left_out = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "examples" / "shop", bench.root, ignore=left_out)
    candidates = (bench.root / "candidates.jsonl").read_text().splitlines(keepends=True)
    bench.candidates.write_text("".join(candidates[:2]))  # a right one and a wrong one
    words = ("--no-apply", "--python", sys.executable)  # an environment of the usual size
    start = time.monotonic()
    first = bench.run(*words)
    spent = time.monotonic() - start
    for _ in range(3):  # of a second only, which other work on the machine doubles at times
        start = time.monotonic()
        second = bench.run(*words)
        ratio = spent / (time.monotonic() - start)
        assert all(cached(second))
        assert facts(second) == facts(first)
        assert second["applied"] == first["applied"]
        if ratio >= 8:
            break
    assert ratio >= 8

"""Many candidates at once: cached, interrupted, measured again."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError, SandboxError, Speedup
from perfopt_cli.train.records import Check, Level, Pair, Score, Task
from perfopt_cli.train.records import Tests as Cases
from perfopt_cli.train.scoring.cache import ScoreCache, key_of
from perfopt_cli.train.scoring.pool import Scorer, remeasure
from perfopt_cli.train.scoring.score import ScoreSettings

PYTHON = Path(sys.executable)
ECHO = Task("print(input())", Cases((Check("1", "1"), Check("2", "2"))))
SLOW = "n = int(input())\ntotal = 0\nfor i in range(n):\n    total += i\nprint(total)\n"
FAST = "n = int(input())\nprint(n * (n - 1) // 2)\n"
SUMS = Cases((Check("60000", "1799970000"),))


@pytest.fixture(scope="module")
def scorer() -> Iterator[Scorer]:
    with Scorer(PYTHON, timing=False, workers=3) as scorer:
        yield scorer


def test_scores_come_in_the_order_of_the_candidates(scorer: Scorer) -> None:
    codes = [f"print(input())\nx = {n}" if n % 3 else f"print({n}" for n in range(12)]
    levels = [found.level for found in scorer.score(ECHO, codes)]
    assert levels == [Level.PASSED if n % 3 else Level.BROKEN for n in range(12)]


def test_the_same_candidate_is_scored_once(tmp_path: Path) -> None:
    with Scorer(PYTHON, timing=False, workers=2, cache=tmp_path / "scores") as scorer:
        scorer.score(ECHO, ["print(input())"] * 5)
    assert len((tmp_path / "scores").read_text().splitlines()) == 1


def test_a_score_is_taken_from_the_file_of_an_earlier_run(tmp_path: Path) -> None:
    path = tmp_path / "scores"
    settings = ScoreSettings(PYTHON, timing=False)
    with Scorer(PYTHON, timing=False, workers=1, cache=path) as scorer:
        settings = scorer.settings
    with ScoreCache(path) as cache:
        cache.put(key_of(ECHO, "anything", settings), Score(Level.FASTER, "kept"))
    with Scorer(PYTHON, timing=False, workers=1, cache=path) as scorer:
        assert scorer.score(ECHO, ["anything"]) == [Score(Level.FASTER, "kept")]


def test_a_line_cut_by_a_kill_is_skipped_and_the_file_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "scores"
    whole = Score(Level.FASTER, "é", Speedup(2.0, 1.5, 2.5))
    with ScoreCache(path) as cache:
        cache.put("a", whole)
        cache.put("b", whole)
    path.write_bytes(path.read_bytes()[:-20])
    with ScoreCache(path) as cache:
        assert (cache.get("a"), cache.get("b")) == (whole, None)
        cache.put("c", whole)
    with ScoreCache(path) as cache:
        assert (cache.get("a"), cache.get("c")) == (whole, whole)


@pytest.mark.parametrize("line", ["null", "[]", '{"key": "a"}', '{"key": "a", "level": 9}', "\x00"])
def test_a_line_that_is_no_score_is_skipped(tmp_path: Path, line: str) -> None:
    (tmp_path / "scores").write_text(line + "\n")
    with ScoreCache(tmp_path / "scores") as cache:
        assert cache.get("a") is None


def test_a_score_depends_on_all_that_makes_it() -> None:
    settings = ScoreSettings(PYTHON)
    keys = {
        key_of(ECHO, "x", settings),
        key_of(ECHO, "y", settings),
        key_of(replace(ECHO, slow="z"), "x", settings),
        key_of(replace(ECHO, tests=Cases((Check("1", "1"),))), "x", settings),
        key_of(ECHO, "x", replace(settings, timing=False)),
        key_of(ECHO, "x", replace(settings, limit_seconds=1.0)),
        key_of(ECHO, "x", replace(settings, python=Path("/other"))),
        key_of(ECHO, "\udc80", settings),
    }
    assert len(keys) == 8


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with ScoreCache(tmp_path / "scores") as cache:
        cache.put("a", Score(Level.PASSED))
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        try:
            with pytest.raises(PerfoptError, match="could not be written"):
                cache.put("b", Score(Level.PASSED))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with ScoreCache(tmp_path / "scores") as cache:
        assert cache.get("a") == Score(Level.PASSED)


def test_a_scorer_stops_where_its_scores_can_t_be_kept(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Scorer(PYTHON, timing=False, workers=1, cache=tmp_path / "scores") as scorer:
        scorer.score(ECHO, ["print(input())"])
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        try:
            scorer.submit(ECHO, "print(2)").result()
            wait_until(lambda: not scorer._pending)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        with pytest.raises(PerfoptError, match="could not be written"):
            scorer.submit(ECHO, "print(3)")


def test_a_folder_that_can_t_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="is no file"):
        ScoreCache(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(PerfoptError, match="can't be kept"):
        ScoreCache(tmp_path / "file" / "scores")


def test_an_interpreter_that_is_not_there_is_said() -> None:
    with pytest.raises(SandboxError, match="can't be run"):
        Scorer(Path("/no/python"))


def test_any_executor_will_do() -> None:
    with (
        ThreadPoolExecutor(2) as executor,
        Scorer(PYTHON, timing=False, executor=executor) as scorer,
    ):
        found = scorer.score(ECHO, ["print(input())", "print("])
    assert [one.level for one in found] == [Level.PASSED, Level.BROKEN]


def test_a_pair_is_measured_again() -> None:
    with Scorer(PYTHON, workers=1) as scorer:
        again = remeasure(Pair("sum", SLOW, FAST, SUMS, ratio=1.0), scorer)
        assert again.ratio is not None
        assert again.ratio > 2
        wrong = remeasure(Pair("sum", SLOW, "print(1)", SUMS, ratio=9.0), scorer)
        assert wrong.ratio is None


LOOP = """
import sys
from pathlib import Path
from perfopt_cli.train.scoring.pool import Scorer
from perfopt_cli.train.records import Check, Task, Tests

if __name__ == "__main__":
    task = Task("print(1)", Tests((Check("", "1"),)))
    code = "import os\\nif os.fork() == 0: os.setsid()\\nwhile True: pass"
    with Scorer(Path(sys.executable), workers=2, limit_seconds=60) as scorer:
        print("on", flush=True)
        scorer.score(task, [code + f"  # {n}" for n in range(4)])
"""


def spawned(scratch: str) -> set[str]:
    """Return pids of what runs for scorers whose scratch lies below this folder."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if f"{scratch}/perfopt-score-".encode() in command:
                found.add(folder.name)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_scorer_leaves_no_process(number: int) -> None:
    # Not tmp_path: the path of a Unix socket has room for 107 bytes.
    with tempfile.TemporaryDirectory(prefix="p") as scratch:
        interrupt(Path(scratch), number)


def interrupt(tmp_path: Path, number: int) -> None:
    """Send the signal to a scorer that works in this folder."""
    (tmp_path / "loop.py").write_text(LOOP)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "TMPDIR": str(tmp_path),
    }
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "loop.py")],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            line = process.stdout.readline()
            assert line == b"on\n", process.stderr.read().decode()
            wait_until(lambda: len(spawned(str(tmp_path))) > 2)
            process.send_signal(number)
            process.wait(20)
        finally:
            process.kill()
    wait_until(lambda: not spawned(str(tmp_path)))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_file_of_scores_is_lines_of_json(tmp_path: Path) -> None:
    with ScoreCache(tmp_path / "scores") as cache:
        cache.put("a", Score(Level.FASTER, "two\nlines", Speedup(2.0, 1.5, 2.5)))
    (line,) = (tmp_path / "scores").read_text().splitlines()
    assert json.loads(line) == {
        "key": "a",
        "level": 4,
        "detail": "two\nlines",
        "speedup": [2.0, 1.5, 2.5],
    }

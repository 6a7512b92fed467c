"""Two runs at once in one project."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfopt_cli.core import OutOfTime, Verdict
from perfopt_cli.pipeline.lock import alone

ROOT = Path(__file__).parent.parent.parent
HOLD = """
import sys, time
from pathlib import Path
from perfopt_cli.pipeline.lock import alone
with alone(Path(sys.argv[1]), None):
    print("held", flush=True)
    time.sleep(600)
"""


class Heard:
    def __init__(self) -> None:
        self.notes: list[str] = []

    def stage(self, text: str) -> None: ...
    def tests(self, done: int, total: int) -> None: ...
    def verdict(self, verdict: Verdict) -> None: ...
    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def holder(root: Path) -> subprocess.Popen[str]:
    """Start another process that is at work in root."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_the_second_waits_and_says_for_whom(home: Path) -> None:
    other = holder(home)
    heard = Heard()
    try:
        with pytest.raises(OutOfTime, match=rf"process {other.pid}"), alone(home, heard, 0.3):
            pytest.fail("both are at work")
    finally:
        end(other)
    assert heard.notes == [
        f"another run of perfopt (process {other.pid}) is at work in {home}: waiting for its end"
    ]


def test_a_lock_of_a_process_that_was_killed_is_free(home: Path) -> None:
    end(holder(home))
    heard = Heard()
    with alone(home, heard, 5):
        pass
    assert heard.notes == []


def test_other_projects_are_not_waited_for(home: Path) -> None:
    other = holder(home)
    try:
        began = time.monotonic()
        with alone(home / "elsewhere", Heard(), 60):
            assert time.monotonic() - began < 60
    finally:
        end(other)


def test_without_a_place_for_a_lock_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    ran = False
    with alone(tmp_path, Heard(), 1):
        ran = True
    assert ran

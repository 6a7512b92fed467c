"""Tasks in forks, and the time that they may take."""

from __future__ import annotations

import time

import pytest

from perfopt_cli.sandbox.worker import forks
from perfopt_cli.sandbox.worker.forks import in_fork, with_limit


def test_waiting_counts_little_as_a_busy_machine_makes_all_wait() -> None:
    def task() -> str:
        with_limit(0.05)
        time.sleep(0.1)
        return "done"

    assert in_fork(task, 5) == "done"


@pytest.mark.parametrize("waits", [False, True])
def test_what_never_ends_is_ended(waits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "LOAD", 2)

    def task() -> None:
        with_limit(0.05)
        while True:
            if waits:
                time.sleep(1)

    assert in_fork(task, 5) is None

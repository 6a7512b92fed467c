"""Threads that judge a target each: the order of verdicts, errors, and an early end."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from perfopt_cli.core import PerfoptError, Reason, Rewrite, Status, Target, Verdict
from perfopt_cli.pipeline.lanes import Desk, Lanes
from perfopt_cli.sandbox.turns import Stopped

LONG = 30.0
TARGET = Target("mod.py", "f", 1, "def f(): pass\n", "mod")


def verdict(number: int, candidate: int) -> Verdict:
    rewrite = Rewrite(TARGET, "", (), f"target {number}", candidate)
    return Verdict(rewrite, Status.REJECTED, Reason.DIVERGED)


def numbers(lanes: Lanes, targets: int) -> list[tuple[str, int]]:
    found = [one.rewrite for number in range(targets) for one in lanes.of(number)]
    return [(one.origin, one.number) for one in found]


def nothing() -> None:
    return


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_verdicts_come_by_target_and_candidate_however_many_lanes_there_are(jobs: int) -> None:
    def work(number: int, desk: Desk) -> Iterator[Verdict]:
        for candidate in range(3):
            yield verdict(number, candidate)

    with Lanes(4, jobs, work, nothing) as lanes:
        found = numbers(lanes, 4)
    assert found == [(f"target {n}", candidate) for n in range(4) for candidate in range(3)]


def test_targets_are_judged_at_the_same_time() -> None:
    both = threading.Barrier(2)

    def work(number: int, desk: Desk) -> Iterator[Verdict]:
        both.wait(LONG)
        yield verdict(number, 0)

    with Lanes(2, 2, work, nothing) as lanes:
        assert len(numbers(lanes, 2)) == 2


def test_what_a_lane_asks_for_is_done_in_the_thread_that_waits() -> None:
    done: list[int] = []

    def work(number: int, desk: Desk) -> Iterator[Verdict]:
        done.append(desk.ask(threading.get_ident))
        assert threading.get_ident() != done[-1]
        yield verdict(number, 0)

    with Lanes(3, 2, work, nothing) as lanes:
        numbers(lanes, 3)
    assert done == [threading.get_ident()] * 3


@pytest.mark.parametrize("asked", [False, True])
def test_an_error_of_a_lane_comes_to_the_thread_that_waits(*, asked: bool) -> None:
    def fail() -> None:
        raise PerfoptError("no such thing")

    def work(number: int, desk: Desk) -> Iterator[Verdict]:
        if number == 1:
            desk.ask(fail) if asked else fail()
        yield verdict(number, 0)

    with pytest.raises(PerfoptError, match="no such thing"), Lanes(3, 2, work, nothing) as lanes:
        numbers(lanes, 3)


def test_an_early_end_wakes_a_lane_that_waits_for_an_answer() -> None:
    ends: list[type[BaseException]] = []

    def interrupted() -> None:
        raise KeyboardInterrupt

    def work(number: int, desk: Desk) -> Iterator[Verdict]:
        try:
            desk.ask(interrupted)
        except Stopped as stopped:
            ends.append(type(stopped))
            raise
        yield verdict(number, 0)

    with pytest.raises(KeyboardInterrupt), Lanes(2, 2, work, nothing) as lanes:
        numbers(lanes, 2)
    assert ends == [Stopped, Stopped]


def test_an_early_end_stops_what_lanes_wait_for_and_starts_no_more() -> None:
    stopped = threading.Event()
    begun: list[int] = []

    def work(number: int, desk: Desk) -> Iterator[Verdict]:
        begun.append(number)
        yield verdict(number, 0)
        assert stopped.wait(LONG)
        raise Stopped

    def interrupted(lanes: Lanes) -> None:
        next(lanes.of(0))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Lanes(3, 1, work, stopped.set) as lanes:
        interrupted(lanes)
    assert begun == [0]


def test_with_one_job_nobody_works_ahead() -> None:
    def work(number: int, desk: Desk) -> Iterator[Verdict]:
        assert desk.ahead(nothing) is None
        yield verdict(number, 0)

    with Lanes(1, 1, work, nothing) as lanes:
        numbers(lanes, 1)

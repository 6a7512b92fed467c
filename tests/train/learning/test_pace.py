"""Learning rates by steps and by the clock."""

from __future__ import annotations

import pytest

from perfopt_cli.train.learning.pace import DECAY, SCHEDULES, Pace, falling


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_rises_to_1_and_ends_at_0(schedule: str) -> None:
    pace = Pace(schedule, 0.1)
    assert pace.factor(4, 100) == pytest.approx(0.5)
    assert pace.factor(10, 100) == pytest.approx(1.0)
    assert pace.factor(100, 100) == pytest.approx(0.0)
    assert pace.factor(170, 100) == pytest.approx(0.0)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_single_step_learns(schedule: str) -> None:
    assert Pace(schedule, 0.02).factor(0, 1) == 1.0


def test_the_default_is_a_line_from_1_to_0() -> None:
    assert [Pace().factor(step, 4) for step in range(3)] == [1.0, 0.75, 0.5]


def test_wsd_stays_until_it_falls() -> None:
    assert falling("wsd", 1 - DECAY, 0.1) == 1.0
    assert falling("wsd", 1 - DECAY / 2, 0.1) == pytest.approx(0.5)


def test_the_clock_counts_where_it_is_further_than_the_steps() -> None:
    now = [100.0]
    pace = Pace("linear", 0.0, seconds=10.0, clock=lambda: now[0])
    pace.begin()
    assert pace.factor(2, 10) == pytest.approx(0.8)
    now[0] = 106.0
    assert pace.factor(2, 10) == pytest.approx(0.4)
    assert not pace.is_over
    now[0] = 110.0
    assert pace.is_over


def test_time_of_earlier_processes_counts() -> None:
    now = [0.0]
    pace = Pace(seconds=10.0, before=7.0, clock=lambda: now[0])
    pace.begin()
    now[0] = 3.0
    assert pace.elapsed == 10.0
    assert pace.is_over


def test_without_a_limit_the_clock_says_nothing() -> None:
    now = [0.0]
    pace = Pace("linear", clock=lambda: now[0])
    pace.begin()
    now[0] = 1e9
    assert not pace.is_over
    assert pace.factor(5, 10) == 0.5

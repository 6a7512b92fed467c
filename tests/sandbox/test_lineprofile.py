"""Where the time goes, by both ways of following lines that this interpreter has."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from perfopt_cli.sandbox.worker import lineprofile
from perfopt_cli.sandbox.worker.lineprofile import Profile
from perfopt_cli.sandbox.worker.linetimes import Monitoring, Stopwatch, Tracing

WAYS = [Tracing, *([Monitoring] if sys.version_info >= (3, 12) else [])]


def helper(number: int) -> int:
    return sum(range(number))


def mixed(number: int) -> int:
    small = 1
    large = sum(range(number))
    for _ in range(3):
        small += 1
    return small + large


def calling(number: int) -> int:
    first = helper(number)
    return first + len(str(number))


def sorting(number: int) -> list[int]:
    items = list(range(number))
    return sorted(items, key=lambda item: -sum(range(item * 10)))


def making(number: int) -> Iterator[int]:
    for _ in range(3):
        yield sum(range(number))


def failing(number: int) -> int:
    total = sum(range(number))
    raise ValueError(total)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    kind: type = request.param
    monkeypatch.setattr(lineprofile, "traced", kind)
    return kind


def profiled(
    function: Callable[[int], Any], number: int = 30_000, callees: tuple[Any, ...] = ()
) -> Profile:
    profile = Profile(function.__code__, [one.__code__ for one in callees])

    def drive(given: int) -> None:
        result = function(given)
        if function is making:
            list(result)

    profile.run(lambda key: key, drive, [number])
    return profile


def numbered(function: Callable[[int], Any], profile: Profile) -> list[tuple[int, float]]:
    first = function.__code__.co_firstlineno
    return [(line - first, share) for line, share, _ in profile.lines()]


@pytest.mark.usefixtures("way")
def test_native_calls_count_to_their_line() -> None:
    (line, share), *_ = numbered(mixed, profiled(mixed))
    assert line == 2
    assert share > 0.8


@pytest.mark.usefixtures("way")
def test_shares_add_up_to_the_whole_at_most() -> None:
    total = sum(share for _, share in numbered(sorting, profiled(sorting, 200)))
    assert 0.9 < total <= 1.0001


@pytest.mark.usefixtures("way")
def test_it_is_told_how_often_a_line_runs_in_a_call() -> None:
    watch = profiled(mixed).passes[30_000][0]
    first = mixed.__code__.co_firstlineno
    assert [watch.times[first + line] for line in (1, 2, 3, 4, 5)] == [1, 1, 4, 3, 1]


@pytest.mark.usefixtures("way")
def test_a_callee_counts_to_the_line_that_calls_it_and_by_itself() -> None:
    profile = profiled(calling, callees=(helper,))
    (line, share), *_ = numbered(calling, profile)
    assert (line, share > 0.9) == (1, True)
    assert profile.shares()[id(helper.__code__)] > 0.9


@pytest.mark.usefixtures("way")
def test_a_lambda_counts_to_its_line() -> None:
    assert numbered(sorting, profiled(sorting, 200))[0][0] == 2


@pytest.mark.usefixtures("way")
def test_a_generator_is_followed_between_its_items() -> None:
    (line, share), *_ = numbered(making, profiled(making))
    assert (line, share > 0.8) == (2, True)


@pytest.mark.usefixtures("way")
def test_time_between_calls_counts_to_no_line() -> None:
    watch = Stopwatch(making.__code__)
    with lineprofile.traced(watch):
        for _ in making(10):
            sum(range(100_000))
    with lineprofile.traced(other := Stopwatch(helper.__code__)):
        sum(range(100_000))
    assert sum(watch.spent.values()) < 10_000_000
    assert other.spent == {}


@pytest.mark.usefixtures("way")
def test_a_call_that_raises_is_counted_so_far() -> None:
    profile = Profile(failing.__code__, [])
    with pytest.raises(ValueError, match="4950"):
        profile.run(lambda key: key, failing, [100])
    assert len(profile.passes[100]) == 1
    assert sys.gettrace() is None or sys.gettrace().__class__ is not Tracing


@pytest.mark.usefixtures("way")
def test_of_several_passes_the_least_counts() -> None:
    profile = Profile(mixed.__code__, [])
    first = mixed.__code__.co_firstlineno
    for spent in (30, 1_000_000, 20):
        watch = Stopwatch(mixed.__code__)
        watch.spent, watch.times = {first + 1: spent, first + 2: 100}, {first + 1: 1, first + 2: 1}
        profile.passes.setdefault(0, []).append(watch)
    assert numbered(mixed, profile) == [(2, 100 / 120), (1, 20 / 120)]


def test_where_the_tracer_hides_the_time_nothing_is_told() -> None:
    profile = Profile(mixed.__code__, [])
    profile.costs = (98.0, 0.0)
    watch = Stopwatch(mixed.__code__)
    watch.spent, watch.times, watch.events = {1: 100}, {1: 1}, {1: 1}
    profile.passes[0] = [watch]
    assert profile.lines() == []

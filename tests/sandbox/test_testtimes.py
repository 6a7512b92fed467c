"""Which tests get slower: from made-up times, and from forks of a small project's tests."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

import pytest
from bench import Bench, make_bench

from perfopt_cli.core import Reason, Rewrite, Status, Timing, Verdict
from perfopt_cli.sandbox.testtimes import (
    MOST_SUSPECT,
    MOST_TESTS,
    RUN_NS,
    SECONDS,
    Run,
    compare,
    fitting_tests,
)

NAMES = [f"test_{number}" for number in range(20)]
US = 1_000


def runs(original: Mapping[str, float], candidate: Mapping[str, float], spread: float = 0.0) -> Run:
    """Return what runs tests that take so many ns, with noise."""

    def run(arm: int, wanted: Sequence[str]) -> Mapping[str, int]:
        times = candidate if arm else original
        noise = {name: math.exp(random.gauss(0, spread)) for name in wanted}
        return {name: round(times[name] * noise[name]) for name in wanted if name in times}

    return run


def ticks(step: float) -> Iterator[float]:
    return (number * step for number in count())


def even(ns: float) -> dict[str, float]:
    return dict.fromkeys(NAMES, ns)


def test_a_test_that_gets_slower_is_named_with_its_ratio() -> None:
    slow = {**even(800 * US), NAMES[3]: 1_600 * US}
    found = compare(runs(even(1_000 * US), slow, 0.02), NAMES).slower()
    assert found is not None
    assert found.reason is Reason.SLOWER_SOMEWHERE
    assert found.detail == f"{found.detail[:4]}x on the test test_3"


def test_the_slowest_of_many_is_named() -> None:
    slow = {name: 1_000 * US * (1.2 + number / 10) for number, name in enumerate(NAMES)}
    found = compare(runs(even(1_000 * US), slow), NAMES)
    assert len(found.against) == MOST_SUSPECT
    assert found.slower() is not None
    assert found.slower().detail.endswith(NAMES[-1])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("original", "candidate", "elsewhere", "slower"),
    [
        (50 * US, 52 * US, 0, False),
        (100 * US, 119 * US, 0, False),  # next to nothing
        (1_000 * US, 1_040 * US, 0, False),  # above 0.95x
        (1_000 * US, 1_100 * US, 0, True),
        (1_000 * US, 1_100 * US, 1_000 * US, True),  # more than a twentieth of the gain
        (1_000 * US, 1_100 * US, 4_000 * US, False),
        (1_000 * US, 1_500 * US, 99_000 * US, True),  # below 0.8x, whatever is gained elsewhere
    ],
)
def test_a_small_loss_is_held_against_the_gain_elsewhere(
    original: float, candidate: float, elsewhere: float, slower: bool
) -> None:
    before = {**even(100_000 * US), NAMES[0]: original}
    after = {**even(100_000 * US - elsewhere), NAMES[0]: candidate}
    assert (compare(runs(before, after), NAMES).slower() is not None) is slower


@pytest.mark.parametrize("spread", [0.05, 0.2, 0.5])
def test_identical_code_is_found_slower_no_more_often_than_alpha(spread: float) -> None:
    random.seed(7)
    same = {name: 10 ** random.uniform(4.5, 7) for name in NAMES}
    vetoes = sum(compare(runs(same, same, spread), NAMES).slower() is not None for _ in range(300))
    assert vetoes <= 3


def test_a_clear_loss_is_found_through_noise() -> None:
    random.seed(8)
    slow = {**even(900 * US), NAMES[5]: 1_500 * US}
    run = runs(even(1_000 * US), slow, 0.1)
    found = sum(compare(run, NAMES, now=lambda: 0.0).slower() is not None for _ in range(100))
    assert found >= 90


def test_time_is_bounded_and_what_is_undecided_then_speaks_against_nothing() -> None:
    slow = {**even(800 * US), NAMES[3]: 1_600 * US}
    clock = ticks(SECONDS / 10)
    found = compare(runs(even(1_000 * US), slow), NAMES, now=lambda: next(clock))
    assert found.slower() is None
    assert max(map(len, found.pairs.values())) < 9


def test_a_test_that_does_not_pass_in_a_fork_is_not_timed() -> None:
    lacking = dict.fromkeys(NAMES[1:], 900.0 * US)
    found = compare(runs(even(1_000 * US), lacking), NAMES)
    assert set(found.pairs) == set(NAMES[1:])


def test_how_much_faster_the_tests_became_is_told() -> None:
    told = compare(runs(even(3_000 * US), even(1_500 * US)), NAMES).told(25)
    assert told is not None
    assert (told.timed, told.total, told.ratio) == (20, 25, 2)


def test_where_no_test_was_timed_nothing_is_told() -> None:
    found = compare(runs({}, {}), NAMES)
    assert found.told(20) is None
    assert found.slower() is None


def test_long_tests_are_left_out() -> None:
    assert fitting_tests({"short": 1_000, "long": RUN_NS}) == ("short",)


def test_tests_of_all_lengths_are_timed_as_far_as_there_is_time() -> None:
    chosen = fitting_tests({f"test_{number}": number * RUN_NS // 400 for number in range(100)})
    assert 3 < len(chosen) <= MOST_TESTS
    assert "test_99" in chosen


MODULE = """
    def total(items):
        result = 0
        for item in items:
            result = result + item
        return result
"""
TESTS = """
    import pytest

    @pytest.mark.parametrize("count", [1, 30, 300, 5000])
    def test_total(count):
        for _ in range(40000 // (count + 200)):
            assert total(list(range(count))) == count * (count - 1) // 2
"""
SLOW_ON_SMALL = """
def total(items):
    if len(items) < 10:
        for _ in range(30):
            for _ in range(10):
                pass
    return sum(items)
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = make_bench(tmp_path_factory.mktemp("bench"), MODULE, TESTS)
    yield made
    made.session.close()


def timed(bench: Bench, source: str) -> Verdict:
    """Time the tests with a candidate that all other gates have let pass."""
    judge = bench.judge("total")
    assert judge._forks is not None
    rewrite = Rewrite(judge.target, source.lstrip("\n"), (), "test", 0)
    verdict = Verdict(rewrite, Status.ACCEPTED, Reason.FASTER, timing=Timing(()))
    return judge._forks.time(verdict, source, seconds=30)


def test_a_candidate_that_slows_one_test_down_is_refused(bench: Bench) -> None:
    verdict = timed(bench, SLOW_ON_SMALL)
    assert verdict.reason is Reason.SLOWER_SOMEWHERE
    assert verdict.detail.endswith("on the test test_mod.py::test_total[1]")


def test_a_candidate_that_makes_the_tests_faster_stays_accepted(bench: Bench) -> None:
    verdict = timed(bench, "\ndef total(items):\n    return sum(items)\n")
    assert verdict.status is Status.ACCEPTED
    assert verdict.timing is not None
    assert verdict.timing.tests is not None
    assert (verdict.timing.tests.timed, verdict.timing.tests.total) == (4, 4)
    assert verdict.timing.tests.ratio > 1


def test_tests_that_do_not_run_in_forks_are_not_timed(tmp_path: Path) -> None:
    threads = """
    import threading, time
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    """
    bench = make_bench(tmp_path, MODULE, threads + TESTS)
    verdict = timed(bench, SLOW_ON_SMALL)
    bench.session.close()
    assert verdict.status is Status.ACCEPTED
    assert verdict.timing == Timing(())


def test_a_test_that_waits_counts_with_its_wall_time(tmp_path: Path) -> None:
    tests = """
    import time

    def test_waiting():
        time.sleep(0.2)
        assert total([1, 2]) == 3
    """
    bench = make_bench(tmp_path, MODULE, TESTS + tests)
    forks = bench.judge("total")._forks
    assert forks is not None
    assert forks.fit(), forks.unfit
    bench.session.close()
    assert forks._spent["test_mod.py::test_waiting"] >= 200_000_000


def test_what_is_done_once_in_a_process_does_not_count(tmp_path: Path) -> None:
    tests = """
    import pytest

    @pytest.mark.parametrize("count", [1, 30, 300, 5000])
    def test_total(count):
        assert total(list(range(count))) == count * (count - 1) // 2
    """
    bench = make_bench(tmp_path, "    import re\n" + MODULE, tests)
    pattern = "|".join(f"[a-z]{{1,{number}}}x?y+" for number in range(1, 40))
    compiling = f"\ndef total(items):\n    re.match('{pattern}', '')\n    return sum(items)\n"
    verdict = timed(bench, compiling)
    bench.session.close()
    assert verdict.status is Status.ACCEPTED
    assert verdict.timing is not None
    assert verdict.timing.tests is not None

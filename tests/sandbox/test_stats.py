"""The timing statistics, on numbers worked out by hand and on seeded samples."""

from __future__ import annotations

import math
import random

import pytest

from perfopt_cli.core import Quad
from perfopt_cli.sandbox.stats import (
    Decision,
    SignTest,
    median_interval,
    pooled_speedup,
    slower_by_the_wall,
    speedup,
    waits,
    wall_ratio,
    wall_speedup,
    wealth,
)
from perfopt_cli.sandbox.timing import FURTHER_QUADS, MOST_QUADS


def decide(ratios: list[float], threshold: float = 1.05, alpha: float = 0.01) -> Decision:
    test = SignTest(threshold, alpha, most=40)
    for ratio in ratios:
        test = test.add(ratio)
        if test.decide() is not Decision.CONTINUE:
            break
    return test.decide()


def test_wealth_without_samples_is_one() -> None:
    assert wealth(0, 0) == 1


def test_wealth_of_straight_wins_is_its_closed_form() -> None:
    # 2^n * 2 * integral of p^n over [1/2, 1] = (2^(n+1) - 1) / (n + 1)
    assert wealth(9, 9) == pytest.approx(1023 / 10)


@pytest.mark.parametrize(("wins", "samples"), [(0, 3), (2, 5), (7, 9), (20, 30)])
def test_wealth_is_the_mixture_integral(wins: int, samples: int) -> None:
    steps = 20_000
    total = 0.0
    for step in range(steps):
        p = 0.5 + (step + 0.5) / (2 * steps)
        total += 2 * p**wins * (1 - p) ** (samples - wins) / (2 * steps)
    assert wealth(wins, samples) == pytest.approx(2**samples * total, rel=1e-6)


@pytest.mark.parametrize(("alpha", "needed"), [(0.01, 9), (0.001, 13)])
def test_so_many_straight_wins_are_needed(alpha: float, needed: int) -> None:
    assert wealth(needed - 1, needed - 1) < 1 / alpha <= wealth(needed, needed)


def test_wealth_is_a_martingale_under_the_null() -> None:
    for samples in range(1, 12):
        for wins in range(samples):
            mean = (wealth(wins, samples) + wealth(wins + 1, samples)) / 2
            assert mean == pytest.approx(wealth(wins, samples - 1))


def test_more_wins_than_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="3 wins in 2 samples"):
        wealth(3, 2)


def test_clear_gains_are_accepted() -> None:
    assert decide([1.2] * 9) is Decision.ACCEPT


def test_a_ratio_at_the_threshold_is_no_win() -> None:
    assert decide([1.05] * 40) is Decision.REJECT


def test_a_hopeless_candidate_is_rejected_early() -> None:
    assert decide([0.9] * 6) is Decision.REJECT


def test_a_test_that_can_no_longer_accept_stops() -> None:
    test = SignTest(1.05, 0.01, most=10, wins=5, samples=8)
    assert test.decide() is Decision.REJECT


def test_noise_is_accepted_no_more_often_than_alpha() -> None:
    random.seed(1)
    accepted = 0
    for _ in range(2000):
        ratios = [math.exp(random.gauss(0, 0.1)) for _ in range(40)]
        accepted += decide(ratios, threshold=1.0, alpha=0.05) is Decision.ACCEPT
    assert accepted / 2000 <= 0.05


def test_a_true_gain_is_found_through_noise() -> None:
    random.seed(2)
    found = 0
    for _ in range(200):
        ratios = [1.1 * math.exp(random.gauss(0, 0.02)) for _ in range(40)]
        found += decide(ratios) is Decision.ACCEPT
    assert found >= 195


def test_the_interval_covers_the_median_as_often_as_it_says() -> None:
    random.seed(3)
    covered = 0
    for _ in range(2000):
        ratios = sorted(math.exp(random.gauss(0, 0.3)) for _ in range(25))
        low, high = median_interval(len(ratios), 0.95)
        covered += ratios[low] <= 1.0 <= ratios[high]
    assert covered / 2000 >= 0.94


@pytest.mark.parametrize(
    ("samples", "expected"), [(1, (0, 0)), (5, (0, 4)), (6, (0, 5)), (9, (1, 7)), (15, (3, 11))]
)
def test_interval_ranks_are_those_of_the_tables(samples: int, expected: tuple[int, int]) -> None:
    assert median_interval(samples, 0.95) == expected


def test_speedup_is_the_median_ratio() -> None:
    quads = [Quad(ratio, 100, 1, 1) for ratio in (200, 300, 400)]
    assert speedup(quads).ratio == 3


def test_a_function_that_gives_up_the_processor_waits() -> None:
    assert waits([Quad(10, 1, 100, 1, waits=4)] * 3)


def test_a_function_that_others_took_the_processor_from_does_not_wait() -> None:
    assert not waits([Quad(10, 1, 100, 1, waits=0)] * 3)


def test_one_busy_quad_shows_that_the_function_does_not_wait() -> None:
    assert not waits([Quad(10, 1, 100, 1, waits=4), Quad(95, 1, 100, 1, waits=4)])


def test_wall_ratio_is_a_median() -> None:
    assert wall_ratio([Quad(1, 1, 2, 1), Quad(1, 1, 4, 1), Quad(1, 1, 100, 1)]) == 4


def quad(ratio: float) -> Quad:
    return Quad(round(1e6 * ratio), 1_000_000, 1, 1)


def noise(spread: float) -> float:
    """Return one factor of noise: now and then a quad is far off."""
    burst = random.random() < 0.05
    return math.exp(random.gauss(0, 4 * spread if burst else spread))


def confirmations(true: float, spread: float, layouts: float = 0.006) -> list[list[Quad]] | None:
    """Return the further quads of three interpreters that accepted, or None."""
    groups = []
    for _ in range(3):
        layout = true * math.exp(random.gauss(0, layouts))
        test = SignTest(1.05, 0.01, MOST_QUADS)
        while test.decide() is Decision.CONTINUE:
            test = test.add(layout * noise(spread))
        if test.decide() is not Decision.ACCEPT:
            return None
        groups.append(
            [quad(layout * noise(spread)) for _ in range(max(FURTHER_QUADS, test.samples))]
        )
    return groups


@pytest.mark.parametrize(
    ("true", "spread"), [(1.1, 0.01), (1.1, 0.03), (1.5, 0.01), (1.5, 0.08), (4.0, 0.04)]
)
def test_the_reported_interval_covers_the_true_ratio_of_what_was_confirmed(
    true: float, spread: float
) -> None:
    random.seed(5)
    covered = total = 0
    while total < 400:
        groups = confirmations(true, spread)
        if groups is not None:
            gain = pooled_speedup(groups)
            covered += gain.low <= true <= gain.high
            total += 1
    assert covered / total >= 0.93


def test_the_interval_stays_honest_where_interpreters_differ_by_much() -> None:
    random.seed(9)
    covered = 0
    for _ in range(400):
        groups = confirmations(1.5, 0.01, 0.04)
        assert groups is not None
        gain = pooled_speedup(groups)
        covered += gain.low <= 1.5 <= gain.high
    assert covered / 400 >= 0.88


def test_samples_that_a_test_stopped_on_flatter_the_candidate() -> None:
    random.seed(6)
    found = []
    while len(found) < 150:
        test, ratios = SignTest(1.05, 0.01, 40), []
        while test.decide() is Decision.CONTINUE:
            ratios.append(1.06 * noise(0.04))
            test = test.add(ratios[-1])
        if test.decide() is Decision.ACCEPT:
            found.append(speedup([quad(ratio) for ratio in ratios]).ratio)
    assert sum(found) / len(found) > 1.07


def test_the_interval_is_never_narrower_than_the_layout_of_memory_allows() -> None:
    gain = pooled_speedup([[quad(2)] * 9] * 3)
    assert gain.low == pytest.approx(2 * math.exp(-1.96 * 0.006 / math.sqrt(3)))


def test_interpreters_that_disagree_widen_the_interval() -> None:
    gain = pooled_speedup([[quad(ratio)] * 9 for ratio in (1.9, 2.0, 2.1)])
    assert gain.high > 2.1


def test_wall_speedup_is_of_the_wall_times() -> None:
    assert wall_speedup([Quad(1, 1, 3, 1)] * 3).ratio == 3


def test_only_walls_that_leave_no_doubt_are_slower() -> None:
    assert slower_by_the_wall([Quad(1, 1, 9, 10)] * 20)
    assert not slower_by_the_wall([Quad(1, 1, 9, 10)] * 11 + [Quad(1, 1, 20, 10)] * 9)

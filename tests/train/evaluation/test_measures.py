"""The estimators against numbers worked out by hand, and against counting all choices."""

from __future__ import annotations

from itertools import combinations
from statistics import mean

import pytest

from perfopt_cli.train.evaluation.measures import (
    best_of,
    efficiency,
    mean_by_group,
    pass_at_k,
    share,
    time_reduction,
    wilson,
)


def test_pass_at_2_with_one_right_of_four_is_a_half():
    # Of the 6 pairs of 4 candidates, 3 hold the right one.
    assert pass_at_k(4, 1, 2) == pytest.approx(0.5)


def test_pass_at_1_is_the_share_of_right_candidates():
    assert pass_at_k(5, 2, 1) == pytest.approx(0.4)


def test_pass_at_k_is_certain_where_fewer_than_k_are_wrong():
    assert pass_at_k(4, 3, 2) == 1.0


def test_speedup_at_2_of_a_wrong_one_a_one_and_a_three():
    # The pairs' best: 1, 3, 3. Sorted the other way it would come out as 2/3.
    assert best_of([3.0, 0.0, 1.0], 2) == pytest.approx(7 / 3)


def test_speedup_at_1_is_the_mean_and_at_all_the_best():
    assert best_of([3.0, 0.0, 1.0], 1) == pytest.approx(4 / 3)
    assert best_of([3.0, 0.0, 1.0], 3) == pytest.approx(3.0)


@pytest.mark.parametrize("k", range(1, 6))
def test_the_closed_form_is_the_mean_over_all_choices(k):
    values = [0.0, 2.5, 0.0, 1.1, 7.0]
    expected = mean(max(choice) for choice in combinations(values, k))
    assert best_of(values, k) == pytest.approx(expected)


@pytest.mark.parametrize("k", [0, 4])
def test_k_beyond_the_candidates_is_refused(k):
    with pytest.raises(ValueError, match="of 3 candidates"):
        best_of([1.0, 1.0, 1.0], k)


@pytest.mark.parametrize(
    ("ratio", "score"),
    [
        (4.0, 1.0),  # as fast as the reference
        (8.0, 1.5),  # t = t*/2: (2 - 1/2) / 1
        (3.0, 2 / 3),  # t = 4/3 t*
        (2.0, 0.0),  # t = 2 t*: at the limit
        (0.1, 0.0),  # far beyond it: censored
    ],
)
def test_efficiency_against_a_reference_of_speedup_four(ratio, score):
    assert efficiency(ratio, 4.0) == pytest.approx(score)


def test_efficiency_never_exceeds_factor_over_factor_less_one():
    assert efficiency(1e9, 1.0, factor=3.0) == pytest.approx(1.5)


def test_a_speedup_of_five_reduces_time_by_80_percent():
    assert time_reduction(5.0) == pytest.approx(80.0)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.959964
    [(1, 10, 0.01788, 0.40415), (5, 10, 0.23659, 0.76341), (0, 10, 0.0, 0.27753)],
)
def test_wilson_interval(hits, count, low, high):
    assert wilson(hits, count) == pytest.approx((low, high), abs=1e-5)


def test_wilson_ends_at_one_where_all_hit():
    low, high = wilson(10, 10)
    assert high == 1.0
    assert low == pytest.approx(1 - 0.27753, abs=1e-5)


def test_a_share_of_nothing_has_no_value():
    assert share([]).value is None


def test_the_mean_is_over_values_and_the_bootstrap_over_groups():
    figure = mean_by_group([1.0, 1.0, 1.0, 5.0], ["a", "a", "a", "b"])
    assert figure.value == pytest.approx(2.0)
    # Drawn groups are aa, ab or bb: a quarter, a half, a quarter of the time.
    assert (figure.low, figure.high) == (1.0, 5.0)


def test_one_group_has_no_interval():
    figure = mean_by_group([1.0, 2.0], ["a", "a"])
    assert (figure.value, figure.low, figure.high) == (1.5, None, None)


def test_the_bootstrap_gives_the_same_interval_again():
    values, groups = [1.0, 2.0, 4.0, 8.0], list("abcd")
    assert mean_by_group(values, groups) == mean_by_group(values, groups)


def test_many_values_of_one_problem_do_not_narrow_the_interval():
    few = mean_by_group([1.0, 3.0, 2.0], list("abc"))
    many = mean_by_group([1.0, 3.0, 2.0] * 50, list("abc") * 50)
    assert few.low is not None
    assert many.low == pytest.approx(few.low)

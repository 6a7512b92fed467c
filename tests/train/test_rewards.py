from __future__ import annotations

import pytest

from perfopt_cli.core import Speedup
from perfopt_cli.train.records import Level, Score
from perfopt_cli.train.rewards import (
    PolicyGroup,
    advantages,
    performance_reward,
    value_reward,
)


@pytest.mark.parametrize(
    ("score", "reward"),
    [
        (Score(Level.BROKEN), -1.0),
        (Score(Level.FAILED), -1.0),
        (Score(Level.PASSED), 0.0),
        (Score(Level.FASTER), 0.0),
        (Score(Level.FASTER, "", Speedup(1.5, 1.4, 1.6)), 0.5),
        (Score(Level.FASTER, "", Speedup(9.0, 8.0, 10.0)), 3.0),
        # A gain that the timing rule did not prove, and a loss that may be noise, are none.
        (Score(Level.PASSED, "", Speedup(1.5, 0.9, 2.0)), 0.0),
        (Score(Level.PASSED, "", Speedup(0.8, 0.6, 1.1)), 0.0),
        (Score(Level.PASSED, "", Speedup(0.5, 0.4, 0.6)), -0.5),
    ],
)
def test_the_reward_is_what_was_proved_of_the_speed(score: Score, reward: float) -> None:
    assert performance_reward(score, 3.0) == pytest.approx(reward)


def test_what_a_reward_model_says_stays_within_the_same_bounds() -> None:
    assert [value_reward(value, 3.0) for value in (-2.0, 0.5, 7.0)] == [-1.0, 0.5, 3.0]


def test_rloo_compares_each_reply_with_the_mean_of_the_others() -> None:
    # 3 against the mean of -1 and 1; -1 against that of 3 and 1; 1 against that of 3 and -1.
    assert advantages("rloo", (3.0, -1.0, 1.0)) == pytest.approx((3.0, -3.0, 0.0))


def test_grpo_divides_the_distance_from_the_mean_by_the_spread() -> None:
    # Mean 1, squares 4 + 4 + 0 over two: a spread of 2.
    found = advantages("grpo", (3.0, -1.0, 1.0))
    assert found == pytest.approx((2 / 2.0001, -2 / 2.0001, 0.0))


def test_a_group_of_equal_rewards_teaches_nothing() -> None:
    replies, ends = ("a", "b"), (True, True)
    assert not PolicyGroup("p", replies, (0.0, 0.0), ends).teaches
    assert PolicyGroup("p", replies, (0.0, 0.5), ends).teaches
    assert advantages("grpo", (1.0, 1.0)) == (0.0, 0.0)

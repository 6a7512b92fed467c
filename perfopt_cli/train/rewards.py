"""What a reply is worth to policy gradients, and how much better than its group it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

from perfopt_cli.train.records import Level, Score

METHODS = ("rloo", "grpo")

LEAST_SPREAD = 1e-4
"""What is added to a group's standard deviation, as public code of GRPO does."""


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    """A prompt and the model's own random responses to it, with their rewards.

    ``finished`` tells for each whether the model ended it: only then its end is learnt.
    """

    prompt: str
    responses: tuple[str, ...]
    rewards: tuple[float, ...]
    finished: tuple[bool, ...]

    def __post_init__(self) -> None:
        if not len(self.responses) == len(self.rewards) == len(self.finished):
            raise ValueError("a group has a reward and an end for each response")

    @property
    def teaches(self) -> bool:
        """Whether some response is better than another."""
        return len(set(self.rewards)) > 1


def performance_reward(score: Score, cap: float) -> float:
    """Return −1 for a wrong program, and T_slow / T − 1 for a right one, at most ``cap``.

    Source: Nichols et al., Performance-Aligned LLMs for Generating Fast Code
    (2024), section 5, with the slow program's time in the place of the median.
    Only what is beyond doubt counts: a gain where the timing rule proved one, a
    loss where the whole interval lies below 1; else a right program gets 0.
    """
    if score.level < Level.PASSED:
        return -1.0
    if score.speedup is None:
        return 0.0
    if score.level is Level.FASTER:
        return min(cap, max(0.0, score.speedup.ratio - 1))
    return score.speedup.ratio - 1 if score.speedup.high < 1 else 0.0


def value_reward(value: float, cap: float) -> float:
    """Return a reward model's standard score within the bounds of ``performance_reward``."""
    return min(cap, max(-1.0, value))


def advantages(method: str, rewards: Sequence[float]) -> tuple[float, ...]:
    """Return how much better each response is than its group; two rewards at least.

    RLOO: r_i less the mean of the others (Ahmadian et al., 2024, equation 8).
    GRPO: (r_i − mean) / standard deviation, the sample's (Shao et al., 2024,
    section 4.1.2).
    """
    size, mean = len(rewards), fmean(rewards)
    if method == "rloo":
        return tuple((one - mean) * size / (size - 1) for one in rewards)
    spread = sqrt(sum((one - mean) ** 2 for one in rewards) / (size - 1))
    return tuple((one - mean) / (spread + LEAST_SPREAD) for one in rewards)

"""Pairs of a faster and a slower reply to one prompt, with how much faster: what DPA and
reward models learn from.

Source: Nichols et al., Performance-Aligned LLMs for Generating Fast Code (2024), section 5.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from perfopt_cli.core import Speedup
from perfopt_cli.train.records import Level

TOP = 5
"""Among how many of the fastest the preferred reply is."""

WRONG_SHARE = 0.05
"""In what share of the pairs wrong code stands for the slower reply."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A reply and what came of its program; speedups of one prompt are over the same program."""

    text: str
    level: Level
    speedup: Speedup | None = None


@dataclass(frozen=True, slots=True)
class Preference:
    """``chosen`` is better than ``rejected``; ``margin`` is how much, 0 where not measured.

    ``group`` names the problem.
    """

    prompt: str
    chosen: str
    rejected: str
    margin: float = 0.0
    group: str = ""


def margin_of(chosen: Scored, rejected: Scored, cap: float) -> float:
    """Return μ = min(cap, T_rejected / T_chosen), and 0 where one of the times is not known."""
    if chosen.speedup is None or rejected.speedup is None:
        return 0.0
    return min(cap, chosen.speedup.ratio / rejected.speedup.ratio)


def preferences(
    prompt: str, replies: Sequence[Scored], *, cap: float, seed: object
) -> tuple[Preference, ...]:
    """Return a pair for each of the fastest replies, as far as one is slower beyond doubt.

    Only a reply that is faster than the program asked about is preferred to others.

    The slower reply is drawn from the slowest half of the right ones, and in
    5 % of the pairs a wrong one stands in its place. What is drawn depends on
    ``seed`` alone; of equal texts the first counts.
    """
    draw = random.Random(repr(seed))
    distinct = list({reply.text: reply for reply in reversed(replies)}.values())[::-1]
    right = sorted((one for one in distinct if one.level >= Level.PASSED), key=_slowness)
    wrong = [one for one in distinct if one.level < Level.PASSED]
    slowest = right[len(right) - len(right) // 2 :]
    found = []
    for chosen in right[:TOP]:
        slower = [one for one in slowest if _is_faster(chosen, one)]
        if chosen.level < Level.FASTER or not slower:
            continue
        rejected, replaced = draw.choice(slower), draw.random() < WRONG_SHARE
        if replaced and wrong:
            rejected = draw.choice(wrong)
        # Wrong code was not timed, or its time means nothing.
        margin = 0.0 if rejected in wrong else margin_of(chosen, rejected, cap)
        found.append(Preference(prompt, chosen.text, rejected.text, margin))
    return tuple(found)


def _slowness(one: Scored) -> tuple[int, float]:
    """Order right replies, fastest first; those that were not timed have no place among others."""
    return -one.level, -(one.speedup.ratio if one.speedup else 0.0)


def _is_faster(one: Scored, other: Scored) -> bool:
    """Say whether one was shown to be faster: by its level, or by intervals that don't overlap."""
    if one.speedup and other.speedup:
        return one.speedup.low > other.speedup.high
    return one.level > other.level

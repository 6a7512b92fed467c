"""Figures of the comparison of small_model.py. Pure."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from field_runs import Found
from field_stats import LEAST_GAIN, geometric

PARSED = "INVALID"
EQUIVALENT = ("FASTER", "NOT_FASTER", "SLOWER_SOMEWHERE", "NOISY")
"""Reasons of candidates that passed the tests and every replayed call."""
NOT_JUDGED = ("DUPLICATE", "BUDGET", "UNTESTED", "FLAKY")
DRAWS = 2000


def solved(one: Found) -> bool:
    """Tell whether perfopt accepted a rewrite at 1.10x or more."""
    return bool(one.accepted) and one.proved >= LEAST_GAIN


@dataclass(frozen=True)
class Arm:
    """What an arm reached. ``total`` sums the natural logarithms of the speedups."""

    functions: int
    solved: int
    geometric: float
    total: float
    candidates: int
    accepted: int
    seconds: float


def arm(found: Sequence[Found]) -> Arm:
    """Return the figures of an arm. A function without an accepted rewrite counts as 1."""
    return Arm(
        len(found),
        sum(map(solved, found)),
        geometric([one.proved for one in found]),
        sum(math.log(one.proved) for one in found),
        sum(len(one.candidates) for one in found),
        sum(len(one.accepted) for one in found),
        sum(one.seconds for one in found),
    )


@dataclass(frozen=True)
class Pairs:
    """Two arms on the same functions: functions that one of them solved alone.

    ``p`` is McNemar's exact two-sided probability. ``more`` is how many more
    functions the second solved, as a share of the first; None where that solved
    none. ``total`` is the difference of the sums of logarithms, second less
    first, with 95 % bounds by a bootstrap over functions.
    """

    first_alone: int
    second_alone: int
    p: float
    more: float | None
    total: float
    low: float
    high: float


def compared(first: Sequence[Found], second: Sequence[Found]) -> Pairs:
    """Hold two arms against each other, function by function, in the same order."""
    for one, other in zip(first, second, strict=True):
        if (one.set, one.name) != (other.set, other.name):
            raise ValueError(f"{one.name} is held against {other.name}")
    alone = Counter((solved(a), solved(b)) for a, b in zip(first, second, strict=True))
    before = sum(map(solved, first))
    gains = [math.log(b.proved) - math.log(a.proved) for a, b in zip(first, second, strict=True)]
    low, high = bootstrap(gains)
    return Pairs(
        alone[True, False], alone[False, True], mcnemar(alone[True, False], alone[False, True]),
        (sum(map(solved, second)) - before) / before if before else None, sum(gains), low, high,
    )  # fmt: skip


def pooled(first: Sequence[Sequence[Found]], second: Sequence[Sequence[Found]]) -> Pairs:
    """Hold two arms against each other over several runs of both.

    A function counts for the arm that solved it in more of the runs, so that ``p``
    is a sign test's; ``more`` is of all runs, and ``total`` of the mean of the runs.
    """
    before, after = (
        [sum(map(solved, each)) for each in zip(*runs, strict=True)] for runs in (first, second)
    )
    pairs = [compared(a, b) for a, b in zip(first, second, strict=True)]
    gains = [
        sum(math.log(b.proved) - math.log(a.proved) for a, b in zip(ours, theirs, strict=True))
        / len(pairs)
        for ours, theirs in zip(zip(*first, strict=True), zip(*second, strict=True), strict=True)
    ]
    fewer = sum(a > b for a, b in zip(before, after, strict=True))
    more = sum(b > a for a, b in zip(before, after, strict=True))
    low, high = bootstrap(gains)
    share = (sum(after) - sum(before)) / sum(before) if sum(before) else None
    return Pairs(fewer, more, mcnemar(fewer, more), share, sum(gains), low, high)


def mcnemar(first: int, second: int) -> float:
    """Return the exact two-sided probability of such a split where both are as likely."""
    count = first + second
    tail = sum(math.comb(count, k) for k in range(min(first, second) + 1))
    return min(1.0, 2 * tail / 2**count)


def bootstrap(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """Return 95 % bounds of a sum, by drawing as many of its parts again and again."""
    draw = random.Random(seed)
    sums = sorted(sum(draw.choices(values, k=len(values))) for _ in range(DRAWS if values else 0))
    return (sums[DRAWS // 40], sums[-DRAWS // 40 - 1]) if sums else (0.0, 0.0)


@dataclass(frozen=True)
class Candidates:
    """What became of the small model's candidates.

    ``judged`` are those with a verdict that says what they are; shares are of
    these. ``unjudged`` counts the others by reason.
    """

    functions: int
    answered: int
    judged: int
    parse: int
    equivalent: int
    faster: int
    reasons: dict[str, int]
    unjudged: dict[str, int]


def candidates(found: Sequence[Found]) -> Candidates:
    """Return the figures of candidates whose origin is ``mini:``…"""
    mine = [[one for one in each.candidates if is_mini(one)] for each in found]
    every = Counter(one["reason"] for each in mine for one in each)
    reasons = {name: count for name, count in every.most_common() if name not in NOT_JUDGED}
    judged = sum(reasons.values())
    return Candidates(
        len(found),
        sum(bool(each) for each in mine),
        judged,
        judged - reasons.get(PARSED, 0),
        sum(reasons.get(name, 0) for name in EQUIVALENT),
        reasons.get("FASTER", 0),
        reasons,
        {name: count for name, count in every.most_common() if name in NOT_JUDGED},
    )


def is_mini(candidate: dict[str, Any]) -> bool:
    return str(candidate["origin"]).startswith("mini")


def by_source(found: Sequence[Found]) -> Counter[str]:
    """Count the solved functions by where the best accepted rewrite is from."""
    best = [
        max(one.accepted, key=lambda each: each["speedup"]["ratio"]) for one in found if solved(one)
    ]
    return Counter(str(one["origin"]).partition(":")[0] for one in best)


@dataclass(frozen=True)
class Checked:
    """Accepted rewrites held against calls that the project's tests do not make."""

    accepted: int
    calls: int
    unchecked: int
    wrong: tuple[str, ...]


def checked(found: Sequence[Found]) -> Checked:
    """Return what came of the calls kept back."""
    return Checked(
        sum(len(one.accepted) for one in found),
        sum(one.checked for one in found),
        sum(one.unchecked for one in found),
        tuple(f"{one.set} {one.name}: {text}" for one in found for text in one.wrong),
    )


def quantile(values: Sequence[float], share: float) -> float:
    """Return the least value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

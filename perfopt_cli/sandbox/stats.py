"""Pure statistics of the timing verdict: samples in, decisions out.

The test is a sign test as an e-process. Each sample is a win where
``original > t * candidate``; under the null hypothesis, "the candidate is not
t times faster in the median", wins come up with probability p <= 1/2. The
wealth is the likelihood ratio of a uniform mixture of p over [1/2, 1] against
p = 1/2:

    W_n = 2^n * integral_{1/2}^{1} 2 p^k (1-p)^(n-k) dp

Ville's inequality bounds the chance that W ever reaches 1/alpha under the null
by alpha, however often one looks (Ramdas et al., "Game-theoretic statistics
and safe anytime-valid inference", 2023).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import fmean, median, variance

from perfopt_cli.core import Quad, Speedup

REVERSE_WEALTH = 10.0
LEAST_BUSY = 0.8
BETWEEN_INTERPRETERS = 0.006
CHI_SQUARE_OF_THREE = 2.996
STUDENT_OF_THREE = 4.303


class Decision(Enum):
    """What the samples so far allow to say."""

    ACCEPT = "accept"
    REJECT = "reject"
    CONTINUE = "continue"


def wealth(wins: int, samples: int) -> float:
    """Return W_n for k wins in n samples.

    With the beta integral in closed form,
    ``W = sum_{i<=k} C(n+1, i) / ((n+1) C(n, k))``, computed in integers.
    """
    if not 0 <= wins <= samples:
        raise ValueError(f"{wins} wins in {samples} samples")
    tail = sum(math.comb(samples + 1, i) for i in range(wins + 1))
    return tail / ((samples + 1) * math.comb(samples, wins))


@dataclass(frozen=True, slots=True)
class SignTest:
    """A running test: threshold t, bound alpha on false accepts, at most ``most`` samples."""

    threshold: float
    alpha: float
    most: int
    wins: int = 0
    samples: int = 0

    def add(self, ratio: float) -> SignTest:
        """Return the test with one more sample, a ratio original / candidate."""
        won = ratio > self.threshold
        return SignTest(self.threshold, self.alpha, self.most, self.wins + won, self.samples + 1)

    def decide(self) -> Decision:
        """Accept, reject or go on. Early rejection can't raise the rate of false accepts."""
        if wealth(self.wins, self.samples) >= 1 / self.alpha:
            return Decision.ACCEPT
        losses = self.samples - self.wins
        if wealth(losses, self.samples) >= REVERSE_WEALTH:
            return Decision.REJECT
        left = self.most - self.samples
        if wealth(self.wins + left, self.most) < 1 / self.alpha:
            return Decision.REJECT
        return Decision.CONTINUE


def speedup(quads: Sequence[Quad], confidence: float = 0.95) -> Speedup:
    """Return the median ratio of CPU times with a distribution-free interval.

    The interval is between the order statistics r and n+1-r, whose coverage of
    the median is 1 - 2 P(Bin(n, 1/2) < r) (David & Nagaraja, "Order
    Statistics", 7.1); with too few samples it is the whole range.
    """
    return _median([quad.original_cpu / quad.candidate_cpu for quad in quads], confidence)


def wall_speedup(quads: Sequence[Quad], confidence: float = 0.95) -> Speedup:
    """Return the same of wall times."""
    return _median([quad.original_wall / quad.candidate_wall for quad in quads], confidence)


def slower_by_the_wall(quads: Sequence[Quad]) -> bool:
    """Tell whether wall times show the candidate to be slower: the whole interval says so.

    Where others take the processor away, the median alone is off by several
    percent, and would refuse much of what is truly 1.10x (docs/timing.md).
    """
    return wall_speedup(quads).high < 1


def _median(ratios: Sequence[float], confidence: float) -> Speedup:
    ordered = sorted(ratios)
    low, high = median_interval(len(ordered), confidence)
    return Speedup(median(ordered), ordered[low], ordered[high])


def pooled_speedup(groups: Sequence[Sequence[Quad]]) -> Speedup:
    """Return the speedup over several interpreters, a group of quads each, with a 95 % interval.

    The quads must not be those that a test stopped on: that a test stops where
    it has seen enough gains makes its own samples flatter the candidate.

    Within an interpreter quads are alike, between interpreters the layout of
    memory differs, by a standard deviation of BETWEEN_INTERPRETERS (measured
    for a pool of six copies of the code). Where the groups' medians differ by
    more than that and what their own noise explains, it is as much more. The
    interval of the pooled median is widened by 1.96 standard errors of that,
    the squares of both half widths added, on the logarithmic scale. Where they
    differ by more than chance makes them in 1 of 20 cases (their variance is
    over the 95 % point of chi-square by its degrees of freedom), three of them
    tell badly by how much: then it is the 97.5 % point of Student's t with two
    degrees of freedom instead of 1.96.
    """
    count = len(groups)
    pooled = speedup([quad for quads in groups for quad in quads])
    middle, low, high = (math.log(one) for one in (pooled.ratio, pooled.low, pooled.high))
    each = [speedup(quads) for quads in groups]
    apart = variance(math.log(one.ratio) for one in each) if count > 1 else 0.0
    own = fmean((math.log(one.high / one.low) / (2 * 1.96)) ** 2 for one in each)
    explained = BETWEEN_INTERPRETERS**2 + own
    quantile = STUDENT_OF_THREE if apart > CHI_SQUARE_OF_THREE * explained else 1.96
    wider = quantile * math.sqrt(max(BETWEEN_INTERPRETERS**2, apart - own) / count)
    return Speedup(
        pooled.ratio,
        math.exp(middle - math.hypot(middle - low, wider)),
        math.exp(middle + math.hypot(high - middle, wider)),
    )


def median_interval(samples: int, confidence: float) -> tuple[int, int]:
    """Return 0-based indices into sorted samples that bound their distribution's median."""
    if samples < 1:
        raise ValueError("no samples")
    outside = 0.0
    rank = 0
    while rank < (samples - 1) // 2:
        outside += math.comb(samples, rank) / 2**samples
        if 2 * (outside + math.comb(samples, rank + 1) / 2**samples) > 1 - confidence:
            break
        rank += 1
    return rank, samples - 1 - rank


def waits(quads: Sequence[Quad]) -> bool:
    """Tell whether the function itself waits (sleeps, reads, takes locks) for much of its time.

    A low share of CPU time alone does not tell: on a busy machine others take
    the processor away. What waits gives it up of its own accord.
    """
    busy = max(quad.original_cpu / quad.original_wall for quad in quads)
    return busy < LEAST_BUSY and median(quad.waits for quad in quads) >= 1


def wall_ratio(quads: Sequence[Quad]) -> float:
    """Return the median ratio of wall times."""
    return median(quad.original_wall / quad.candidate_wall for quad in quads)

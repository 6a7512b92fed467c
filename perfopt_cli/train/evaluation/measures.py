"""Pure measures of a set of candidates: estimators, intervals, their sources.

N candidates were drawn for each program. ``*@k`` estimates what the best of k
of them would give:

- pass@k: 1 - C(N-c, k) / C(N, k) for c right ones (Chen et al., "Evaluating
  large language models trained on code", 2021, eq. 1).
- speedup@k: sum over j of C(j-1, k-1) s_j / C(N, k), speedups ascending, 0 for
  wrong candidates (Nichols et al., "Can large language models write parallel
  code?", 2024, eq. 3): s_j is the best of C(j-1, k-1) of the C(N, k) choices.
- eff@k: the same sum over efficiency scores (Qiu et al., "How efficient is
  LLM-generated code?", 2025, eq. 6), see ``efficiency``.
- efficient@k: as pass@k, counting the right candidates that take fewer
  instructions than the best known program (Peng et al., "COFFE", 2025).
- Best@k: the best of the first k (Shypula et al., "Learning
  performance-improving code edits", 2024, section 4).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

TIMEOUT_FACTOR = 2.0
"""ENAMEL's alpha: a program that takes this many times the reference's time scores 0."""

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval, over ``count`` things; None where there is nothing to say."""

    value: float | None
    low: float | None = None
    high: float | None = None
    count: int = 0


def pass_at_k(drawn: int, right: int, k: int) -> float:
    """Return the chance that at least one of k out of ``drawn`` candidates is right."""
    _check(drawn, k)
    if not 0 <= right <= drawn:
        raise ValueError(f"{right} right candidates of {drawn}")
    return 1 - math.comb(drawn - right, k) / math.comb(drawn, k)


def best_of(values: Sequence[float], k: int) -> float:
    """Return the expected largest of k out of the values, all choices of k being alike.

    With speedups (0 for wrong candidates) this is speedup@k, with efficiency
    scores eff@k.
    """
    drawn = len(values)
    _check(drawn, k)
    ascending = sorted(values)
    total = sum(math.comb(j - 1, k - 1) * ascending[j - 1] for j in range(k, drawn + 1))
    return total / math.comb(drawn, k)


def _check(drawn: int, k: int) -> None:
    if not 1 <= k <= drawn:
        raise ValueError(f"k = {k} of {drawn} candidates")


def efficiency(ratio: float, reference: float, factor: float = TIMEOUT_FACTOR) -> float:
    """Return ENAMEL's score of a right candidate, with one level of inputs.

    ``ratio`` and ``reference`` are the speedups of candidate and reference over
    the same program, so that t / t* = reference / ratio. The score is
    ``max(0, T - t) / (T - t*)`` with ``T = factor t*``: 1 for a program as fast
    as the reference, ``factor / (factor - 1)`` at most. A time beyond T scores
    0 whatever it is, so a run that was stopped at T or later, whose time is
    known to be longer only, loses nothing by that.
    """
    if ratio <= 0 or reference <= 0 or factor <= 1:
        raise ValueError(f"ratio {ratio}, reference {reference}, factor {factor}")
    return max(0.0, factor - reference / ratio) / (factor - 1)


def time_reduction(ratio: float) -> float:
    """Return PerfRL's RTR in percent: (old - new) / old for a speedup old / new."""
    return (1 - 1 / ratio) * 100


def wilson(hits: int, count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval for a share (Wilson, 1927).

    It takes the ``count`` things as independent, which programs of one problem
    are not quite.
    """
    if not 0 <= hits <= count or not count:
        raise ValueError(f"{hits} hits of {count}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = hits / count, z * z / count
    middle = (share + weight / 2) / (1 + weight)
    reach = z / (1 + weight) * math.sqrt(share * (1 - share) / count + weight / (4 * count))
    # At the ends the bound is exact, but for rounding.
    low = middle - reach if hits else 0.0
    high = middle + reach if hits < count else 1.0
    return low, high


def share(flags: Sequence[bool]) -> Figure:
    """Return a share (0 to 1) with Wilson's interval."""
    if not flags:
        return Figure(None)
    return Figure(sum(flags) / len(flags), *wilson(sum(flags), len(flags)), len(flags))


def mean_by_group(
    values: Sequence[float], groups: Sequence[str], *, seed: int = 0, resamples: int = RESAMPLES
) -> Figure:
    """Return the mean of the values with a percentile bootstrap interval.

    Whole groups are drawn, as the programs of one problem go together (Davison
    and Hinkley, "Bootstrap Methods", 1997, section 3.8). With fewer than two
    groups there is no interval.
    """
    if not values:
        return Figure(None)
    sums: dict[str, tuple[float, int]] = {}
    for value, group in zip(values, groups, strict=True):
        total, count = sums.get(group, (0.0, 0))
        sums[group] = (total + value, count + 1)
    mean = sum(values) / len(values)
    if len(sums) < 2:
        return Figure(mean, count=len(values))
    low, high = bootstrap(list(sums.values()), _ratio, seed=seed, resamples=resamples)
    return Figure(mean, low, high, len(values))


def _ratio(drawn: Sequence[tuple[float, int]]) -> float:
    return sum(total for total, _ in drawn) / sum(count for _, count in drawn)


def bootstrap(
    units: Sequence[tuple[float, int]],
    statistic: Callable[[Sequence[tuple[float, int]]], float],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a statistic of the units (Efron, 1979)."""
    draw = random.Random(seed)
    found = sorted(statistic(draw.choices(units, k=len(units))) for _ in range(resamples))
    outside = (1 - confidence) / 2
    low = math.floor(outside * (resamples - 1))
    return found[low], found[resamples - 1 - low]

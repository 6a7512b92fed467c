"""What a set of evaluated programs shows: the measures over its rows.

What goes into them (``measures.py`` has the formulas):

- A candidate counts as faster only where the timing rule proved it (level
  FASTER); %Opt also asks for a measured speedup of 1.10.
- A speedup that was measured and not proved counts as 1 at most: the best of
  several such would be the luckiest noise.
- ``speedup`` is over all programs, as PIE has it: a wrong candidate leaves the
  program as it was (1). It is clipped at 1 as in PIE v2, or else a right
  candidate may make the program slower.
- ``sp`` and ``rtr`` are over the improved programs only, as PerfRL has them.
- In the ``@k`` estimates a wrong candidate counts 0. A source that gave fewer
  candidates than another row got is taken to have given wrong ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfopt_cli.train.evaluation.measures import (
    Figure,
    best_of,
    efficiency,
    mean_by_group,
    pass_at_k,
    share,
    time_reduction,
)
from perfopt_cli.train.evaluation.rows import Row
from perfopt_cli.train.records import Level, Score

LEAST_GAIN = 1.10
"""PIE's bound: a program counts as optimised from this speedup on."""


@dataclass(frozen=True, slots=True)
class Best:
    """Measures of the best of the first k candidates of each program."""

    k: int
    optimised: Figure
    faster: Figure
    correct: Figure
    speedup: Figure
    sp: Figure
    rtr: Figure


@dataclass(frozen=True, slots=True)
class AtK:
    """What k candidates would give, estimated from all that were drawn."""

    k: int
    passing: Figure
    speedup: Figure
    efficiency: Figure
    efficient: Figure


@dataclass(frozen=True, slots=True)
class Summary:
    """The measures of a source on a data set.

    ``programs`` took part; ``drawn`` is the number of candidates of the row
    that has most. ``answered`` is the share of programs with any candidate,
    ``compiled`` that of candidates that compile.
    """

    programs: int
    problems: int
    drawn: int
    answered: Figure
    compiled: Figure
    best: tuple[Best, ...]
    at: tuple[AtK, ...]


def summarize(rows: Sequence[Row], *, clip: bool = True, least: float = LEAST_GAIN) -> Summary:
    """Return the measures over the rows that were not skipped."""
    used = [row for row in rows if not row.skipped]
    drawn = max((len(row.scores) for row in used), default=0)
    ks = max(drawn, 1)
    given = [score for row in used for score in row.scores]
    return Summary(
        programs=len(used),
        problems=len({row.group for row in used}),
        drawn=drawn,
        answered=share([bool(row.scores) for row in used]),
        compiled=share([score.level > Level.BROKEN for score in given]),
        best=tuple(_best(used, k, clip=clip, least=least) for k in sorted({1, ks})),
        at=tuple(_at(used, k, ks) for k in powers(ks)),
    )


def powers(drawn: int) -> list[int]:
    """Return the k to estimate for: powers of two, and all that were drawn."""
    return sorted({2**power for power in range(drawn.bit_length())} | {drawn})


def ratio_of(score: Score) -> float:
    """Return the speedup of a right candidate: as measured, but 1 at most where it is no proof."""
    measured = score.speedup.ratio if score.speedup else 1.0
    return measured if score.level is Level.FASTER else min(1.0, measured)


def proved(score: Score) -> float:
    """Return the speedup that was proved, else 1."""
    return max(1.0, ratio_of(score)) if score.level is Level.FASTER else 1.0


def _right(score: Score) -> bool:
    return score.level >= Level.PASSED


def _best(rows: Sequence[Row], k: int, *, clip: bool, least: float) -> Best:
    first = [row.scores[:k] for row in rows]
    groups = [row.group for row in rows]
    improved = [
        (max(proved(score) for score in scores), row.group)
        for row, scores in zip(rows, first, strict=True)
        if any(score.level is Level.FASTER for score in scores)
    ]
    names = [group for _, group in improved]
    return Best(
        k=k,
        optimised=share([any(_gains(score, least) for score in scores) for scores in first]),
        faster=share([any(score.level is Level.FASTER for score in scores) for scores in first]),
        correct=share([any(map(_right, scores)) for scores in first]),
        speedup=mean_by_group([_kept(scores, clip=clip) for scores in first], groups),
        sp=mean_by_group([ratio for ratio, _ in improved], names),
        rtr=mean_by_group([time_reduction(ratio) for ratio, _ in improved], names),
    )


def _gains(score: Score, least: float) -> bool:
    return score.level is Level.FASTER and ratio_of(score) >= least


def _kept(scores: Sequence[Score], *, clip: bool) -> float:
    """Return the speedup that a program gets from the best of these candidates."""
    if clip:
        return max(map(proved, scores), default=1.0)
    return max((ratio_of(score) for score in scores if _right(score)), default=1.0)


def _at(rows: Sequence[Row], k: int, drawn: int) -> AtK:
    groups = [row.group for row in rows]
    counted = [row for row in rows if row.least is not None or not any(map(_right, row.scores))]
    any_counted = any(row.least is not None for row in counted)
    return AtK(
        k=k,
        passing=mean_by_group([pass_at_k(drawn, _passing(row), k) for row in rows], groups),
        speedup=mean_by_group([best_of(_speedups(row, drawn), k) for row in rows], groups),
        efficiency=mean_by_group([best_of(_efficiencies(row, drawn), k) for row in rows], groups),
        efficient=mean_by_group(
            [pass_at_k(drawn, _efficient(row), k) for row in counted if any_counted],
            [row.group for row in counted if any_counted],
        ),
    )


def _passing(row: Row) -> int:
    return sum(map(_right, row.scores))


def _speedups(row: Row, drawn: int) -> list[float]:
    return _padded([ratio_of(score) if _right(score) else 0.0 for score in row.scores], drawn)


def _efficiencies(row: Row, drawn: int) -> list[float]:
    """Return ENAMEL's scores against the faster of the program itself and the data set's target."""
    reference = proved(row.target) if row.target else 1.0
    scores = [
        efficiency(ratio_of(score), reference) if _right(score) else 0.0 for score in row.scores
    ]
    return _padded(scores, drawn)


def _efficient(row: Row) -> int:
    """Count the right candidates that take fewer instructions than the best known program."""
    if row.least is None:
        return 0
    pairs = zip(row.scores, row.counts, strict=True)
    return sum(_right(s) and count is not None and count < row.least for s, count in pairs)


def _padded(values: list[float], drawn: int) -> list[float]:
    return values + [0.0] * (drawn - len(values))

"""A data set and a source of candidates: each program's candidates proposed and scored."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Protocol

from perfopt_cli.core import PerfoptError, Speedup
from perfopt_cli.model.normal import normal_form
from perfopt_cli.train.evaluation.instructions import InstructionCounter
from perfopt_cli.train.evaluation.rows import Row, RowFile
from perfopt_cli.train.evaluation.sources import Source
from perfopt_cli.train.records import Level, Pair, Score, Task
from perfopt_cli.train.waiting import outcome

AHEAD = 4
"""So many programs are being scored while candidates for the next are made."""

SAME = Score(Level.PASSED, "the same program", Speedup(1.0, 1.0, 1.0))


class Scoring(Protocol):
    """What scores a candidate, here and now or later. ``notes`` are for the user to read."""

    notes: tuple[str, ...]

    def submit(self, task: Task, code: str) -> Future[Score]:
        """Score a program against the task's tests, and time it where the scorer does that."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What an evaluation works with.

    ``scoring`` does not time a program against itself. ``counting`` counts
    instructions, where wanted; ``rows`` keeps what is finished, where wanted.
    """

    source: Source
    scoring: Scoring
    samples: int
    counting: InstructionCounter | None = None
    rows: RowFile | None = None


@dataclass(slots=True)
class _Open:
    """A program that is being scored."""

    number: int
    pair: Pair
    codes: list[str]
    scores: list[Future[Score] | Score]
    target: Future[Score] | Score


def evaluate(
    pairs: Sequence[Pair], bench: Bench, progress: Callable[[int, int], None]
) -> list[Row]:
    """Return a row for each pair, in order; rows that are kept already are not made again.

    A program that fails its own tests is skipped, as in PerfRL. ``progress``
    hears how many of how many are done. Raises PerfoptError where the source
    or the scorer can't work at all.
    """
    done = dict(bench.rows.done) if bench.rows else {}
    wanted = range(len(pairs))
    progress(sum(number in done for number in wanted), len(pairs))
    for row in _new_rows(pairs, [number for number in wanted if number not in done], bench):
        if bench.rows:
            bench.rows.add(row)
        done[row.number] = row
        progress(sum(number in done for number in wanted), len(pairs))
    return [done[number] for number in wanted]


def _new_rows(pairs: Sequence[Pair], numbers: Sequence[int], bench: Bench) -> Iterator[Row]:
    left = deque(numbers)
    checks: deque[tuple[int, Future[Score]]] = deque()
    scoring: deque[_Open] = deque()
    while left or checks or scoring:
        while left and len(checks) < AHEAD:
            number = left.popleft()
            checks.append((number, bench.scoring.submit(_task(pairs[number]), pairs[number].slow)))
        if checks:
            number, check = checks.popleft()
            pair, slow = pairs[number], outcome(check)
            if slow.level >= Level.PASSED:
                scoring.append(_open(number, pair, bench))
            else:
                why = f"the slow program does not pass its tests: {slow.detail}".rstrip(": ")
                yield Row(number, pair.group, skipped=why)
        while scoring and (len(scoring) > AHEAD or not checks):
            yield _finish(scoring.popleft(), bench)


def _task(pair: Pair) -> Task:
    return Task(pair.slow, pair.tests, pair.group)


def _open(number: int, pair: Pair, bench: Bench) -> _Open:
    """Have candidates proposed, and hand them to the scorer, each distinct one once."""
    codes = bench.source.propose(number, pair, bench.samples)
    known: dict[str, Future[Score] | Score] = {normal_form(pair.slow): SAME}

    def score(code: str) -> Future[Score] | Score:
        form = normal_form(code)
        if form not in known:
            known[form] = bench.scoring.submit(_task(pair), code)
        return known[form]

    return _Open(number, pair, codes, [score(code) for code in codes], score(pair.fast))


def _finish(one: _Open, bench: Bench) -> Row:
    scores = tuple(_result(score) for score in one.scores)
    target = _result(one.target)
    counts, least = _counted(one, scores, target, bench.counting)
    return Row(one.number, one.pair.group, scores, target, counts=counts, least=least)


def _result(score: Future[Score] | Score) -> Score:
    return score if isinstance(score, Score) else outcome(score)


def _counted(
    one: _Open, scores: Sequence[Score], target: Score, counter: InstructionCounter | None
) -> tuple[tuple[int | None, ...], int | None]:
    """Count the right candidates, and the best of the slow program and the right target."""
    nothing = (None,) * len(scores)
    if counter is None or not any(score.level >= Level.PASSED for score in scores):
        return nothing, None
    tests = one.pair.tests
    known: dict[str, int | None] = {}

    def count(code: str) -> int | None:
        if code not in known:
            known[code] = counter.count(code, tests)
        return known[code]

    references = [one.pair.slow, *([one.pair.fast] if target.level >= Level.PASSED else [])]
    taken = [found for found in map(count, references) if found is not None]
    if not taken:
        return nothing, None
    counts = tuple(
        count(code) if score.level >= Level.PASSED else None
        for code, score in zip(one.codes, scores, strict=True)
    )
    return counts, min(taken)


def digest_pairs(pairs: Sequence[Pair]) -> str:
    """Return a digest of what the evaluation of these pairs depends on."""
    told = hashlib.sha256()
    for pair in pairs:
        tests = pair.tests
        runs = [(check.input, check.output) for check in tests.runs]
        parts = (pair.group, pair.slow, pair.fast, runs, tests.asserts, tests.setup, tests.inputs)
        told.update(repr(parts).encode("utf-8", errors="surrogatepass"))
    return told.hexdigest()[:16]


def startup_seconds(python: Path, runs: int = 5) -> float:
    """Return the CPU time, in seconds, that the interpreter takes to start and end (median)."""
    found = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            subprocess.run(
                [str(python), "-B", "-c", "pass"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=60,
                check=True,
                env={**os.environ, "PYTHONNOUSERSITE": "1"},
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise PerfoptError(f"{python} does not run: {error}; name another --python") from None
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found.append(used)
    return median(found)

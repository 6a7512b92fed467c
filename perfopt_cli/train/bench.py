"""Scores of a run's programs: each is on the disk as soon as it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, ExitStack
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from perfopt_cli.core import Listener, Speedup
from perfopt_cli.train.records import Level, Pair, Score, Task
from perfopt_cli.train.rundir import Log

AHEAD = 256
"""How many programs are handed to the scorer at once."""


class Scorer(Protocol):
    """Runs programs against tests; ``train/execute.py`` has the one that is used."""

    def submit(self, task: Task, code: str) -> Future[Score]:
        """Begin to score one program."""


OpenScorer = Callable[[bool], AbstractContextManager[Scorer]]
"""Opens a scorer that times what passes, or (False) one that doesn't."""


def task_of(pair: Pair) -> Task:
    """Return what candidates for the pair's slow program are scored against."""
    return Task(pair.slow, pair.tests, pair.group)


def score_row(score: Score) -> dict[str, Any]:
    """Return a score as JSON."""
    speedup = score.speedup
    timed = [speedup.ratio, speedup.low, speedup.high] if speedup else None
    return {"level": score.level.name, "detail": score.detail, "speedup": timed}


def score_of(row: dict[str, Any]) -> Score:
    """Return the score that ``score_row`` wrote."""
    timed = row["speedup"]
    return Score(Level[row["level"]], row["detail"], Speedup(*timed) if timed else None)


class Bench:
    """Scores programs; the scorers are opened when they are first needed.

    ``checked`` is the file of what is known of the data set's own programs;
    ``timing`` tells whether candidates that pass are timed.
    """

    def __init__(
        self, open_scorer: OpenScorer, checked: Path, listener: Listener, *, timing: bool
    ) -> None:
        self.timing = timing
        self._open = open_scorer
        self._scorers: dict[bool, Scorer] = {}
        self._stack = ExitStack()
        self._checked = Log(checked)
        self._listener = listener

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def scorer(self, *, timing: bool) -> Scorer:
        """Return the scorer that times, or the one that doesn't."""
        if timing not in self._scorers:
            self._scorers[timing] = self._stack.enter_context(self._open(timing))
        return self._scorers[timing]

    def scores(
        self, log: Log, items: Mapping[str, tuple[Task, str]], *, timing: bool
    ) -> dict[str, Score]:
        """Return the scores of programs by key; those in the log are taken from there."""
        known = {row["key"]: score_of(row) for row in log.rows}
        fresh = {key: item for key, item in items.items() if key not in known}
        if fresh:
            scorer = self.scorer(timing=timing)
            begun = ((key, scorer.submit(*item)) for key, item in fresh.items())
            self._listener.tests(len(items) - len(fresh), len(items))
            for count, (key, score) in enumerate(_finished(begun), 1):
                log.append([{"key": key, **score_row(score)}])
                known[key] = score
                self._listener.tests(len(items) - len(fresh) + count, len(items))
        return {key: known[key] for key in items}

    def check(self, pairs: Sequence[Pair], places: Sequence[int]) -> dict[int, Score]:
        """Return the target's score for those of the pairs whose slow program passes its tests."""
        slow = {f"slow {place}": (task_of(pairs[place]), pairs[place].slow) for place in places}
        scores = self.scores(self._checked, slow, timing=False)
        runs = [place for place in places if scores[f"slow {place}"].level >= Level.PASSED]
        fast = {f"fast {place}": (task_of(pairs[place]), pairs[place].fast) for place in runs}
        scores = self.scores(self._checked, fast, timing=self.timing)
        return {place: scores[f"fast {place}"] for place in runs}

    def checked(self) -> list[Score]:
        """Return the scores of the slow programs that were checked so far."""
        return [score_of(row) for row in self._checked.rows if row["key"].startswith("slow ")]

    def not_running(self) -> int:
        """Count the slow programs among them that don't pass their own tests."""
        return sum(score.level < Level.PASSED for score in self.checked())


def _finished(begun: Iterable[tuple[str, Future[Score]]]) -> Iterator[tuple[str, Score]]:
    """Yield scores as they come; a bounded number is asked for ahead."""
    source = iter(begun)
    waiting: dict[Future[Score], list[str]] = {}
    while True:
        for key, future in islice(source, AHEAD - len(waiting)):
            waiting.setdefault(future, []).append(key)
        if not waiting:
            return
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            for key in waiting.pop(future):
                yield key, future.result()

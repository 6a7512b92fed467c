"""Scores of a run's programs: each is on the disk as soon as it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from perfopt_cli.core import Listener, Speedup
from perfopt_cli.train.records import Level, Pair, Score, Task
from perfopt_cli.train.rundir import Log
from perfopt_cli.train.waiting import first_done

AHEAD = 256
"""How many programs are handed to the scorer at once."""


class Scorer(Protocol):
    """Runs programs against tests; ``pool.py`` has the one that is used.

    A slow program scored against itself is not timed.
    """

    def submit(self, task: Task, code: str) -> Future[Score]:
        """Begin to score one program."""


OpenScorer = Callable[[], AbstractContextManager[Scorer]]


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


class ScoreBook:
    """Scores programs; the scorer is opened when it is first needed.

    ``checked`` is the file of what is known of the data set's own programs.
    """

    def __init__(self, open_scorer: OpenScorer, checked: Path, listener: Listener) -> None:
        self._open = open_scorer
        self._scorer: Scorer | None = None
        self._stack = ExitStack()
        self._checked = Log(checked)
        self._listener = listener

    def __enter__(self) -> ScoreBook:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def scores(self, log: Log, items: Mapping[str, tuple[Task, str]]) -> dict[str, Score]:
        """Return the scores of programs by key; those in the log are taken from there."""
        known = {row["key"]: score_of(row) for row in log.rows}
        fresh = {key: item for key, item in items.items() if key not in known}
        if fresh:
            if self._scorer is None:
                self._scorer = self._stack.enter_context(self._open())
            submit = self._scorer.submit
            begun = ((key, submit(*item)) for key, item in fresh.items())
            self._listener.tests(len(items) - len(fresh), len(items))
            for count, (key, score) in enumerate(_finished(begun), 1):
                log.append([{"key": key, **score_row(score)}])
                known[key] = score
                self._listener.tests(len(items) - len(fresh) + count, len(items))
        return {key: known[key] for key in items}

    def check(self, pairs: Sequence[Pair], places: Iterable[int]) -> dict[int, Score]:
        """Return the target's score for those of the pairs whose slow program passes its tests."""
        chosen = {place: pairs[place] for place in places}
        slow = {f"slow {_key(one, one.slow)}": (task_of(one), one.slow) for one in chosen.values()}
        scores = self.scores(self._checked, slow)
        runs = {
            place: one
            for place, one in chosen.items()
            if scores[f"slow {_key(one, one.slow)}"].level >= Level.PASSED
        }
        fast = {f"fast {_key(one, one.fast)}": (task_of(one), one.fast) for one in runs.values()}
        scores = self.scores(self._checked, fast)
        return {place: scores[f"fast {_key(one, one.fast)}"] for place, one in runs.items()}

    def checked(self) -> list[Score]:
        """Return the scores of the slow programs that were checked so far."""
        return [score_of(row) for row in self._checked.rows if row["key"].startswith("slow ")]

    def not_running(self) -> int:
        """Count the slow programs among them that don't pass their own tests."""
        return sum(score.level < Level.PASSED for score in self.checked())


def _key(pair: Pair, code: str) -> str:
    return sha256(repr((pair.group, pair.slow, code)).encode()).hexdigest()[:24]


def _finished(begun: Iterable[tuple[str, Future[Score]]]) -> Iterator[tuple[str, Score]]:
    """Yield scores as they come; a bounded number is asked for ahead."""
    source = iter(begun)
    waiting: dict[Future[Score], list[str]] = {}
    while True:
        for key, future in islice(source, AHEAD - len(waiting)):
            waiting.setdefault(future, []).append(key)
        if not waiting:
            return
        for future in first_done(waiting):
            for key in waiting.pop(future):
                yield key, future.result()

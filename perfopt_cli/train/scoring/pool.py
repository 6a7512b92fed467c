"""Score many candidates at once."""

from __future__ import annotations

import os
import queue
from collections.abc import Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.records import Level, Pair, Score, Task
from perfopt_cli.train.scoring.cache import ScoreCache, key_of
from perfopt_cli.train.scoring.clock import Rule
from perfopt_cli.train.scoring.execute import Bench, Benches
from perfopt_cli.train.scoring.score import ScoreSettings, judge, score
from perfopt_cli.train.waiting import outcome


class Scorer:
    """Scores candidates, several at a time; a context manager.

    ``workers`` is how many run at once; 0 is twice the number of processors,
    as limits are in CPU time and most candidates end at once. Timing is
    exclusive on this host whatever their number. ``cache`` is a file of
    scores. With an ``executor`` every candidate goes through it, in a sandbox
    of its own; else each of this process's threads keeps one sandboxed worker,
    and the programs run in forks of that. Leaving the context, by Ctrl-C too,
    ends what runs.

    Raises SandboxError where the sandbox asked for does not hold.
    """

    def __init__(
        self,
        python: Path,
        *,
        sandbox: str = "auto",
        limit_seconds: float = 5.0,
        timing: bool = True,
        workers: int = 0,
        cache: Path | None = None,
        rule: Rule | None = None,
        executor: Executor | None = None,
    ) -> None:
        rule = replace(rule or Rule(), limit=limit_seconds)
        self.settings = ScoreSettings(python, sandbox, limit_seconds, timing, rule)
        self.cache = ScoreCache(cache)
        self._pending: dict[str, Future[Score]] = {}
        self._trouble: PerfoptError | None = None
        self._foreign = executor
        self._benches: Benches | None = None
        self.notes: tuple[str, ...] = ()
        if executor is not None:
            self._executor = executor
            return
        count = workers or 2 * (os.cpu_count() or 1)
        self._benches = Benches(python, sandbox)
        self.notes = self._benches.notes
        self._free: queue.SimpleQueue[Bench] = queue.SimpleQueue()
        for _ in range(count):
            self._free.put(self._benches.make())
        self._executor = ThreadPoolExecutor(count, "perfopt-score")

    def submit(self, task: Task, code: str) -> Future[Score]:
        """Have a candidate scored. The same one twice is scored once.

        Raises PerfoptError where an earlier score could not be written to the cache's file.
        """
        if self._trouble is not None:
            raise self._trouble
        key = key_of(task, code, self.settings)
        known = self.cache.get(key)
        if known is not None:
            done: Future[Score] = Future()
            done.set_result(known)
            return done
        if key in self._pending:
            return self._pending[key]
        if self._foreign is not None:
            future = self._foreign.submit(score, task, code, self.settings)
        else:
            future = self._executor.submit(self._judge, task, code)
        self._pending[key] = future
        future.add_done_callback(lambda done: self._keep(key, done))
        return future

    def score(self, task: Task, codes: Sequence[str]) -> list[Score]:
        """Return the scores of candidates, in their order."""
        found = [outcome(future) for future in [self.submit(task, code) for code in codes]]
        if self._trouble is not None:
            raise self._trouble
        return found

    def _judge(self, task: Task, code: str) -> Score:
        bench = self._free.get()
        try:
            return judge(bench, task, code, self.settings)
        finally:
            self._free.put(bench)

    def _keep(self, key: str, future: Future[Score]) -> None:
        if not future.cancelled() and future.exception() is None:
            try:
                self.cache.put(key, future.result())
            except PerfoptError as error:
                self._trouble = error
        self._pending.pop(key, None)

    def close(self) -> None:
        """End what runs and forget what waits. An executor that was handed in lives on."""
        if self._benches is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._benches.close()
            self._executor.shutdown(wait=True)
        for future in list(self._pending.values()):
            future.cancel()
        self.cache.close()

    def __enter__(self) -> Scorer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def remeasure(pair: Pair, scorer: Scorer) -> Pair:
    """Return the pair with its ``ratio`` as measured here.

    It is None where the fast program fails its tests, the slow one does, or
    one is the other; a ratio near 1 or below says that the fast one is not faster.
    """
    (found,) = scorer.score(Task(pair.slow, pair.tests, pair.group), [pair.fast])
    measured = found.level >= Level.PASSED and found.speedup is not None
    return replace(pair, ratio=found.speedup.ratio if measured and found.speedup else None)

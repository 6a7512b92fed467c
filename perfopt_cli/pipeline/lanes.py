"""Threads that judge a target each, and what they leave to the thread that started them.

Proposing candidates, and the first runs of the tests, are done in the thread
that asks for the verdicts: there an interrupt can stop them, and listeners
hear of them one at a time.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Protocol, TypeVar, cast

from perfopt_cli.core import Verdict
from perfopt_cli.sandbox.turns import Stopped

T = TypeVar("T")
Task = Callable[[], object]


class Desk(Protocol):
    """What a lane has of the thread that started it."""

    def ask(self, task: Callable[[], T]) -> T:
        """Have something done there, and return what comes of it. Raises Stopped at the end."""

    def ahead(self, task: Callable[[], T]) -> Future[T] | None:
        """Have something done beside the lane; None where there is nobody for it."""


Work = Callable[[int, Desk], Iterator[Verdict]]


class Lanes:
    """So many threads at most; a context manager that waits for their ends.

    ``work`` yields the verdicts on one target, given by its number. ``stop``
    is called where the run ends early: it has to wake what the lanes wait for.
    """

    def __init__(self, targets: int, jobs: int, work: Work, stop: Callable[[], None]) -> None:
        self._work = work
        self._stop = stop
        self._asked: SimpleQueue[tuple[Task, Future[object]] | None] = SimpleQueue()
        self._open: set[Future[object]] = set()
        self._found: list[deque[Verdict | Ended]] = [deque() for _ in range(targets)]
        self._stopped = False
        count = max(1, min(jobs, targets))
        self._lanes = ThreadPoolExecutor(count, "perfopt-lane")
        self._ahead = ThreadPoolExecutor(count, "perfopt-ahead") if jobs > 1 else None

    def of(self, number: int) -> Iterator[Verdict]:
        """Yield the verdicts on a target as they come; raise what its lane raised."""
        found = self._found[number]
        while True:
            while not found:
                self._answer()
            one = found.popleft()
            if isinstance(one, Verdict):
                yield one
            elif one.error is not None:
                raise one.error
            else:
                return

    def ask(self, task: Callable[[], T]) -> T:
        """Have something done in the thread that waits for the verdicts."""
        answer: Future[object] = Future()
        self._open.add(answer)
        self._asked.put((task, answer))
        if self._stopped:
            raise Stopped
        return cast(T, answer.result())

    def ahead(self, task: Callable[[], T]) -> Future[T] | None:
        """Have something done beside the lane."""
        return None if self._ahead is None else self._ahead.submit(task)

    def _answer(self) -> None:
        """Wait for what a lane has found or asks for, and do the latter; its errors end the run."""
        asked = self._asked.get()
        if asked is not None:
            task, answer = asked
            answer.set_result(task())
            self._open.discard(answer)

    def _run(self, number: int) -> None:
        error: BaseException | None = None
        try:
            for verdict in self._work(number, self):
                self._found[number].append(verdict)
                self._asked.put(None)
        except BaseException as raised:  # noqa: BLE001  (the waiting thread is to have it)
            error = raised
        self._found[number].append(Ended(error))
        self._asked.put(None)

    def __enter__(self) -> Lanes:
        for number in range(len(self._found)):
            self._lanes.submit(self._run, number)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._stopped = True
            self._lanes.shutdown(wait=False, cancel_futures=True)
            self._stop()
            for answer in list(self._open):
                if not answer.done():
                    answer.set_exception(Stopped())
        self._lanes.shutdown()
        if self._ahead is not None:
            self._ahead.shutdown()


class Ended:
    """The end of a lane's work on a target, and by what error."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def usual_jobs() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

"""Who may use the working copy, and when, where several threads judge candidates.

Many may run what only reads it. Tests in forks may write in it: they take
turns, beside those that read. Who puts a candidate's file there is alone.
Timing takes turns with timing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stopped(Exception):
    """The run is being ended; nothing more is to be started."""


class Turns:
    """The turns of the threads that judge; each method but ``stop`` waits as long as it takes.

    ``limit`` bounds how many threads use the copy at once. ``repaired`` counts
    how often the copy was made anew while other threads were at work: what they
    saw meanwhile is worth nothing. A thread that waits for several turns takes
    that of the timing first, then that of the tests, then that to read: so none waits
    for another in a circle. Raises Stopped where the run ends.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit
        self.repaired = 0
        self.stopped = False
        self._changed = threading.Condition()
        self._readers: dict[int, int] = {}
        self._entered = 0
        self._writer: int | None = None
        self._writers_waiting = 0
        self._broken = False
        self._taken: set[str] = set()
        self._tests_begun = 0
        self._tests_ended = 0
        self._overlapped = 0

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Run what leaves the copy as it is, beside others; within another turn it is free."""
        me = threading.get_ident()
        with self._changed:
            if self._writer != me and me not in self._readers:
                self._wait(self._may_read)
                self._entered += 1
            self._readers[me] = self._readers.get(me, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._readers[me] -= 1
                if not self._readers[me]:
                    del self._readers[me]
                self._changed.notify_all()

    @contextmanager
    def timing(self) -> Iterator[None]:
        """Time something: one at a time, beside others that read."""
        with self._turn("timing"), self.reading():
            yield

    @contextmanager
    def testing(self) -> Iterator[None]:
        """Run tests that may write in the copy: one at a time, beside others that read."""
        with self._turn("testing"):
            with self._changed:
                self._tests_begun += 1
            try:
                with self.reading():
                    with self._changed:
                        # Less than have come where somebody is there already.
                        self._overlapped = self._entered - (len(self._readers) > 1)
                    yield
            finally:
                with self._changed:
                    self._tests_ended += 1
                    self._changed.notify_all()

    @contextmanager
    def timing_tests(self) -> Iterator[None]:
        """Time tests: beside neither timing nor tests."""
        with self._turn("timing"), self.testing():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be alone; a thread that reads may not ask for it. Who waits for it goes first."""
        me = threading.get_ident()
        with self._changed:
            if me in self._readers or self._writer == me:
                raise RuntimeError("the thread has a turn already")
            self._writers_waiting += 1
            try:
                self._wait(lambda: not self._readers and self._writer is None and not self._broken)
                self._writer = me
            finally:
                self._writers_waiting -= 1
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._writer = None
                self._changed.notify_all()

    @contextmanager
    def repairing(self) -> Iterator[None]:
        """Be alone to put right what tests did to the copy, within ``testing`` or ``writing``.

        Nobody comes in before that is done.
        """
        me = threading.get_ident()
        if self._writer == me:
            yield
            return
        with self._changed:
            self._broken = True
            if self._overlapped != self._entered:
                self.repaired += 1
            depth = self._readers.pop(me)
            self._changed.notify_all()
            try:
                self._wait(lambda: not self._readers and self._writer is None)
                self._writer = me
            finally:
                self._readers[me] = depth
        try:
            yield
        finally:
            with self._changed:
                self._writer = None
                self._broken = False
                self._changed.notify_all()

    def undisturbed(self, since: int) -> bool:
        """Tell whether the copy is still as it was when ``repaired`` was ``since``.

        Waits for the tests that run now, as it isn't known of them yet.
        """
        with self._changed:
            begun = self._tests_begun
            self._wait(lambda: self._tests_ended >= begun)
            return self.repaired == since

    def go_on(self) -> None:
        """Raise Stopped where the run ends."""
        if self.stopped:
            raise Stopped

    def stop(self) -> None:
        """Let nobody have another turn; wake all that wait."""
        with self._changed:
            self.stopped = True
            self._changed.notify_all()

    @contextmanager
    def _turn(self, name: str) -> Iterator[None]:
        with self._changed:
            self._wait(lambda: name not in self._taken)
            self._taken.add(name)
        try:
            yield
        finally:
            with self._changed:
                self._taken.discard(name)
                self._changed.notify_all()

    def _may_read(self) -> bool:
        if self._writer is not None or self._writers_waiting or self._broken:
            return False
        return self.limit is None or len(self._readers) < self.limit

    def _wait(self, condition: Callable[[], bool]) -> None:
        self._changed.wait_for(lambda: self.stopped or condition())
        self.go_on()

"""Wait for results so that Ctrl-C is always noticed.

A plain ``Future.result()`` misses a signal that comes after Python last looked
for one and before the wait begins, and that window is wide on a busy machine.
So a wait goes on for ``LOOK_SECONDS`` at most before signals are looked for.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TypeVar

T = TypeVar("T")
LOOK_SECONDS = 1.0


def outcome(future: Future[T]) -> T:
    """Return what the future brings; raises what it raises."""
    first_done([future])
    return future.result()


def first_done(futures: Collection[Future[T]]) -> set[Future[T]]:
    """Return those that are done, at least one; ``futures`` is not empty."""
    while True:
        done, _ = wait(futures, LOOK_SECONDS, FIRST_COMPLETED)
        if done:
            return done

"""A time budget that holds, whatever the process waits for."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class BudgetOver(BaseException):
    """The budget is spent; like KeyboardInterrupt no error that anything else may handle."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise BudgetOver in the block after so many seconds. Only the main thread can be held to it.

    Its one timer is the process's ITIMER_REAL.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _over)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _over(_number: int, _frame: FrameType | None) -> None:
    raise BudgetOver

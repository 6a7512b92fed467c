"""Batches of calls: what they leave in memory."""

from __future__ import annotations

import gc
import pickle

from perfopt_cli.sandbox.worker.batches import Arms, Bench


class Ring:
    """Holds itself, so that only the garbage collector frees it."""

    def __init__(self) -> None:
        self.next = self


def change(ring: Ring) -> None:
    ring.next = ring


def rings() -> int:
    return sum(type(thing) is Ring for thing in gc.get_objects())


def test_copies_that_hold_themselves_are_freed_between_batches() -> None:
    arms = Arms(change, [change.__code__, change.__code__])
    bench = Bench(arms, [pickle.dumps(((Ring(),), {}))] * 50, 1, reuse=False)
    try:
        for _ in range(20):
            bench.batch(0)
        assert rings() <= 2 * 50
    finally:
        gc.enable()

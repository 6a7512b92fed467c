"""Replays of recorded calls, one process for each hash seed, at the same time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from perfopt_cli.sandbox.session import Ending, Message, Messages, Session

HASH_SEEDS = (0, 1)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One process's replay: a message by (turn, index), and the module's state at the end."""

    calls: dict[tuple[int, int], Message]
    state: Message | None
    ending: Ending | None
    problem: str


Replays = Generator["Replayed", None, None]
Settled = Callable[[int, Message], bool]
"""Tells, by a hash seed's position and a message of a call, that the rest need not be seen."""


def replays_of(
    session: Session, request: Message, seconds: float, settled: Settled | None = None
) -> Replays:
    """Replay the calls under each hash seed; what is not asked for any more is ended.

    Only where ``request["warm"]`` is true is the code in the copy the same
    throughout, so that forks of standing workers may do it.
    """
    start = session.warm if request.get("warm") else session.open
    request = {**request, "job": "replay"}
    for seed in HASH_SEEDS if request.get("warm") else ():
        session.prepare(request, seed)
    workers: list[Messages] = []
    try:
        workers += (start(request, seconds=seconds, hash_seed=seed) for seed in HASH_SEEDS)
        for position, worker in enumerate(workers):
            worker.allow(seconds)  # it may have waited until the one before was read
            yield read(worker, position, settled)
    finally:
        for worker in workers:
            worker.close()


def read(worker: Messages, position: int = 0, settled: Settled | None = None) -> Replayed:
    """Read one process's replay, to its end or until it is settled."""
    calls: dict[tuple[int, int], Message] = {}
    state: Message | None = None
    problem = ""
    for message in worker:
        if message["kind"] == "call":
            calls[message["turn"], message["index"]] = message
            if settled is not None and settled(position, message):
                break
        elif message["kind"] == "state":
            state = message
        else:
            problem = str(message.get("text", ""))
    worker.close()
    if worker.ending is not Ending.DONE and not problem:
        lines = worker.errors.strip().splitlines()
        problem = lines[-1] if lines else f"the process ended with status {worker.returncode}"
    return Replayed(calls, state, worker.ending, problem)

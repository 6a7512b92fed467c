"""Samples out of a worker's messages, and why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from perfopt_cli.core import Quad, Reason
from perfopt_cli.sandbox.session import Ending, Message, Messages

WRONG = {
    "left": "leaves threads or processes at work when it returns",
    "settings": "changes settings of the interpreter that decide about speed",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no timing came about, or what vetoes it."""

    reason: Reason
    detail: str


def take_quad(worker: Messages) -> Quad | Failure:
    """Return the next sample that the worker sends."""
    message = worker.receive()
    if message is None or message["kind"] != "quad":
        return failure(worker, message)
    original, candidate = message["wrong"]
    for mark in candidate:
        if mark not in original:
            return Failure(Reason.NOT_FASTER, f"the candidate {WRONG[mark]}")
    if "left" in original:
        return Failure(Reason.NOISY, f"the function {WRONG['left']}: its time can't be told")
    cpu, wall = message["cpu"], message["wall"]
    return Quad(cpu[0], cpu[1], wall[0], wall[1], message["waits"], message["calls"])


def ask_quad(
    worker: Messages, inputs: Sequence[int], *, collect: bool | None = None
) -> Quad | Failure:
    """Have the worker run one quad over the inputs; ``collect``: with the collector on."""
    order: Message = {"do": "quad", "inputs": list(inputs)}
    worker.send(order if collect is None else {**order, "collect": collect})
    return take_quad(worker)


def ask_quads(
    worker: Messages, inputs: Sequence[int], count: int, *, collect: bool | None = None
) -> list[Quad] | Failure:
    """Have the worker run so many quads."""
    quads: list[Quad] = []
    for _ in range(count):
        quad = ask_quad(worker, inputs, collect=collect)
        if isinstance(quad, Failure):
            return quad
        quads.append(quad)
    return quads


def ask(worker: Messages, order: str, **fields: object) -> Message | Failure:
    """Have the worker carry out another order."""
    worker.send({"do": order, **fields})
    answer = worker.receive()
    if answer is None or answer["kind"] != order:
        return failure(worker, answer)
    return answer


def failure(worker: Messages, message: Message | None) -> Failure:
    """Say why the worker gave no samples."""
    if message is not None:
        return Failure(Reason.CRASHED, str(message.get("text", "it sent no sample")))
    worker.close()
    if worker.ending is Ending.TIMED_OUT:
        return Failure(Reason.TIMED_OUT, "no timing within the time there is for it")
    lines = worker.errors.strip().splitlines()
    return Failure(Reason.CRASHED, lines[-1] if lines else "the process ended while being timed")

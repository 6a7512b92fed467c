"""Is the candidate faster? Interleaved samples of recorded calls, in several fresh interpreters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from perfopt_cli.core import Quad, Reason, Rewrite, Status, Timing, Verdict
from perfopt_cli.sandbox.session import Conversation, Message, Messages, Session
from perfopt_cli.sandbox.stats import (
    Decision,
    SignTest,
    speedup,
    waits,
    wall_ratio,
)

ALPHA = 0.01
FRESH_INTERPRETERS = 3
MOST_QUADS = 40
BUCKET_QUADS = 9
BATCH_NS = 2_000_000
SLOWEST_BUCKET = 0.95
LEAST_LOSS_NS = 1_000
MOST_MEMORY = 1.2
MOST_INPUTS = 12
PASS_NS = 8_000_000
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """Indices into the recorded calls: all that are timed, and the same by size."""

    chosen: tuple[int, ...]
    buckets: tuple[tuple[int, ...], ...]


def choose_inputs(nanos: dict[int, int]) -> Inputs:
    """Choose among calls (index -> the original's time in ns) inputs of all sizes.

    At most MOST_INPUTS, spread evenly over the calls in order of their time,
    and no more of the long ones than a pass of PASS_NS has room for. Buckets
    are thirds of them, where the longest takes at least 4 times the shortest.
    """
    ordered = sorted(nanos, key=lambda index: nanos[index])
    step = max(1.0, len(ordered) / MOST_INPUTS)
    spread = [ordered[-1 - int(i * step)] for i in range(min(len(ordered), MOST_INPUTS))]
    chosen: list[int] = []
    total = 0
    for index in reversed(spread):
        if chosen and total + nanos[index] > PASS_NS:
            break
        chosen.append(index)
        total += nanos[index]
    third = len(chosen) // 3
    if third == 0 or nanos[chosen[-1]] < 4 * nanos[chosen[0]]:
        return Inputs(tuple(chosen), ())
    parts = (chosen[:third], chosen[third:-third], chosen[-third:])
    return Inputs(tuple(chosen), tuple(tuple(part) for part in parts))


class Timer:
    """Times candidates of one target; ``request`` is what the worker needs to know of it.

    ``reuse``: neither the original nor an equivalent candidate changes its
    arguments, so one copy of them serves all calls. ``swapped``: the candidate
    is the function in the copy, and the text that ``time`` is given holds the
    original; ``original`` is the text of the module in the copy all the same.
    ``tried`` and ``tried_before`` count the candidates timed here and in
    earlier runs whose verdicts still count: the error is bounded for all
    together.
    """

    def __init__(
        self,
        session: Session,
        request: Message,
        inputs: Inputs,
        original: str,
        least: float,
        *,
        reuse: bool,
        swapped: bool = False,
    ) -> None:
        self.session = session
        self.request = {**request, "job": "time", "batch_ns": BATCH_NS, "reuse": reuse}
        self.request["swapped"] = swapped
        self.inputs = inputs
        self.original = original
        self.least = least
        self.tried = 0
        self.tried_before = 0
        self._noisy: bool | None = None

    def time(self, rewrite: Rewrite, text: str) -> Verdict:
        """Judge one candidate; ``text`` is its whole module. The verdict carries the samples."""
        self.tried += 1
        request = {**self.request, "text": text, "imports": list(rewrite.imports)}
        screened = self._screen(request)
        if isinstance(screened, Failure):
            return Verdict(rewrite, Status.REJECTED, screened.reason, screened.detail)
        decision, quads = screened
        samples = [quads]
        if waits(quads):
            detail = "the function mostly waits; its CPU time says little"
            return self._verdict(rewrite, Status.ABSTAINED, Reason.NOISY, detail, samples)
        if decision is not Decision.ACCEPT:
            return self._not_faster(rewrite, samples)
        if self.noisy():
            detail = "the original against its own copy came out faster: this machine can't tell"
            return self._verdict(rewrite, Status.ABSTAINED, Reason.NOISY, detail, samples)
        return self._confirm(rewrite, request)

    def noisy(self) -> bool:
        """The canary: is the original called faster than a recompiled original? Once a target."""
        if self._noisy is None:
            request = {**self.request, "text": self.original, "imports": []}
            sampled = self._screen(request)
            self._noisy = isinstance(sampled, Failure) or sampled[0] is Decision.ACCEPT
        return self._noisy

    def _confirm(self, rewrite: Rewrite, request: Message) -> Verdict:
        samples = []
        for seed in range(1, FRESH_INTERPRETERS + 1):
            last = seed == FRESH_INTERPRETERS
            sampled = self._sample(
                request, ALPHA / (self.tried_before + self.tried), seed, vetoes=last
            )
            if isinstance(sampled, Failure):
                return Verdict(rewrite, Status.REJECTED, sampled.reason, sampled.detail)
            decision, quads = sampled
            samples.append(quads)
            if decision is not Decision.ACCEPT:
                return self._not_faster(rewrite, samples)
        everything = [quad for quads in samples for quad in quads]
        if wall_ratio(everything) < 1 or speedup(everything).low < self.least:
            return self._not_faster(rewrite, samples)
        return self._verdict(rewrite, Status.ACCEPTED, Reason.FASTER, "", samples)

    def _not_faster(self, rewrite: Rewrite, samples: list[tuple[Quad, ...]]) -> Verdict:
        gain = speedup([quad for quads in samples for quad in quads])
        detail = f"{gain.ratio:.2f}x; not proved to be at least {self.least:g}x"
        return self._verdict(rewrite, Status.REJECTED, Reason.NOT_FASTER, detail, samples)

    @staticmethod
    def _verdict(
        rewrite: Rewrite,
        status: Status,
        reason: Reason,
        detail: str,
        samples: list[tuple[Quad, ...]],
    ) -> Verdict:
        everything = [quad for quads in samples for quad in quads]
        timing = Timing(tuple(samples), speedup(everything))
        return Verdict(rewrite, status, reason, detail, timing=timing)

    def _screen(self, request: Message) -> tuple[Decision, tuple[Quad, ...]] | Failure:
        """Take samples in a fork of a standing worker, where there is one, as it sends them."""
        test = SignTest(self.least, ALPHA, MOST_QUADS)
        quads: list[Quad] = []
        plan = {"stream": True, "inputs": list(self.inputs.chosen), "most": MOST_QUADS}
        start = self.session.warm if request.get("warm") else self.session.open
        with start({**request, **plan}, seconds=SECONDS) as worker:
            first = worker.receive()
            if first is None or first["kind"] != "ready":
                return failure(worker, first)
            while (decision := test.decide()) is Decision.CONTINUE:
                quad = quad_of(worker.receive())
                if quad is None:
                    return failure(worker, None)
                quads.append(quad)
                test = test.add(quad.original_cpu / quad.candidate_cpu)
        return decision, tuple(quads)

    def _sample(
        self, request: Message, alpha: float, seed: int, *, vetoes: bool = False
    ) -> tuple[Decision, tuple[Quad, ...]] | Failure:
        with self.session.open(request, seconds=SECONDS, hash_seed=seed) as worker:
            first = worker.receive()
            if first is None or first["kind"] != "ready":
                return failure(worker, first)
            test = SignTest(self.least, alpha, MOST_QUADS)
            quads: list[Quad] = []
            while (decision := test.decide()) is Decision.CONTINUE:
                quad = ask_quad(worker, self.inputs.chosen)
                if quad is None:
                    return failure(worker, None)
                quads.append(quad)
                test = test.add(quad.original_cpu / quad.candidate_cpu)
            if vetoes and decision is Decision.ACCEPT:
                veto = self._veto(worker)
                if veto is not None:
                    return veto
            worker.send({"do": "stop"})
            return decision, tuple(quads)

    def _veto(self, worker: Conversation) -> Failure | None:
        for bucket in self.inputs.buckets:
            quads = [ask_quad(worker, bucket) for _ in range(BUCKET_QUADS)]
            known = [quad for quad in quads if quad is not None]
            if len(known) < BUCKET_QUADS:
                return failure(worker, None)
            ratio = median(quad.original_cpu / quad.candidate_cpu for quad in known)
            # On next to nothing every rewrite that prepares something first loses a little.
            if ratio < SLOWEST_BUCKET and loss(known) > LEAST_LOSS_NS:
                place = ("small", "medium", "large")[self.inputs.buckets.index(bucket)]
                detail = f"{ratio:.2f}x on the {place} inputs"
                return Failure(Reason.SLOWER_SOMEWHERE, detail)
        worker.send({"do": "memory", "inputs": list(self.inputs.chosen)})
        answer = worker.receive()
        if answer is None:
            return failure(worker, None)
        before, after = (peak + answer["resident"] for peak in answer["peaks"])
        if after > MOST_MEMORY * before:
            detail = f"peak memory grows {after / before:.2f}-fold"
            return Failure(Reason.SLOWER_SOMEWHERE, detail)
        return None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why no timing came about, or what vetoes it."""

    reason: Reason
    detail: str


def ask_quad(worker: Conversation, inputs: Sequence[int]) -> Quad | None:
    """Have the worker run one quad over the inputs; None where it no longer answers."""
    worker.send({"do": "quad", "inputs": list(inputs)})
    return quad_of(worker.receive())


def quad_of(answer: Message | None) -> Quad | None:
    """Return the quad that a worker sent; None where it sent none."""
    if answer is None or answer["kind"] != "quad":
        return None
    cpu, wall = answer["cpu"], answer["wall"]
    return Quad(cpu[0], cpu[1], wall[0], wall[1], answer["waits"], answer["calls"])


def loss(quads: Sequence[Quad]) -> float:
    """Return how many ns of CPU time the candidate takes longer a call; negative if less."""
    return median((quad.candidate_cpu - quad.original_cpu) / quad.calls for quad in quads)


def failure(worker: Messages, message: Message | None) -> Failure:
    """Say why the worker gave no samples."""
    if message is not None:
        return Failure(Reason.CRASHED, str(message.get("text", "")))
    worker.close()
    if worker.ending is not None and worker.ending.value == "timed out":
        return Failure(Reason.TIMED_OUT, f"no timing within {SECONDS:g} s")
    lines = worker.errors.strip().splitlines()
    return Failure(Reason.CRASHED, lines[-1] if lines else "the process ended while being timed")

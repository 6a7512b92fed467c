"""Is the candidate faster? Interleaved samples of recorded calls, in several fresh interpreters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from perfopt_cli.core import Quad, Reason, Rewrite, Sized, Speedup, Status, Timing, Verdict
from perfopt_cli.sandbox import vetoes
from perfopt_cli.sandbox.forkserver import Forked
from perfopt_cli.sandbox.remembers import remembers
from perfopt_cli.sandbox.sampling import Failure, ask_quad, ask_quads, failure, take_quad
from perfopt_cli.sandbox.session import Message, Messages, Session
from perfopt_cli.sandbox.stats import (
    Decision,
    SignTest,
    pooled_speedup,
    slower_by_the_wall,
    speedup,
    waits,
    wall_speedup,
)
from perfopt_cli.sandbox.vetoes import SLOWEST_BUCKET, Inputs, choose_inputs

__all__ = [
    "FRESH_INTERPRETERS",
    "SLOWEST_BUCKET",
    "Inputs",
    "Timer",
    "choose_inputs",
]

ALPHA = 0.01
FRESH_INTERPRETERS = 3
MOST_QUADS = 100
FURTHER_QUADS = 15
WALL_QUADS = 15
BATCH_NS = 2_000_000
SECONDS = 60.0

Screening = Callable[[Message], Messages]


@dataclass(frozen=True, slots=True)
class Sampled:
    """What one interpreter gave: the quads that the test stopped on, and further ones."""

    decision: Decision
    quads: tuple[Quad, ...]
    further: tuple[Quad, ...] = ()
    sizes: tuple[Sized, ...] = ()


class Timer:
    """Times candidates of one target; ``request`` is what the worker needs to know of it.

    ``reuse``: neither the original nor an equivalent candidate changes its
    arguments, so one copy of them serves all calls. ``swapped``: the candidate
    is the function in the copy, and the text that ``time`` is given holds the
    original; ``original`` is the text of the module in the copy all the same.
    ``screening`` starts the worker of a screening, which streams quads and
    reads nothing; by default a fork of a standing one where the request says
    that it is ``warm``, else a fresh interpreter.
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
        screening: Screening | None = None,
    ) -> None:
        self.session = session
        self.request = {**request, "job": "time", "batch_ns": BATCH_NS, "reuse": reuse}
        self.request["swapped"] = swapped
        self.inputs = inputs
        self.original = original
        self.least = least
        start = session.warm if request.get("warm") else session.open
        self.screening = screening or (lambda asked: start(asked, seconds=SECONDS))
        self.tried = 0
        self._noisy: bool | None = None

    def time(self, rewrite: Rewrite, text: str) -> Verdict:
        """Judge one candidate; ``text`` is its whole module. The verdict carries the samples."""
        self.tried += 1
        request = {**self.request, "text": text, "imports": list(rewrite.imports)}
        screened = self.screen(request)
        if isinstance(screened, Failure):
            return refused(rewrite, screened)
        if waits(screened.quads):
            return by_the_wall(rewrite, screened.quads)
        if screened.decision is not Decision.ACCEPT:
            return self._not_faster(rewrite, [screened])
        if slower_by_the_wall(screened.quads):
            return waiting(rewrite, timed([screened]))
        if self.noisy():
            detail = "the original against its own copy came out faster: this machine can't tell"
            return refused(rewrite, Failure(Reason.NOISY, detail), [screened])
        return self._confirm(rewrite, request)

    def noisy(self) -> bool:
        """The canary: is the original called faster than a recompiled original? Once a target."""
        if self._noisy is None:
            screened = self.screen({**self.request, "text": self.original, "imports": []})
            accepted = isinstance(screened, Sampled) and screened.decision is Decision.ACCEPT
            self._noisy = accepted or isinstance(screened, Failure)
        return self._noisy

    def screen(self, request: Message) -> Sampled | Failure:
        """Take samples as they come until there are enough to decide by."""
        stream = {"stream": True, "inputs": list(self.inputs.chosen), "most": MOST_QUADS}
        with self.screening({**request, **stream}) as worker:
            sampled = self._screened(worker)
        if isinstance(sampled, Sampled) and isinstance(worker, Forked):
            return vetoes.overclaimed(sampled.quads, worker.cpu_ns) or sampled
        return sampled

    def _screened(self, worker: Messages) -> Sampled | Failure:
        first = worker.receive()
        if first is None or first["kind"] != "ready":
            return failure(worker, first)
        sampled = self._test(lambda: take_quad(worker), ALPHA)
        if isinstance(sampled, Failure) or not waits(sampled.quads):
            return sampled
        quads = list(sampled.quads)
        while len(quads) < WALL_QUADS:
            quad = take_quad(worker)
            if isinstance(quad, Failure):
                return quad
            quads.append(quad)
        return Sampled(sampled.decision, tuple(quads))

    def _test(self, sample: Callable[[], Quad | Failure], alpha: float) -> Sampled | Failure:
        test = SignTest(self.least, alpha, MOST_QUADS)
        quads: list[Quad] = []
        while (decision := test.decide()) is Decision.CONTINUE:
            quad = sample()
            if isinstance(quad, Failure):
                return quad
            quads.append(quad)
            test = test.add(quad.original_cpu / quad.candidate_cpu)
        return Sampled(decision, tuple(quads))

    def _confirm(self, rewrite: Rewrite, request: Message) -> Verdict:
        """Ask fresh interpreters, with other hash seeds; they start together, and sample alone."""
        confirmed: list[Sampled] = []
        with ExitStack() as stack:
            started = [
                stack.enter_context(self.session.open(request, seconds=SECONDS, hash_seed=seed))
                for seed in range(1, FRESH_INTERPRETERS + 1)
            ]
            for worker in started:
                sampled = self._fresh(worker, last=worker is started[-1])
                if isinstance(sampled, Failure):
                    return refused(rewrite, sampled, confirmed)
                confirmed.append(sampled)
                if sampled.decision is not Decision.ACCEPT:
                    return self._not_faster(rewrite, confirmed)
        gain = pooled_speedup([one.further for one in confirmed])
        if gain.low < self.least:
            return self._not_faster(rewrite, confirmed, gain)
        timing = timed(confirmed, gain)
        if slower_by_the_wall(everything(confirmed)):
            return waiting(rewrite, timing)
        return Verdict(rewrite, Status.ACCEPTED, Reason.FASTER, timing=timing)

    def _fresh(self, worker: Messages, *, last: bool) -> Sampled | Failure:
        """Confirm in a fresh interpreter; the vetoes come in the last."""
        worker.allow(SECONDS)  # it may have waited for the ones before
        first = worker.receive()
        if first is None or first["kind"] != "ready":
            return failure(worker, first)
        chosen = self.inputs.chosen
        sampled = self._test(lambda: ask_quad(worker, chosen), ALPHA / self.tried)
        if isinstance(sampled, Failure) or sampled.decision is not Decision.ACCEPT:
            return sampled
        # As many again in noise: how many says nothing of what they will show.
        further = ask_quads(worker, chosen, max(FURTHER_QUADS, len(sampled.quads)))
        if isinstance(further, Failure):
            return further
        sizes = vetoed(worker, self.inputs) if last else ()
        if isinstance(sizes, Failure):
            return sizes
        worker.close()
        return replace(sampled, further=tuple(further), sizes=sizes)

    def _not_faster(
        self, rewrite: Rewrite, sampled: Sequence[Sampled], gain: Speedup | None = None
    ) -> Verdict:
        timing = timed(sampled, gain)
        assert timing.speedup is not None
        detail = f"{timing.speedup.ratio:.2f}x; not proved to be at least {self.least:g}x"
        return Verdict(rewrite, Status.REJECTED, Reason.NOT_FASTER, detail, timing=timing)


def vetoed(worker: Messages, inputs: Inputs) -> tuple[Sized, ...] | Failure:
    """Return the speedup by size of the inputs, or what speaks against the candidate."""
    # What no arm has had must come first: later questions would use it up.
    against = remembers(worker, inputs) or vetoes.collected(worker, inputs)
    if against is not None:
        return against
    sizes = vetoes.by_size(worker, inputs)
    if isinstance(sizes, Failure):
        return sizes
    return vetoes.memory(worker, inputs) or vetoes.outside(worker, inputs) or sizes


def everything(sampled: Sequence[Sampled]) -> list[Quad]:
    """Return all quads."""
    return [quad for one in sampled for quad in (*one.quads, *one.further)]


def timed(sampled: Sequence[Sampled], gain: Speedup | None = None) -> Timing:
    """Return the samples with the speedup; where none is given, that of the quads as they are."""
    samples = tuple((*one.quads, *one.further) for one in sampled)
    sizes = sampled[-1].sizes
    return Timing(samples, gain or speedup(everything(sampled)), sizes)


def refused(rewrite: Rewrite, why: Failure, sampled: Sequence[Sampled] = ()) -> Verdict:
    """Return the verdict on a candidate that is not accepted."""
    status = Status.ABSTAINED if why.reason is Reason.NOISY else Status.REJECTED
    timing = timed(sampled) if sampled else None
    return Verdict(rewrite, status, why.reason, why.detail, timing=timing)


def waiting(rewrite: Rewrite, timing: Timing) -> Verdict:
    """Reject a candidate that takes less CPU time and yet longer."""
    wall = wall_speedup([quad for quads in timing.samples for quad in quads])
    assert timing.speedup is not None
    ratio = timing.speedup.ratio
    detail = f"{ratio:.2f}x by CPU time, but {wall.ratio:.2f}x by the wall clock"
    return Verdict(rewrite, Status.REJECTED, Reason.NOT_FASTER, detail, timing=timing)


def by_the_wall(rewrite: Rewrite, quads: Sequence[Quad]) -> Verdict:
    """Report how a function that waits does by the wall clock; that is no proof, nor applied."""
    gain = wall_speedup(quads)
    detail = (
        "the function mostly waits, so its CPU time says little; by the wall clock "
        f"{gain.ratio:.2f}x ({gain.low:.2f}-{gain.high:.2f})"
    )
    timing = Timing((tuple(quads),), gain)
    return Verdict(rewrite, Status.ABSTAINED, Reason.NOISY, detail, timing=timing)

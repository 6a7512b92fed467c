"""Is a program faster than the one it stands for? Interleaved runs, each in its own process.

The rule is that of ``perfopt_cli.sandbox.timing``: an e-process over
interleaved samples, screened once, a canary, and confirmed in three fresh
interpreters. What is timed differs: not calls of a function in one process,
but runs of a program, each in a fork that has never run it, by the kernel's
clocks. So nothing a program keeps from one run helps it in the next. The time
of a run that does nothing, which a fork's end costs, is taken off.
"""

from __future__ import annotations

import fcntl
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from perfopt_cli.core import Quad, Speedup
from perfopt_cli.sandbox.stats import Decision, SignTest, speedup, waits, wall_ratio
from perfopt_cli.sandbox.timing import FRESH_INTERPRETERS, SLOWEST_BUCKET
from perfopt_cli.train.programs import Job, Ran
from perfopt_cli.train.scoring.cases import Case
from perfopt_cli.train.scoring.execute import Bench

MOST_CASES = 3
MOST_QUADS = 40
PASS_NS = 150_000_000
PAIR_NS = 50_000_000
LONG_NS = 250_000_000
LEAST_LOSS_NS = 1_000_000
FLOOR_NS = 10_000
HOPELESS = 1.5
_NULL_RUNS = 5
_LOCK_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Rule:
    """The bounds of the verdict: ``seconds`` for all of it, ``limit`` for one run."""

    least: float = 1.05
    alpha: float = 0.01
    most_memory: float = 1.2
    seconds: float = 60.0
    limit: float = 5.0


@dataclass(frozen=True, slots=True)
class Timed:
    """Whether it is faster, and why not. ``wrong``: it failed a case while it was timed."""

    faster: bool
    detail: str = ""
    speedup: Speedup | None = None
    wrong: bool = False


class _Stop(Exception):
    """The timing ends here, with this verdict."""

    def __init__(self, detail: str, *, wrong: bool = False) -> None:
        super().__init__(detail)
        self.wrong = wrong


def choose(costs: Sequence[int]) -> list[int]:
    """Choose among cases, by the slow program's time in ns, which to time.

    At most MOST_CASES, of all sizes, the longest that a pass of PASS_NS has
    room for among them; the shortest one where none has.
    """
    ordered = sorted(range(len(costs)), key=lambda index: costs[index])
    fitting = [index for index in ordered if costs[index] <= PASS_NS] or ordered[:1]
    step = max(1.0, len(fitting) / MOST_CASES)
    spread = [fitting[-1 - int(i * step)] for i in range(min(len(fitting), MOST_CASES))]
    chosen: list[int] = []
    for index in spread:
        if not chosen or sum(costs[one] for one in chosen) + costs[index] <= PASS_NS:
            chosen.append(index)
    return chosen


@contextmanager
def exclusive(bench: Bench) -> Iterator[None]:
    """Hold this user's lock on timing on this host; it is free again when the holder dies."""
    path = Path(tempfile.gettempdir(), f"perfopt-timing-{os.getuid()}.lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        while not bench.closed:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(_LOCK_PAUSE)
        yield
    finally:
        os.close(descriptor)


@dataclass
class _Arms:
    """Samples of two programs on one bench; ``apart`` are CPU ns by case, of each of the two."""

    bench: Bench
    texts: tuple[str, str]
    cases: Sequence[Case]
    limit: float
    pairs: bool
    null: int = 0
    null_wall: int = 0
    floor: int = FLOOR_NS
    apart: list[tuple[list[int], list[int]]] = field(default_factory=list)
    peaks: tuple[list[int], list[int]] = field(default_factory=lambda: ([], []))
    random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.apart = [([], []) for _ in self.cases]
        empty = [self.bench.run(Job("pass"), "", seconds=self.limit) for _ in range(_NULL_RUNS)]
        if not all(ran.fine for ran in empty):
            raise _Stop("not even an empty program runs")
        spent = sorted(ran.cpu for ran in empty)
        self.null = spent[len(spent) // 2]
        self.null_wall = int(median(ran.wall for ran in empty))
        self.floor = max(FLOOR_NS, spent[-2] - spent[1])

    def sample(self) -> Quad:
        """Return one sample: ABBA or BAAB, or for long programs AB or BA."""
        first = self.random.randrange(2)
        order = (first, 1 - first) if self.pairs else (first, 1 - first, 1 - first, first)
        cpu, wall, gave_way = [0, 0], [0, 0], 0
        for arm in order:
            for case, apart in zip(self.cases, self.apart, strict=True):
                ran = self._run(arm, case)
                net = max(self.floor, ran.cpu - self.null)
                cpu[arm] += net
                wall[arm] += max(self.floor, ran.wall - self.null_wall)
                gave_way += ran.waits
                apart[arm].append(net)
                self.peaks[arm].append(ran.peak)
        runs = len(order) * len(self.cases)
        # Now and then the system makes a run wait; a program that waits does so in every run.
        return Quad(cpu[0], cpu[1], wall[0], wall[1], gave_way // runs, runs // 2)

    def _run(self, arm: int, case: Case) -> Ran:
        ran = case.run(self.bench, self.texts[arm], self.limit)
        trouble = case.wrong(self.bench, ran)
        if trouble and arm == 0:
            raise _Stop(f"the slow program failed while it was timed: {trouble}")
        if trouble:
            raise _Stop(f"while it was timed: {trouble}", wrong=True)
        return ran


class Clockwork:
    """Times candidates against one slow program on chosen cases, within ``rule.seconds``."""

    def __init__(self, bench: Bench, slow: str, cases: Sequence[Case], cost: int, rule: Rule):
        self.bench = bench
        self.slow = slow
        self.cases = cases
        self.rule = rule
        self.pairs = cost >= PAIR_NS
        self.long = cost >= LONG_NS
        self.deadline = 0.0

    def time(self, code: str) -> Timed:
        """Judge one candidate that has passed its tests."""
        with exclusive(self.bench):
            self.deadline = time.monotonic() + self.rule.seconds
            quads: list[Quad] = []
            try:
                return self._verdict(code, quads)
            except _Stop as stop:
                gain = speedup(quads) if quads else None
                return Timed(False, str(stop), gain, stop.wrong)

    def _verdict(self, code: str, quads: list[Quad]) -> Timed:
        if not self.long:
            # Of long programs the first confirmation is the screening.
            decision = self._series(self._arms(self.bench, code), quads)
            if decision is not Decision.ACCEPT:
                raise _Stop(self._not_proved(quads))
            quads.clear()
        arms = []
        for seed in range(1, FRESH_INTERPRETERS + 1):
            with self.bench.fresh(seed) as bench:
                arms.append(self._arms(bench, code))
                if self._series(arms[-1], quads) is not Decision.ACCEPT:
                    raise _Stop(self._not_proved(quads))
                if seed == 1:
                    self._canary(bench)
        gain = speedup(quads)
        if waits(quads):
            raise _Stop("the program mostly waits; its CPU time says little")
        if wall_ratio(quads) < 1 or gain.low < self.rule.least:
            raise _Stop(self._not_proved(quads))
        self._vetoes(arms)
        return Timed(True, "", gain)

    def _arms(self, bench: Bench, code: str) -> _Arms:
        return _Arms(bench, (self.slow, code), self.cases, self.rule.limit, self.pairs)

    def _series(self, arms: _Arms, quads: list[Quad]) -> Decision:
        test = SignTest(self.rule.least, self.rule.alpha, MOST_QUADS)
        while (decision := test.decide()) is Decision.CONTINUE:
            if time.monotonic() > self.deadline:
                raise _Stop(f"not proved within {self.rule.seconds:g} s")
            quad = arms.sample()
            quads.append(quad)
            test = test.add(quad.original_cpu / quad.candidate_cpu)
        return decision

    def _canary(self, bench: Bench) -> None:
        """Stop where the slow program comes out faster than itself."""
        if self._series(self._arms(bench, self.slow), []) is Decision.ACCEPT:
            raise _Stop("the slow program came out faster than itself: this machine can't tell")

    def _not_proved(self, quads: Sequence[Quad]) -> str:
        return f"{speedup(quads).ratio:.2f}x; not proved to be at least {self.rule.least:g}x"

    def _vetoes(self, arms: Sequence[_Arms]) -> None:
        for number, case in enumerate(self.cases):
            before, after = (
                median(spent for each in arms for spent in each.apart[number][arm])
                for arm in (0, 1)
            )
            if before < SLOWEST_BUCKET * after and after - before > LEAST_LOSS_NS:
                raise _Stop(f"{before / after:.2f}x on {case.label}")
        before, after = (max(peak for each in arms for peak in each.peaks[arm]) for arm in (0, 1))
        if after > self.rule.most_memory * before:
            raise _Stop(f"peak memory grows {after / before:.2f}-fold")


def hopeless(slow: Sequence[Ran], fast: Sequence[Ran]) -> Timed | None:
    """Say that a candidate is not faster where one run each leaves no doubt."""
    before, after = (sum(ran.cpu for ran in runs) for runs in (slow, fast))
    if after <= HOPELESS * before + LEAST_LOSS_NS:
        return None
    ratio = before / after
    detail = f"{ratio:.2f}x in one run each: not timed further"
    return Timed(False, detail, Speedup(ratio, ratio, ratio))

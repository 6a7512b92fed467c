"""The programs of one problem run on its inputs, and timed beside each other.

The clocks and the test are those of ``scoring.clock``: each run is a fork that
has never run the program, timed by the kernel, less the time of a run that
does nothing; a pair is proved by an e-process over rounds. A round is a run of
every program that is still of interest, in a random order, so one round is a
sample for all pairs. Unlike there, one worker serves all rounds.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median

from perfopt_cli.sandbox.stats import Decision, SignTest
from perfopt_cli.train.pairs.measured_inputs import AGAIN, RUN_SECONDS, inputs, shortened
from perfopt_cli.train.pairs.problems_records import Problem
from perfopt_cli.train.programs import Ran, heavy_imports
from perfopt_cli.train.records import Level, Task, Tests
from perfopt_cli.train.scoring.cases import Case, cases_of, check
from perfopt_cli.train.scoring.clock import FLOOR_NS, Rule, exclusive
from perfopt_cli.train.scoring.execute import Bench

ROOM_NS = 40_000_000
"""The slowest program that is tried takes no longer on the input that is timed, if it can be."""
LEAST_SLOW_NS = 1_000_000
"""A slow side that takes less is no sign of anything."""
MOST_ROUNDS = 14
_PROBED = 3
_AGREED = 2
_UNKNOWN = 20 * ROOM_NS
_MOST_TIMES = 10
_LONGEST_LOOP = 20_000
_RULE = Rule()


@dataclass(frozen=True, slots=True)
class Timing:
    """Slow over fast: the median of the rounds, and the second lowest and highest of them."""

    ratio: float
    low: float
    high: float


@dataclass
class Track:
    """One problem on one bench. ``deadline`` is on the monotonic clock."""

    bench: Bench
    problem: Problem
    deadline: float
    seed: int = 0
    case: Case | None = None
    null: int = 0
    stuck: bool = False
    net: dict[str, list[int]] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)

    def prepare(self) -> None:
        """Have heavy modules imported before programs start."""
        self.bench.prepare(heavy_imports("\n".join(self.problem.programs)))

    def late(self) -> bool:
        """Tell whether the problem has had its time."""
        return time.monotonic() > self.deadline or self.bench.closed

    def passing(self, programs: Iterable[str]) -> list[str]:
        """Return those of the programs that pass all tests."""
        good = []
        for program in programs:
            if self.late():
                break
            cases = cases_of(Task(program, self.problem.tests))
            if check(self.bench, program, cases, RUN_SECONDS).level is Level.PASSED:
                good.append(program)
        return good

    def settle(self, programs: Sequence[str]) -> bool:
        """Choose the input to time on: the dearest that there is room for.

        Some programs are tried on the inputs, up to one that takes a good part of
        the room; what they agree on is right. False where all inputs are too
        cheap or too dear, or no two programs agree.
        """
        best = -1
        for case, null in inputs(self.bench, self.problem):
            if self.late() or (case.label == AGAIN and best >= 0):
                break
            if self.stuck and case.apart is not None and case.label != AGAIN:
                continue
            costs = self._tried(case, null, programs[:_PROBED])
            if max(costs, default=_UNKNOWN) > ROOM_NS and case.apart is None:
                shorter = shortened(case, max(costs, default=_UNKNOWN) // (ROOM_NS // 2))
                fitting = self._tried(shorter, null, programs[:_PROBED]) if shorter else []
                case, costs = (shorter, fitting) if shorter and fitting else (case, costs)
            dearest = max(costs, default=0)
            if dearest < LEAST_SLOW_NS:
                continue
            # Within the room the dearest wins, else the cheapest.
            worth = dearest if dearest <= ROOM_NS else max(0, LEAST_SLOW_NS - dearest // 10**6)
            if worth > best:
                best, self.case, self.null = worth, case, null
            if dearest >= ROOM_NS // 4 and (dearest <= ROOM_NS or case.apart is not None):
                break
        return self.case is not None

    def _tried(self, case: Case, null: int, programs: Sequence[str]) -> list[int]:
        """Return what the programs cost on an input that agree on it; nothing where none do."""
        runs = []
        for program in programs:
            runs.append(case.run(self.bench, program, RUN_SECONDS))
            if runs[-1].ending == "timed out":
                self.stuck = True
                return []
        told = Counter(ran.digest for ran in runs if ran.fine)
        right, count = max(told.items(), key=lambda one: one[1], default=("", 0))
        if count < _AGREED:
            return []
        case.right.add(right)
        return [self._net(ran, null) for ran in runs if ran.fine and ran.digest == right]

    def _net(self, ran: Ran, null: int) -> int:
        return max(FLOOR_NS, ran.cpu - null)

    def once(self, programs: Iterable[str]) -> dict[str, int]:
        """Return the ns of one run of those programs that are right on the chosen input.

        A program that takes very long is left out.
        """
        found = {}
        for program in programs:
            if self.late():
                break
            net = self._run(program)
            if net is not None and net <= _MOST_TIMES * ROOM_NS:
                found[program] = net
        return found

    def _run(self, program: str) -> int | None:
        assert self.case is not None
        ran = self.case.run(self.bench, program, RUN_SECONDS)
        if self.case.wrong(self.bench, ran):
            return None
        self.peaks[program] = max(ran.peak, self.peaks.get(program, 0))
        return self._net(ran, self.null)

    def races(
        self, pairs: Sequence[tuple[str, str]], least: float
    ) -> dict[tuple[str, str], Timing]:
        """Return those of the pairs (slow, fast) that are proved at least ``least`` apart."""
        tests = {pair: SignTest(least, _RULE.alpha, MOST_ROUNDS) for pair in pairs}
        ratios: dict[tuple[str, str], list[float]] = {pair: [] for pair in pairs}
        shuffled = random.Random(self.seed)
        with exclusive(self.bench):
            while not self.late():
                open_ = [one for one in pairs if tests[one].decide() is Decision.CONTINUE]
                if not open_:
                    break
                order = sorted({program for pair in open_ for program in pair})
                shuffled.shuffle(order)
                nets = self.once(order)
                for slow, fast in open_:
                    ratio = nets[slow] / nets[fast] if slow in nets and fast in nets else 0.0
                    ratios[slow, fast].append(ratio)
                    tests[slow, fast] = tests[slow, fast].add(ratio)
        return {
            pair: _timing(ratios[pair])
            for pair in pairs
            if tests[pair].decide() is Decision.ACCEPT and self._modest(*pair)
        }

    def _modest(self, slow: str, fast: str) -> bool:
        return self.peaks[fast] <= _RULE.most_memory * self.peaks[slow]

    def kept_tests(self, programs: Sequence[str]) -> Tests:
        """Return the tests as they go with the pairs: the short ones, and what was timed."""
        tests = self.problem.tests
        runs = tuple(run for run in tests.runs if len(run.input) + len(run.output) <= 4_000)
        asserts = [text for text in tests.asserts if len(text) <= 2_000]
        inputs: tuple[str, ...] = ()
        if self.case is not None and self.case.apart is None:
            inputs = (self.case.input,) if len(self.case.input) <= 20_000 else ()
        elif self.case is not None and programs:
            asserts += self._stated(self.case, programs[0])
        return Tests(runs, tuple(asserts), tests.setup, inputs)

    def _stated(self, case: Case, program: str) -> list[str]:
        """Return the timed call as an assertion on what the program returns, if that is short.

        Calls that are made many times over are returned as they are: they check nothing,
        but what is scored by these tests is timed on them.
        """
        if case.apart is None:
            return []
        [(how, call)] = case.apart.steps
        if how == "exec":
            return [call] if len(call) <= _LONGEST_LOOP else []
        if not case.run(self.bench, program, RUN_SECONDS).fine:
            return []
        with suppress(ValueError):
            [[how, text]] = json.loads(self.bench.returned())
            if how == "repr" and len(text) + len(call) <= 4_000 and text not in ("nan", "inf"):
                return [f"assert {call} == {text}"]
        return []


def _timing(ratios: Sequence[float]) -> Timing:
    ordered = sorted(ratios)
    return Timing(round(median(ordered), 3), round(ordered[1], 3), round(ordered[-2], 3))

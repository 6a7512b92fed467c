"""Does the candidate slow down a test that reaches it?

Tests are run with the original and with the candidate by turns, in forks of
one process, so that both start from the same state. The first pairs of runs
show which tests are suspect; only the worst of those are run on. Of these m
each has a sign test of its own (``stats``) on the further pairs alone, at
ALPHA / m: the chance that any of them speaks against a candidate by luck is at
most ALPHA (Bonferroni's inequality; what chose them is not looked at again).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from statistics import fmean, median

from perfopt_cli.core import CoveringTests, Reason
from perfopt_cli.sandbox.sampling import Failure
from perfopt_cli.sandbox.stats import Decision, SignTest
from perfopt_cli.sandbox.vetoes import MILD_LOSS, MILD_SHARE, SLOWEST_BUCKET

ALPHA = 0.01
ALL_TESTS_PAIRS = 2
FIRST_PAIRS = 3
MOST_SUSPECT = 3
MOST_PAIRS = 40
LEAST_LOSS_NS = 20_000
MOST_TESTS = 20
RUN_NS = 40_000_000
SECONDS = 2.0
ORDER = ((0, 1), (1, 0))

Run = Callable[[int, Sequence[str]], Mapping[str, int]]
"""Run tests with an arm (0: the original); CPU ns by name of those that passed."""

Spent = tuple[int, int]
"""CPU ns of one test with the original, and with the candidate."""


def fitting_tests(spent: Mapping[str, int]) -> tuple[str, ...]:
    """Return the tests that are run by turns, out of all with their time in ns.

    As many as RUN_NS has room for, MOST_TESTS at most, spread evenly over the
    tests in order of their time. Longer ones than a quarter of it are left out.
    """
    fitting = sorted((ns, name) for name, ns in spent.items() if ns <= RUN_NS // 4)
    for count in range(min(len(fitting), MOST_TESTS), 0, -1):
        step = len(fitting) / count
        spread = [fitting[-1 - int(number * step)] for number in range(count)]
        if sum(ns for ns, _ in spread) <= RUN_NS:
            return tuple(name for _, name in spread)
    return ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of runs by test, as far as there are any, and the tests found slower by them."""

    pairs: Mapping[str, Sequence[Spent]]
    against: Sequence[str] = ()

    def slower(self) -> Failure | None:
        """Name the test that the candidate slows down the most, if there is one."""
        medians = {name: middle(pairs) for name, pairs in self.pairs.items()}
        gain = fmean(before - after for before, after in medians.values()) if medians else 0.0
        found = []
        for name in self.against:
            before, after = medians[name]
            mild = before / after >= MILD_LOSS and after - before <= MILD_SHARE * gain
            if not mild:
                found.append((before / after, name))
        if not found:
            return None
        ratio, name = min(found)
        return Failure(Reason.SLOWER_SOMEWHERE, f"{ratio:.2f}x on the test {name}")

    def told(self, total: int) -> CoveringTests | None:
        """Return what is told of the tests; ``total`` is how many reach the function."""
        if not self.pairs:
            return None
        medians = [middle(pairs) for pairs in self.pairs.values()]
        before, after = (sum(column) for column in zip(*medians, strict=True))
        return CoveringTests(len(self.pairs), total, before / after)


def compare(
    run: Run,
    tests: Sequence[str],
    seconds: float = SECONDS,
    now: Callable[[], float] = time.monotonic,
) -> Compared:
    """Time the tests with both arms by turns, and those that are suspect further.

    A test that is not decided within these seconds speaks against nothing.
    """
    turns = Turns(run, seconds, now)
    suspect = suspects(turns, tests)
    signs = {name: SignTest(1.0, ALPHA / len(suspect), MOST_PAIRS) for name in suspect}
    while suspect and turns.time_left():
        added = turns.pair(suspect)
        signs.update({name: signs[name].add(loss(*spent)) for name, spent in added.items()})
        suspect = [name for name in added if signs[name].decide() is Decision.CONTINUE]
    against = [name for name, one in signs.items() if one.decide() is Decision.ACCEPT]
    return Compared(turns.pairs, against)


def suspects(turns: Turns, tests: Sequence[str]) -> list[str]:
    """Return the tests that lose the most of those that lose in each of the first pairs."""
    for number in range(FIRST_PAIRS):
        if not turns.time_left():
            return []
        times = turns.pair(tests)
        if number >= ALL_TESTS_PAIRS - 1:
            lost = [name for name in times if all(loss(*one) > 1 for one in turns.pairs[name])]
            tests = sorted(lost, key=lambda one: loss(*middle(turns.pairs[one])), reverse=True)
        else:
            tests = list(times)
    return list(tests[:MOST_SUSPECT])


class Turns:
    """Runs tests in pairs, AB, BA, AB, ..., and keeps what they took."""

    def __init__(self, run: Run, seconds: float, now: Callable[[], float]) -> None:
        self.run = run
        self.now = now
        self.end = now() + seconds
        self.longest = 0.0
        self.order = cycle(ORDER)
        self.pairs: dict[str, list[Spent]] = {}

    def pair(self, tests: Sequence[str]) -> dict[str, Spent]:
        """Run the tests with both arms; return the times of those that passed with both."""
        if not tests:
            return {}
        began = self.now()
        arms = {arm: self.run(arm, tests) for arm in next(self.order)}
        passed = [name for name in tests if name in arms[0] and name in arms[1]]
        both = {name: (arms[0][name], arms[1][name]) for name in passed}
        for name, spent in both.items():
            self.pairs.setdefault(name, []).append(spent)
        self.longest = max(self.longest, self.now() - began)
        return both

    def time_left(self) -> bool:
        """Tell whether there is time for another pair."""
        return self.now() + self.longest <= self.end


def loss(original: float, candidate: float) -> float:
    """Return the candidate's time as a share of what is let pass: by share, or by time."""
    return candidate / max(original / SLOWEST_BUCKET, original + LEAST_LOSS_NS)


def middle(pairs: Sequence[Spent]) -> tuple[float, float]:
    """Return the median times of both arms."""
    original, candidate = zip(*pairs, strict=True)
    return median(original), median(candidate)

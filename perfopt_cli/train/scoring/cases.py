"""What a program must do, case by case, and whether it did."""

from __future__ import annotations

from dataclasses import dataclass, field

from perfopt_cli.train.programs import Job, Ran, digest_of
from perfopt_cli.train.records import Level, Task
from perfopt_cli.train.scoring.asserts import Apart, take_apart
from perfopt_cli.train.scoring.execute import Bench

_CHECK_SECONDS = 20.0


@dataclass(slots=True)
class Case:
    """One run of a program: an input with the output wanted, or all asserts.

    ``right`` holds digests of outputs that are right.
    """

    label: str
    input: str = ""
    setup: str = ""
    apart: Apart | None = None
    right: set[str] = field(default_factory=set)

    def job(self, code: str) -> Job:
        """Return the program with what follows it in this case."""
        return Job(code, self.setup, self.apart.steps if self.apart else ())

    def run(self, bench: Bench, code: str, seconds: float) -> Ran:
        """Run a program on this case."""
        return bench.run(self.job(code), self.input, seconds=seconds)

    def wrong(self, bench: Bench, ran: Ran) -> str:
        """Return what is wrong with the run just made on this bench, or nothing."""
        if not ran.fine:
            return f"{self.label}: {ran.trouble}"
        if ran.digest in self.right:
            return ""
        if self.apart is None:
            return f"{self.label}: wrong output {ran.shown[:200]!r}"
        trouble = self._wrong_values(bench, self.apart)
        if not trouble:
            self.right.add(ran.digest)
        return trouble

    def _wrong_values(self, bench: Bench, apart: Apart) -> str:
        returned = bench.returned()
        if apart.right_at_sight(returned):
            return ""
        checked = bench.run(apart.checker(), returned, seconds=_CHECK_SECONDS)
        said = checked.shown.strip()
        if not checked.fine:
            return f"what it returned can't be checked: {checked.trouble}"
        if said == "right":
            return ""
        return f"failed: {apart.texts[int(said)][:300]}"


def cases_of(task: Task) -> list[Case]:
    """Return the cases of a task, its asserts first. Raises Inseparable."""
    tests = task.tests
    cases = []
    if tests.asserts:
        cases.append(Case("asserts", "", tests.setup, take_apart(tests, task.slow)))
    for number, check in enumerate(tests.runs, 1):
        right = {digest_of(check.output)}
        cases.append(Case(f"test {number}", check.input, tests.setup, None, right))
    return cases


@dataclass(frozen=True, slots=True)
class Checked:
    """How far a program came, and the runs it made on the way."""

    level: Level
    detail: str = ""
    runs: tuple[Ran, ...] = ()


def check(bench: Bench, code: str, cases: list[Case], seconds: float) -> Checked:
    """Run a program on the cases up to the first one that it fails."""
    runs = []
    for case in cases:
        ran = case.run(bench, code, seconds)
        if ran.ending == "broken":
            return Checked(Level.BROKEN, ran.trouble.removeprefix("broken: "))
        trouble = case.wrong(bench, ran)
        if trouble:
            return Checked(Level.FAILED, trouble)
        runs.append(ran)
    return Checked(Level.PASSED, "", tuple(runs))

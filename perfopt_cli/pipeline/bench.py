"""All candidates of one target through the gates: one is checked while the one before is timed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace

from perfopt_cli.config import Settings
from perfopt_cli.core import Proposer, Reason, Rewrite, Status, Target, Verdict
from perfopt_cli.pipeline.choose import Distinct, candidates
from perfopt_cli.pipeline.lab import Lab
from perfopt_cli.pipeline.lanes import Desk
from perfopt_cli.sandbox.judge import Checked, Judge
from perfopt_cli.source import SourceText


@dataclass
class Bench:
    """What is needed to judge candidates of the chosen targets of a run.

    Several threads may judge a target each; ``modules`` are those of the
    targets, and ``jobs`` how many may use the working copy at once.
    """

    lab: Lab
    chosen: Sequence[Target]
    sources: Sequence[Proposer]
    settings: Settings
    deadline: float | None
    modules: Sequence[SourceText]
    jobs: int

    def judge_target(self, number: int, desk: Desk) -> Iterator[Verdict]:
        """Yield a verdict on each candidate of the chosen target of this number, in order.

        It is the kept verdict where there is one.
        """
        with ExitStack() as stack:
            yield from Row(self, number, desk, stack).verdicts()

    def judge(self, number: int) -> Judge:
        """Return a judge of the target; the first time the tests are run for all of them."""
        verifier, recording = self.lab.gates(self.chosen)
        verifier.session.turns.limit = self.jobs
        least, ulps = self.settings.min_speedup, self.settings.float_ulps
        parts = verifier, self.chosen[number], number, self.modules[number], recording
        return Judge(*parts, least, ulps, warm=True)


@dataclass(frozen=True, slots=True)
class Next:
    """The next candidate: its verdict where that is known, or how far it has come."""

    rewrite: Rewrite
    verdict: Verdict | None
    judge: Judge | None = None
    checked: Checked | None = None


class Row:
    """The candidates of one target, in their order."""

    def __init__(self, bench: Bench, number: int, desk: Desk, stack: ExitStack) -> None:
        self.bench = bench
        self.number = number
        self.desk = desk
        self.target = bench.chosen[number]
        self._stack = stack
        self._distinct = Distinct(self.target)
        self._judge: Judge | None = None
        self._accepted = False
        self._timed = 0
        self._following: Future[Next | None] | None = None
        text, count = bench.modules[number].text, bench.settings.candidates
        note = bench.lab.listener.note
        self._coming = candidates(self.target, text, bench.sources, count, note)

    def verdicts(self) -> Iterator[Verdict]:
        """Yield a verdict on each candidate, in order."""
        try:
            one = self._next()
            while one is not None:
                if self._is_to_be_timed(one):
                    self._following = self.desk.ahead(self._next)
                verdict = self._verdict(one)
                self._timed += verdict.cached and was_timed(verdict)
                self._accepted = self._accepted or verdict.status is Status.ACCEPTED
                yield verdict
                following, self._following = self._following, None
                one = self._next() if following is None else following.result()
        finally:
            self._wait()  # it uses what is closed next
        if self._judge is not None and self._judge.slow_because:
            name = f"{self.target.path}::{self.target.qualname}"
            note = f"{name}: each candidate's tests ran in a process of its own, as"
            note = f"{note} {self._judge.slow_because}"
            self.desk.ask(lambda: self.bench.lab.listener.note(note))

    def _wait(self) -> None:
        """Wait until nobody looks at the candidate that follows."""
        if self._following is not None:
            wait([self._following])

    def _is_to_be_timed(self, one: Next) -> bool:
        checked = None if self._passed_over(one.rewrite) is not None else one.checked
        return checked is not None and checked.verdict is None

    def _next(self) -> Next | None:
        """Take the next candidate through the gates before the timing; None at the end."""
        one = self.desk.ask(self._come)
        if one is None or one.verdict is not None:
            return one
        judge = self._judge or self._make_judge()
        return replace(one, judge=judge, checked=judge.check(one.rewrite))

    def _come(self) -> Next | None:
        rewrite = next(self._coming, None)
        if rewrite is None:
            return None
        verdict = self._distinct.duplicate(rewrite) or self._passed_over(rewrite)
        return Next(rewrite, verdict or self._kept(rewrite) or self._late(rewrite))

    def _verdict(self, one: Next) -> Verdict:
        """Return the verdict, by the gates that are left where there is none."""
        if one.verdict is not None and one.verdict.reason is Reason.DUPLICATE:
            return one.verdict
        # What was not known yet when the candidate was looked at.
        verdict = self._passed_over(one.rewrite) or one.verdict
        if verdict is None and self._is_to_be_timed(one):
            verdict = self._late(one.rewrite)
        if verdict is None:
            verdict = self._judged(one)
            kept, baseline = self.bench.lab.kept, self.bench.lab.located.baseline
            kept.keep_verdict(baseline, one.rewrite, verdict)
        return verdict

    def _judged(self, one: Next) -> Verdict:
        """Finish the judgement; from the start where another candidate has disturbed it."""
        judge, checked = one.judge, one.checked
        assert judge is not None
        assert checked is not None
        while True:
            if judge is not self._judge:
                judge = self._judge or self._make_judge()
                checked = judge.check(one.rewrite)
            judge.timed_before += self._timed
            self._timed = 0
            verdict = judge.finish(checked)
            undisturbed = judge.undisturbed()
            if not undisturbed:
                self._wait()
                self._judge, self._timed = None, judge.tried
            if undisturbed or verdict.reason is Reason.SANDBOX:
                judge.session.turns.go_on()
                return verdict

    def _make_judge(self) -> Judge:
        judge = self.desk.ask(lambda: self.bench.judge(self.number))
        self._stack.enter_context(judge.session.holding(judge.request["target"]))
        self._judge = judge
        return judge

    def _kept(self, rewrite: Rewrite) -> Verdict | None:
        return self.bench.lab.kept.verdict(self.bench.lab.located.baseline, rewrite)

    def _passed_over(self, rewrite: Rewrite) -> Verdict | None:
        """Return the verdict on a candidate that is not to be judged, else None."""
        if self.target.skip is not None:
            return Verdict(rewrite, Status.ABSTAINED, Reason.UNTESTED, self.target.skip)
        listed = rewrite.origin.startswith("replay:")
        if self._accepted and not listed and not self.bench.settings.all_candidates:
            detail = "another candidate was accepted already; --all-candidates judges every one"
            return Verdict(rewrite, Status.SKIPPED, Reason.BUDGET, detail)
        return None

    def _late(self, rewrite: Rewrite) -> Verdict | None:
        deadline = self.bench.deadline
        if deadline is not None and time.monotonic() > deadline:
            return Verdict(rewrite, Status.SKIPPED, Reason.BUDGET, "the time budget ran out")
        return None


def was_timed(verdict: Verdict) -> bool:
    """Tell whether the clock may have had a say: the more often it is asked, the more it errs."""
    unclear = (Reason.SLOWER_SOMEWHERE, Reason.TIMED_OUT)
    return verdict.timing is not None or verdict.reason in unclear

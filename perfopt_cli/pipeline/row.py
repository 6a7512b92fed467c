"""The candidates of one target through the gates: one is checked while the one before is timed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from perfopt_cli.core import Known, Reason, Rewrite, Status, Verdict
from perfopt_cli.pipeline.asker import Asker
from perfopt_cli.pipeline.lanes import Desk
from perfopt_cli.pipeline.rounds import Question, Search
from perfopt_cli.pipeline.seat import Seat
from perfopt_cli.sandbox.checked import Checked
from perfopt_cli.sandbox.judge import Judge

if TYPE_CHECKING:
    from perfopt_cli.pipeline.bench import Bench


@dataclass(frozen=True, slots=True)
class Next:
    """The next candidate: its verdict where that is known, or how far it has come."""

    rewrite: Rewrite
    verdict: Verdict | None
    judge: Judge | None = None
    checked: Checked | None = None


class Row:
    """The candidates of one target, in their order."""

    def __init__(self, bench: Bench, number: int) -> None:
        self.bench = bench
        self.number = number
        self.target = bench.chosen[number]
        self.seat = Seat(bench, number)
        self.search = Search(
            self.target,
            bench.sources,
            bench.settings,
            bench.late,
            lambda: self._asker.look(None).weak,
        )
        text = bench.modules[number].text
        parts = bench.lab, bench.sources, self.target, text
        self._asker = Asker(*parts, self.seat.see, self.seat.see_types)
        self._coming: Iterator[Next] = iter(())
        self._following: Future[Next | None] | None = None
        self._cheap = self.search.of_cheap_sources()
        self._pause: float | None = None
        self.cut_short = False
        """Whether cheap sources are to go on, once others had their turn."""
        self._had_share = Event()
        self._had_cheap = Event()

    def of_cheap_sources(self, desk: Desk) -> Iterator[Verdict]:
        """Yield a verdict on each candidate of the sources that are no models.

        Others are to have a turn when the target's share of the time is over.
        """
        self._pause = self.bench.share_end(self.number)
        try:
            yield from self._verdicts(desk, self._cheap)
            self.cut_short = self._paused()
        finally:
            self._had_share.set()

    def of_what_is_left(self, desk: Desk) -> Iterator[Verdict]:
        """Wait for that; yield a verdict on each of those for which the share did not suffice."""
        self._had_share.wait()
        self._pause = None
        try:
            if self.cut_short:
                yield from self._verdicts(desk, self._cheap)
        finally:
            self._had_cheap.set()

    def of_models(self, desk: Desk) -> Iterator[Verdict]:
        """Wait for that; yield a verdict on each candidate of the models, and what comes of it."""
        self._had_cheap.wait()
        yield from self._verdicts(desk, self.search.of_models())

    def _verdicts(self, desk: Desk, rounds: Iterator[list[Question]]) -> Iterator[Verdict]:
        self.desk = desk
        with self.seat.taken(desk):
            yield from self._waiting()
            while not self._paused() and (questions := next(rounds, None)) is not None:
                yield from self._batch(questions)

    def _paused(self) -> bool:
        return self._pause is not None and time.monotonic() > self._pause

    def _batch(self, questions: Sequence[Question]) -> Iterator[Verdict]:
        """Ask the questions, and yield a verdict on each candidate, in order."""
        known = [self._asker.known(one, self.search) for one in questions]
        self._coming = iter(self.desk.ask(lambda: self._ask(questions, known)))
        yield from self._waiting()

    def _waiting(self) -> Iterator[Verdict]:
        """Yield a verdict on each candidate that waits for one, until the target is paused."""
        try:
            one = self._next()
            while one is not None:
                if self._is_to_be_timed(one):
                    self._following = self.desk.ahead(self._next)
                verdict = self._verdict(one)
                self.seat.timed += verdict.cached and was_timed(verdict)
                self.search.add(verdict)
                yield verdict
                following, self._following = self._following, None
                one = self._next() if following is None else following.result()
        finally:
            self._wait()  # it uses what is closed next

    def _ask(self, questions: Sequence[Question], known: Sequence[Known | None]) -> list[Next]:
        """Return the candidates that come of the questions, with the verdicts that are known."""
        found = self._asker.ask(questions, known, self.search)
        return [Next(one, verdict or self._kept(one)) for one, verdict in found]

    def _wait(self) -> None:
        """Wait until nobody looks at the candidate that follows."""
        if self._following is not None:
            wait([self._following])

    def _is_to_be_timed(self, one: Next) -> bool:
        checked = None if self._passed_over(one.rewrite) is not None else one.checked
        return checked is not None and checked.verdict is None

    def _next(self) -> Next | None:
        """Take the next candidate through the gates before the timing; None at the end."""
        one = None if self._paused() else next(self._coming, None)
        if one is None:
            return None
        verdict = one.verdict or self._passed_over(one.rewrite) or self._late(one.rewrite)
        if verdict is not None:
            return replace(one, verdict=verdict)
        judge = self.seat.present()
        return replace(one, judge=judge, checked=judge.check(one.rewrite))

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
        if verdict.status is Status.SKIPPED:
            self._asker.distinct.forget(one.rewrite)
        return verdict

    def _judged(self, one: Next) -> Verdict:
        """Finish the judgement; from the start where another candidate has disturbed it."""
        judge, checked = one.judge, one.checked
        assert judge is not None
        assert checked is not None
        while True:
            if judge is not self.seat.judge:
                judge = self.seat.present()
                checked = judge.check(one.rewrite)
            judge.timed_before += self.seat.timed
            self.seat.timed = 0
            verdict = judge.finish(checked)
            undisturbed = judge.undisturbed()
            if not undisturbed:
                self._wait()
                self.seat.leave(judge)
            if undisturbed or verdict.reason is Reason.SANDBOX:
                judge.session.turns.go_on()
                return verdict

    def _kept(self, rewrite: Rewrite) -> Verdict | None:
        return self.bench.lab.kept.verdict(self.bench.lab.located.baseline, rewrite)

    def _passed_over(self, rewrite: Rewrite) -> Verdict | None:
        """Return the verdict on a candidate that is not to be judged, else None."""
        if self.target.skip is not None:
            return Verdict(rewrite, Status.ABSTAINED, Reason.UNTESTED, self.target.skip)
        listed = rewrite.origin.startswith("replay:")
        if not listed and self.search.enough():
            detail = "another candidate was accepted already; --all-candidates judges every one"
            return Verdict(rewrite, Status.SKIPPED, Reason.BUDGET, detail)
        return None

    def _late(self, rewrite: Rewrite) -> Verdict | None:
        if self.bench.late():
            return Verdict(rewrite, Status.SKIPPED, Reason.BUDGET, "the time budget ran out")
        return None


def was_timed(verdict: Verdict) -> bool:
    """Tell whether the clock may have had a say: the more often it is asked, the more it errs."""
    unclear = (Reason.SLOWER_SOMEWHERE, Reason.TIMED_OUT)
    return verdict.timing is not None or verdict.reason in unclear

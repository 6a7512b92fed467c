"""All candidates of one target, one after the other, through the gates."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfopt_cli.config import Settings
from perfopt_cli.core import Proposer, Reason, Rewrite, Status, Target, Verdict
from perfopt_cli.pipeline.choose import Distinct, candidates
from perfopt_cli.pipeline.lab import Lab
from perfopt_cli.sandbox.judge import Judge


@dataclass
class Bench:
    """What is needed to judge candidates of the chosen targets of a run."""

    lab: Lab
    chosen: Sequence[Target]
    sources: Sequence[Proposer]
    settings: Settings
    deadline: float | None

    def judge_target(self, number: int) -> Iterator[Verdict]:
        """Yield a verdict on each candidate of the chosen target of this number, in order.

        It is the kept verdict where there is one.
        """
        target = self.chosen[number]
        module = self.lab.module(target.path)
        kept, baseline = self.lab.kept, self.lab.located.baseline
        distinct = Distinct(target)
        judge: Judge | None = None
        timed = 0
        accepted: Verdict | None = None
        count = self.settings.candidates
        listener = self.lab.listener
        for rewrite in candidates(target, module.text, self.sources, count, listener.note):
            verdict = distinct.duplicate(rewrite) or self._passed_over(target, rewrite, accepted)
            verdict = verdict or kept.verdict(baseline, rewrite) or self._late(rewrite)
            if verdict is None:
                judge = judge or self._judge(number)
                judge.timed_before += timed
                timed = 0
                verdict = judge.judge(rewrite)[0]
                kept.keep_verdict(baseline, rewrite, verdict)
            timed += verdict.cached and was_timed(verdict)
            if verdict.status is Status.ACCEPTED:
                accepted = verdict
            yield verdict
        if judge is not None and judge.slow_because:
            name = f"{target.path}::{target.qualname}"
            note = f"{name}: each candidate's tests ran in a process of its own, as"
            self.lab.listener.note(f"{note} {judge.slow_because}")

    def _judge(self, number: int) -> Judge:
        verifier, recording = self.lab.gates(self.chosen)
        target = self.chosen[number]
        least, ulps = self.settings.min_speedup, self.settings.float_ulps
        module = self.lab.module(target.path)
        return Judge(verifier, target, number, module, recording, least, ulps, warm=True)

    def _passed_over(
        self, target: Target, rewrite: Rewrite, accepted: Verdict | None
    ) -> Verdict | None:
        """Return the verdict on a candidate that is not to be judged, else None."""
        if target.skip is not None:
            return Verdict(rewrite, Status.ABSTAINED, Reason.UNTESTED, target.skip)
        listed = rewrite.origin.startswith("replay:")
        if accepted is not None and not listed and not self.settings.all_candidates:
            detail = "another candidate was accepted already; --all-candidates judges every one"
            return Verdict(rewrite, Status.SKIPPED, Reason.BUDGET, detail)
        return None

    def _late(self, rewrite: Rewrite) -> Verdict | None:
        if self.deadline is not None and time.monotonic() > self.deadline:
            return Verdict(rewrite, Status.SKIPPED, Reason.BUDGET, "the time budget ran out")
        return None


def was_timed(verdict: Verdict) -> bool:
    """Tell whether the clock may have had a say: the more often it is asked, the more it errs."""
    unclear = (Reason.SLOWER_SOMEWHERE, Reason.TIMED_OUT)
    return verdict.timing is not None or verdict.reason in unclear

"""All candidates of one target, one after the other, through the gates."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfopt_cli.config import Settings
from perfopt_cli.core import Proposer, Reason, Rewrite, Status, Target, Verdict
from perfopt_cli.pipeline.choose import Distinct, candidates
from perfopt_cli.sandbox.judge import Judge, Recording
from perfopt_cli.sandbox.verify import Verifier
from perfopt_cli.source import read_source


@dataclass
class Bench:
    """What is needed to judge candidates of any target of a run."""

    verifier: Verifier
    sources: Sequence[Proposer]
    settings: Settings
    deadline: float | None
    recording: Recording | None = None

    def judge_target(self, target: Target, number: int) -> Iterator[Verdict]:
        """Yield a verdict on each candidate of the target, in order."""
        assert self.recording is not None
        module = read_source(self.verifier.session.place.copy / target.path)
        least, ulps = self.settings.min_speedup, self.settings.float_ulps
        judge = Judge(self.verifier, target, number, module, self.recording, least, ulps, warm=True)
        distinct = Distinct(target)
        accepted: Verdict | None = None
        count = self.settings.candidates
        for rewrite in candidates(target, module.text, self.sources, count):
            verdict = distinct.duplicate(rewrite) or self._passed_over(target, rewrite, accepted)
            verdict = verdict or judge.judge(rewrite)[0]
            if verdict.status is Status.ACCEPTED:
                accepted = verdict
            yield verdict

    def _passed_over(
        self, target: Target, rewrite: Rewrite, accepted: Verdict | None
    ) -> Verdict | None:
        """Return the verdict on a candidate that is not to be judged, else None."""
        if target.skip is not None:
            return Verdict(rewrite, Status.ABSTAINED, Reason.UNTESTED, target.skip)
        if self.deadline is not None and time.monotonic() > self.deadline:
            return Verdict(rewrite, Status.SKIPPED, Reason.BUDGET, "the time budget ran out")
        listed = rewrite.origin.startswith("replay:")
        if accepted is not None and not listed and not self.settings.all_candidates:
            detail = "another candidate was accepted already; --all-candidates judges every one"
            return Verdict(rewrite, Status.SKIPPED, Reason.BUDGET, detail)
        return None

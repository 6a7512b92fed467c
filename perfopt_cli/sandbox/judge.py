"""All gates of one target in their order: what ``optimize`` and the hook ask of a candidate."""

from __future__ import annotations

import ast
import time
from dataclasses import replace

from perfopt_cli.core import (
    PerfoptError,
    Reason,
    Rewrite,
    Status,
    Target,
    Verdict,
)
from perfopt_cli.project import Program
from perfopt_cli.sandbox.aim import aimed_calls
from perfopt_cli.sandbox.checked import Checked, keep_docstring, refused
from perfopt_cli.sandbox.evidence import Evidence, gather
from perfopt_cli.sandbox.forktests import ForkedTests
from perfopt_cli.sandbox.gate import Refusal, static_gate
from perfopt_cli.sandbox.recording import Recording, spec_of
from perfopt_cli.sandbox.session import Message
from perfopt_cli.sandbox.special import constants_of_tests
from perfopt_cli.sandbox.strength import Strength
from perfopt_cli.sandbox.timing import Timer, choose_inputs
from perfopt_cli.sandbox.verify import REPLAY_SECONDS, Verifier
from perfopt_cli.sandbox.workloads import constants_of_programs
from perfopt_cli.source import SourceText, splice

NO_TEST = "no test reaches the function"
NO_CALL = "no call of the function was recorded"


class Judge:
    """Judges candidates of one target.

    ``least`` is the speedup to prove; floats may differ by ``ulps`` units in the
    last place. ``warm``: the code in the copy stays the same between
    candidates, so that they may be judged in forks of standing workers.
    ``timed_before`` counts candidates of the target that were timed by an
    earlier run and whose verdicts this run takes over, since the last one judged.
    """

    def __init__(
        self,
        verifier: Verifier,
        target: Target,
        number: int,
        module: SourceText,
        recording: Recording,
        least: float,
        ulps: int = 0,
        *,
        warm: bool = False,
    ) -> None:
        self.verifier = verifier
        self.target = target
        self.module = module
        self.least = least
        self.session = verifier.session
        self._since = self.session.turns.repaired
        with self.session.turns.reading():
            spec = spec_of(self.session, target, number)
        self.request: Message = {
            "target": spec,
            "calls": spec["calls"],
            "sys_path": list(recording.sys_path),
            "deaf": not uses_yields(target.source),
            "ulps": ulps,
            "warm": warm,
        }
        self.recorded = recording.recorded.get((target.path, target.qualname))
        self._evidence: Evidence | None = None
        self.timed_before = 0
        self._timer: Timer | None = None
        self._tested: set[str] | None = None
        self._checks = 0
        self.strength = Strength(verifier, target, module)
        forked = warm and bool(target.tests)
        self._forks = ForkedTests(verifier, target, self.request, module.text) if forked else None

    def judge(self, rewrite: Rewrite) -> tuple[Verdict, str]:
        """Send a candidate through the gates; return the verdict and the edited module's text."""
        checked = self.check(rewrite)
        return self.finish(checked), checked.text

    def check(self, rewrite: Rewrite) -> Checked:
        """Send a candidate through the gates that come before the timing.

        One at a time, but another thread may ``finish`` the one before.
        """
        start = time.monotonic()
        rewrite = keep_docstring(rewrite)
        self._checks += 1
        checked = self._check(rewrite)
        return replace(checked, seconds=time.monotonic() - start)

    def finish(self, checked: Checked) -> Verdict:
        """Send a candidate through the gates that are left; in the candidates' order."""
        start = time.monotonic()
        verdict = checked.verdict or self._finish(checked)
        return replace(verdict, seconds=checked.seconds + time.monotonic() - start)

    @property
    def tried(self) -> int:
        """How many candidates of the target were timed, by earlier runs too."""
        return self.timed_before + (self._timer.tried if self._timer is not None else 0)

    def undisturbed(self) -> bool:
        """Tell whether the copy was as it should be for all that this judge has seen.

        Where it was not, another thread's candidate has changed code in it, and
        what this one found out meanwhile is worth nothing.
        """
        return self.session.turns.undisturbed(self._since)

    def _check(self, rewrite: Rewrite) -> Checked:
        if self._tested is None:
            copy = self.session.place.copy
            programs = [one for one in self.verifier.programs if self._is_reached_by(one)]
            texts = [name for one in programs for name in one.files()]
            with self.session.turns.reading():
                self._tested = constants_of_tests(copy, [*self.target.tests, *texts])
            self._tested |= constants_of_programs(programs)
        refusal = static_gate(rewrite, self.module.text, self._tested)
        if refusal is not None:
            return Checked(rewrite, verdict=refused(rewrite, refusal))
        try:
            text = splice(self.module.text, self.target.qualname, rewrite.source, rewrite.imports)
            data = self.module.encode(text)
        except PerfoptError as error:
            return Checked(rewrite, verdict=refused(rewrite, Refusal(Reason.INVALID, str(error))))
        checked = Checked(rewrite, text, data)
        if not self.target.tests and not self.target.workloads:
            refusal = Refusal(Reason.UNTESTED, NO_TEST)
            return replace(checked, verdict=refused(rewrite, refusal))
        # What only a workload reaches is replayed, and then run by it with the whole suite.
        if self.target.tests:
            refusal = self._covering_tests(rewrite, text, data)
        if refusal is not None:
            return replace(checked, verdict=refused(rewrite, refusal))
        with self.session.turns.reading():
            return self._equivalent(checked)

    def _finish(self, checked: Checked) -> Verdict:
        verdict = self._time(checked.rewrite, checked.text)
        if verdict.status is Status.ACCEPTED:
            verdict = self._supported(verdict, checked)
        if verdict.status is Status.ACCEPTED:
            refusal = self.verifier.whole_suite({self.target.path: checked.data})
            if refusal is not None:
                return refused(checked.rewrite, refusal)
            if self._forks is not None:
                verdict = self._forks.time(verdict, checked.text)
        return verdict

    @property
    def slow_because(self) -> str:
        """Why the tests run in fresh processes; empty where they don't, or it isn't known yet."""
        return (self._forks.unfit or "") if self._forks is not None else ""

    def _is_reached_by(self, program: Program) -> bool:
        return program.command in self.target.workloads

    def _covering_tests(self, rewrite: Rewrite, text: str, data: bytes) -> Refusal | None:
        if self._forks is not None and self._forks.fit():
            return self._forks.judge(rewrite, text, data)
        return self.verifier.covering_tests(rewrite, data)

    def _supported(self, verdict: Verdict, checked: Checked) -> Verdict:
        """Abstain from a faster candidate where the evidence would not show a mistake."""
        evidence = self.evidence()
        assert evidence is not None
        aimed, text = checked.aimed, checked.text
        support, weak = self.strength.of_rewrite(evidence, aimed, verdict.rewrite, text)
        if weak is None:
            return replace(verdict, support=support)
        assert verdict.speedup is not None
        detail = f"{verdict.speedup.ratio:.2f}x, but {weak}"
        return replace(
            verdict,
            status=Status.ABSTAINED,
            reason=Reason.UNTESTED,
            detail=detail,
            support=support,
        )

    def evidence(self) -> Evidence | None:
        """Replay the original once, to know which recorded calls can judge."""
        if self._evidence is None and self.recorded is not None:
            with self.session.turns.reading():
                self._evidence = gather(self.session, self.request, self.recorded, REPLAY_SECONDS)
        return self._evidence

    def weak(self) -> str:
        """Return why no candidate of the target can be judged; empty where they can."""
        if not self.target.tests and not self.target.workloads:
            return NO_TEST
        evidence = self.evidence()
        if evidence is None:
            return NO_CALL
        return evidence.weak[1] if evidence.weak is not None else ""

    def _equivalent(self, checked: Checked) -> Checked:
        rewrite, text = checked.rewrite, checked.text
        evidence = self.evidence()
        refusal: Refusal | None = None
        aimed: Evidence | None = None
        if evidence is None:
            refusal = Refusal(Reason.UNTESTED, NO_CALL)
        elif evidence.weak is not None:
            refusal = Refusal(*evidence.weak)
        else:
            refusal = self.verifier.replay_calls(evidence, rewrite, text)
            if refusal is None:
                # Those of the candidate before may still be needed.
                name = f"aimed-{self._checks % 2}"
                aimed = aimed_calls(self.session, evidence, rewrite, name)
            if aimed is not None:
                refusal = self.verifier.replay_calls(aimed, rewrite, text)
        verdict = None if refusal is None else refused(rewrite, refusal)
        return replace(checked, aimed=aimed, verdict=verdict)

    def _time(self, rewrite: Rewrite, text: str) -> Verdict:
        evidence = self.evidence()
        assert evidence is not None
        nanos = evidence.nanos()
        if not nanos:
            detail = "every recorded call ends in an exception: nothing to time"
            return refused(rewrite, Refusal(Reason.UNTESTED, detail))
        if self._timer is None:
            self._timer = Timer(
                self.session,
                # The recorded calls, and after them those that were made up.
                {**self.request, "calls": evidence.request["calls"]},
                choose_inputs(nanos, evidence.made_nanos()),
                self.module.text,
                self.least,
                # An equivalent candidate leaves its arguments alone if the original does.
                reuse=evidence.untouched(),
            )
        # The bound on the error is for all candidates of the target together.
        self._timer.tried += self.timed_before
        self.timed_before = 0
        with self.session.turns.timing():
            return self._timer.time(rewrite, text)


def uses_yields(source: str) -> bool:
    """Tell whether a function looks at what is sent to it, the value of one of its yields."""
    tree = ast.parse(source)
    dropped = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    return any(isinstance(n, ast.Yield) and id(n) not in dropped for n in ast.walk(tree))

"""One changed function: its new version through the gates, held against its old one."""

from __future__ import annotations

import pickle
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from perfopt_cli.core import Judged, Reason, Rewrite, Status, Support, Target, Verdict
from perfopt_cli.pipeline import outcomes
from perfopt_cli.pipeline.changed import Changed
from perfopt_cli.pipeline.helpers import only_in, with_helpers
from perfopt_cli.sandbox.adequacy import Findings, examine
from perfopt_cli.sandbox.checked import refused
from perfopt_cli.sandbox.evidence import Evidence
from perfopt_cli.sandbox.gate import Refusal, static_gate
from perfopt_cli.sandbox.judge import Judge
from perfopt_cli.sandbox.replays import Replayed, replays_of
from perfopt_cli.sandbox.session import Message, Session
from perfopt_cli.sandbox.verify import REPLAY_SECONDS, SuiteRun, Verifier
from perfopt_cli.source import SourceText, definitions

ORIGIN = "verify"
NOT_SHOWN = (Reason.UNSAFE, Reason.SANDBOX)
MOST_BLAMED = 3
GONE_TYPES = ("Can't get attribute", "ModuleNotFoundError")

State = Mapping[str, Any]


@dataclass
class Pair:
    """A changed function on its way through the gates.

    ``target`` is its old version. ``weak`` says why there is nothing to judge
    it by; ``starts`` is the state of the old module before any call, for each
    hash seed; ``own_evidence`` what the new version is to show in its own module;
    ``others`` are the other changed functions: a test that fails may be their fault.
    """

    changed: Changed
    target: Target
    rewrite: Rewrite
    old: SourceText
    new: SourceText
    refusal: Refusal | None
    weak: Refusal | None
    judge: Judge | None = None
    evidence: Evidence | None = None
    own_evidence: Evidence | None = None
    findings: Findings | None = None
    starts: tuple[State | None, ...] = ()
    seconds: float = 0.0
    others: Sequence[Target] = ()

    @property
    def open(self) -> bool:
        """Whether the verdict still depends on recorded calls."""
        return self.refusal is None and self.weak is None

    @property
    def request(self) -> Message:
        """What a worker over the new version needs to know of the function."""
        assert self.judge is not None
        target = {**self.judge.request["target"], "first": self.changed.new.first}
        return {**self.judge.request, "target": target}

    def gather(self, judge: Judge, session: Session) -> None:
        """Replay the old version, which is in place, to know which calls can judge."""
        began = time.monotonic()
        self.judge = judge
        self.evidence = judge.evidence()
        if self.evidence is None:
            self.weak = Refusal(Reason.UNTESTED, "no call of the function was recorded")
        elif self.evidence.weak is not None:
            self.weak = Refusal(*self.evidence.weak)
        else:
            self.starts = starts(session, judge.request)
            self.findings = judge.strength.original(self.evidence)
        self.seconds += time.monotonic() - began

    def check(self, verifier: Verifier, run: SuiteRun, *, late: bool) -> Judged:
        """Judge the new version, which is in place; ``run`` is that of its tests.

        ``late``: there is no time left to replay anything.
        """
        began = time.monotonic()
        found = (
            self.refusal
            or self._tests(verifier, run, late)
            or self.weak
            or self._out_of_time(late)
            or self._replay(verifier)
        )
        support: Support | None = None
        if found is None:
            support, weak = self._strength(verifier.session)
            found = Refusal(Reason.UNTESTED, weak) if weak else None
        self.seconds += time.monotonic() - began
        if found is not None:
            return self.refused(found, support)
        verdict = Verdict(
            self.rewrite,
            Status.ACCEPTED,
            Reason.EQUIVALENT,
            support.text if support else "",
            self.seconds,
            support=support,
        )
        return Judged(verdict, self.changed.new.node.lineno, equivalent=True)

    def _tests(self, verifier: Verifier, run: SuiteRun, late: bool) -> Refusal | None:
        """Ask the tests that reach the function, first those that reach no other change.

        Where only shared ones speak against it, a call that differs is the better
        reason; without one, the others are named.
        """
        shared = {test for one in self.others for test in one.tests}
        own = [test for test in self.target.tests if test not in shared]
        alone = outcomes.refusal(verifier, run, own) if own else None
        found = alone or outcomes.refusal(verifier, run, self.target.tests)
        if found is None or alone is not None or found.reason is not Reason.TESTS_FAILED:
            return found
        if not late and self.weak is None and self.evidence is not None:
            differs = self._replay(verifier)
            if differs is not None and differs.reason is Reason.DIVERGED:
                return differs
        failed = [test for test in self.target.tests if found.detail.startswith(f"{test} ")]
        blamed = [one.qualname for one in self.others if {*failed} & {*one.tests}]
        if not blamed:
            return found
        names = ", ".join(blamed[:MOST_BLAMED])
        if len(blamed) > MOST_BLAMED:
            names += f" and {len(blamed) - MOST_BLAMED} more"
        why = f"{found.detail} (the test also reaches {names}, changed too)"
        return replace(found, detail=why)

    def _strength(self, session: Session) -> tuple[Support, str | None]:
        """Would the calls show a mistake in either version? The new one is in place."""
        assert self.judge is not None
        assert self.evidence is not None
        assert self.findings is not None
        request = self.expected(session).request
        found = examine(session, self.evidence, self.new.text, request=request, rewrite=True)
        return self.judge.strength.weigh(self.evidence, self.findings, found, self.new.text)

    def refused(self, found: Refusal, support: Support | None = None) -> Judged:
        """Turn a gate's refusal into the verdict."""
        verdict = replace(refused(self.rewrite, found), seconds=self.seconds, support=support)
        if found.reason is Reason.BUDGET:
            verdict = replace(verdict, status=Status.ABSTAINED)
        shown = verdict.status is Status.REJECTED and verdict.reason not in NOT_SHOWN
        return Judged(verdict, self.changed.new.node.lineno, equivalent=False if shown else None)

    def _out_of_time(self, late: bool) -> Refusal | None:
        if late or self.evidence is None:
            return Refusal(Reason.BUDGET, "the time budget ran out")
        return None

    def _replay(self, verifier: Verifier) -> Refusal | None:
        found = verifier.replay_calls(self.expected(verifier.session), self.rewrite, None)
        crashed = found is not None and found.reason is Reason.CRASHED
        if found is None or not crashed or not any(text in found.detail for text in GONE_TYPES):
            return found
        detail = f"recorded calls hold what the change takes away: {found.detail}"
        return Refusal(Reason.UNTESTED, detail)

    def expected(self, session: Session) -> Evidence:
        """Return the evidence that the new version is held against, in its own module."""
        if self.own_evidence is None:
            self.own_evidence = self._expected(session)
        return self.own_evidence

    def _expected(self, session: Session) -> Evidence:
        assert self.evidence is not None
        own = starts(session, self.request)
        replays = [
            with_state(one, old, new)
            for one, old, new in zip(self.evidence.replays, self.starts, own, strict=True)
        ]
        request = {**self.evidence.request, "target": self.request["target"]}
        return replace(self.evidence, request=request, replays=tuple(replays))


def make_pair(
    changed: Changed, target: Target, number: int, old: SourceText, new: SourceText
) -> Pair:
    """Send a changed function through the gate that runs nothing."""
    rewrite = Rewrite(target, changed.new.source, (), ORIGIN, number)
    skip = changed.skip
    refusal = None if skip else _refusal(changed, rewrite, old, new)
    skip = skip or target.skip
    weak = Refusal(Reason.UNTESTED, skip) if skip else None
    return Pair(changed, target, rewrite, old, new, refusal, weak)


def _refusal(
    changed: Changed, rewrite: Rewrite, old: SourceText, new: SourceText
) -> Refusal | None:
    """Ask the static gate, about the helpers that came and went with the change too."""
    before, after = definitions(old.text), definitions(new.text)
    was = with_helpers(changed.old, only_in(before, after))
    now = with_helpers(changed.new, only_in(after, before))
    alone = replace(rewrite, target=replace(rewrite.target, source=was))
    # Beside its helpers, a local name of one could hide what another does to a global.
    return static_gate(alone, new.text) or static_gate(replace(alone, source=now), new.text)


def starts(session: Session, request: Message) -> tuple[State | None, ...]:
    """Return the state of the function's module before any call, for each hash seed."""
    path = Path(session.place.shared, "no-calls")
    path.write_bytes(pickle.dumps([], protocol=4))
    request = {**request, "calls": str(path), "text": None, "imports": []}
    return tuple(one.state for one in replays_of(session, request, REPLAY_SECONDS))


def with_state(replayed: Replayed, old: State | None, new: State | None) -> Replayed:
    """Return the old version's replay with the state that the new version is to end with.

    ``old`` and ``new`` are the states that they begin with. Where the two
    begin with another value (a constant that is new, say), it is to stay as it
    begins if the old version's did; so in the project's other modules.
    """
    if replayed.state is None or old is None or new is None:
        return replayed
    ends = {
        part: _expected(replayed.state[part], old[part], new[part]) for part in ("state", "around")
    }
    return replace(replayed, state={**replayed.state, **ends})


def _expected(end: State, old: State, new: State) -> dict[str, object]:
    wanted = {}
    for name in {*end, *old, *new}:
        kept = old.get(name) != new.get(name) and end.get(name) == old.get(name)
        value = new.get(name) if kept else end.get(name)
        if value is not None:
            wanted[name] = value
    return wanted

"""The tests that reach a target, in forks of a process that has collected them once.

Two controls go down the very same path first: with the unchanged original,
compiled anew, the tests must come out as in the baseline; with a body that
raises, one of them must not. Else the candidate's code would not be what the
tests run, and each candidate gets a fresh process, with its file on disk.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from perfopt_cli.core import PerfoptError, Rewrite, Status, Target, Verdict
from perfopt_cli.sandbox.forkserver import Forked
from perfopt_cli.sandbox.gate import Refusal
from perfopt_cli.sandbox.session import Ending, Message, Messages
from perfopt_cli.sandbox.testtimes import SECONDS, Compared, compare, fitting_tests
from perfopt_cli.sandbox.verify import PATIENCE, SuiteRun, Verifier, read_suite
from perfopt_cli.source import find, splice

TIMED_SECONDS = 5.0
CPU_SECONDS = 2.0
"""What a candidate's tests may take beside PATIENCE times what the original's took."""


class ForkedTests:
    """Runs a target's covering tests with candidates of it; ``text`` is its module as it is.

    ``request`` holds the target's place and ``sys_path``. ``unfit`` says why
    the tests can't be run so, once that is known.
    """

    def __init__(self, verifier: Verifier, target: Target, request: Message, text: str) -> None:
        self.verifier = verifier
        self.target = target
        self.text = text
        self.unfit: str | None = None
        self._spent: dict[str, int] = {}
        self._cpu_seconds: int | None = None
        self._request = {
            "job": "suite",
            "arguments": list(verifier.arguments),
            "target": request["target"],
            "sys_path": request["sys_path"],
            "wanted": list(target.tests),
        }

    def fit(self) -> bool:
        """Tell whether forks serve for this target; runs the controls the first time."""
        if self.unfit is None:
            with self.verifier.session.turns.testing():
                self.unfit = self._controls()
        return not self.unfit

    def judge(self, rewrite: Rewrite, text: str, data: bytes) -> Refusal | None:
        """Run the tests with a candidate; ``text`` is its module, ``data`` that as a file."""
        with self.verifier.session.turns.testing():
            if not self.verifier.session.stands(self._request):
                run, refusal = None, None
            else:
                run, refusal = self.verifier.watched(lambda: self._run(text, rewrite.imports))
        if run is None:
            return self.verifier.covering_tests(rewrite, data)
        if refusal is None and run.ending is Ending.DONE and not run.outcomes:
            # Its code can't take the place of the original's in a running process.
            return self.verifier.covering_tests(rewrite, data)
        return refusal or self.verifier.judge(run, self.target.tests)

    def time(self, verdict: Verdict, text: str, seconds: float = SECONDS) -> Verdict:
        """Time the tests with a candidate that was accepted; refuse it where one is slower.

        ``text`` is its module. The verdict stays as it is where that can't be done in forks.
        """
        if verdict.status is not Status.ACCEPTED or verdict.timing is None or not self.fit():
            return verdict
        rewrite = verdict.rewrite
        with self.verifier.session.turns.timing_tests():
            compared, refusal = self.verifier.watched(
                lambda: self._compared(rewrite, text, seconds)
            )
        slower = compared.slower()
        told = compared.told(len(self.target.tests))
        verdict = replace(verdict, timing=replace(verdict.timing, tests=told))
        why = refusal or slower
        if why is None:
            return verdict
        return replace(verdict, status=Status.REJECTED, reason=why.reason, detail=why.detail)

    def _compared(self, rewrite: Rewrite, text: str, seconds: float) -> Compared:
        arms: list[tuple[str, Sequence[str]]] = [(self.text, ()), (text, rewrite.imports)]

        def run(arm: int, wanted: Sequence[str]) -> Mapping[str, int]:
            return self._timed(*arms[arm], wanted)

        return compare(run, fitting_tests(self._spent), seconds)

    def _timed(self, text: str, imports: Sequence[str], wanted: Sequence[str]) -> dict[str, int]:
        """Return the CPU ns of the tests that pass."""
        more = {"text": text, "imports": list(imports), "wanted": list(wanted), "timed": True}
        with self.verifier.session.warm({**self._request, **more}, seconds=TIMED_SECONDS) as worker:
            run = read_suite(worker)
        if not isinstance(worker, Forked) or run.ending is not Ending.DONE:
            return {}
        return {name: cpu for name, cpu in run.cpu.items() if run.outcomes[name] == "passed"}

    def _controls(self) -> str:
        """Return why forks do not serve, or an empty text."""
        if not self.verifier.session.stands(self._request):
            return self.verifier.session.why_not(self._request) or "no worker stands ready"
        run = self._run(self.text, ())
        if self.verifier.judge(run, self.target.tests) is not None:
            return "the unchanged function does not pass its tests in a fork"
        self._spent = {name: max(cpu, run.waits[name]) for name, cpu in run.cpu.items()}
        self._cpu_seconds = math.ceil(CPU_SECONDS + PATIENCE * sum(run.cpu.values()) / 1e9)
        try:
            broken = splice(self.text, self.target.qualname, raising(self.text, self.target), ())
        except (PerfoptError, SyntaxError):
            return "no version of the function that raises can be made"
        run = self._run(broken, ())
        if run.ending is Ending.DONE and not run.outcomes:
            return "the function can't be exchanged in a running process"
        if self.verifier.judge(run, self.target.tests) is None:
            return "a version of the function that raises passes its tests in a fork"
        return ""

    def _run(self, text: str, imports: Sequence[str]) -> SuiteRun:
        limits = {"cpu_seconds": self._cpu_seconds}
        request = {**self._request, "text": text, "imports": list(imports), **limits}
        limit = self.verifier.limit(self.target.tests)
        with self.verifier.session.warm(request, seconds=limit) as worker:
            run = read_suite(worker)
        if run.ending is Ending.CRASHED and self._was_too_long(worker):
            return replace(run, ending=Ending.TIMED_OUT)
        return run

    def _was_too_long(self, worker: Messages) -> bool:
        """Tell whether a fork ended by the limit on its CPU time: most that hang end so."""
        spent = worker.cpu_ns if isinstance(worker, Forked) else None
        if spent is None or self._cpu_seconds is None:
            return False
        # The kernel looks at the limit by another clock than the one that it tells.
        return spent > 0.9e9 * self._cpu_seconds


def raising(text: str, target: Target) -> str:
    """Return the source of the target with a body that raises first.

    The rest of the body stays, as it makes the function a generator or not,
    and names the variables of the enclosing scopes.
    """
    node = find(text, target.qualname).node
    copy = ast.parse(ast.unparse(node)).body[0]
    assert isinstance(copy, ast.FunctionDef | ast.AsyncFunctionDef)
    copy.body.insert(0, ast.parse("raise AssertionError('control')").body[0])
    return ast.unparse(ast.fix_missing_locations(copy)) + "\n"

"""The gates that tell whether a candidate does what the original does, cheapest first.

Each gate returns None where the candidate passes, else why it does not. An
error anywhere is a refusal.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from perfopt_cli.core import Baseline, Reason, Rewrite
from perfopt_cli.project import Program
from perfopt_cli.sandbox.differences import Settled, difference
from perfopt_cli.sandbox.evidence import (
    Evidence,
)
from perfopt_cli.sandbox.gate import Refusal
from perfopt_cli.sandbox.messages import last_line
from perfopt_cli.sandbox.place import code_state
from perfopt_cli.sandbox.replays import Replayed, replays_of
from perfopt_cli.sandbox.session import Ending, Messages, Session
from perfopt_cli.sandbox.shrink import Counterexample, explain
from perfopt_cli.sandbox.workloads import Ran, refusal, run_program

PATIENCE = 5.0
START_SECONDS = 20.0
REPLAY_SECONDS = 60.0
T = TypeVar("T")
DENIED = ("PermissionError", "Operation not permitted", "Bad system call")


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """Some of the project's tests, run once: outcome and failure text by node id.

    ``code`` is pytest's exit code; ``collected`` how many tests it was to run.
    ``cpu`` holds the CPU ns of each test that was run in a fork, ``waits`` its wall ns
    where it gave up the processor of its own accord, else 0.
    """

    outcomes: dict[str, str]
    texts: dict[str, str]
    ending: Ending
    errors: str
    code: int | None = None
    collected: int = 0
    cpu: dict[str, int] = field(default_factory=dict)
    waits: dict[str, int] = field(default_factory=dict)

    def failed(self) -> list[str]:
        """Return the node ids that failed."""
        return [name for name, outcome in self.outcomes.items() if outcome in ("failed", "error")]


@dataclass
class Verifier:
    """Runs the gates over one session.

    ``arguments`` is pytest's command line; ``seconds`` holds each test's time
    in the baseline. ``renew`` makes the working copy anew, when code in it was
    changed by a candidate's tests; ``artefacts`` are files that the unchanged
    project's tests write themselves. ``programs`` are the workloads, in the order
    of the baseline's.
    """

    session: Session
    baseline: Baseline
    arguments: Sequence[str]
    renew: Callable[[], None]
    seconds: Mapping[str, float] = field(default_factory=dict)
    artefacts: frozenset[str] = frozenset()
    programs: Sequence[Program] = ()

    def covering_tests(self, rewrite: Rewrite, data: bytes) -> Refusal | None:
        """Run the tests that reach the target, with the candidate's file in the copy."""
        wanted = rewrite.target.tests
        return self._run_with({rewrite.target.path: data}, wanted, stop_early=True)

    def whole_suite(self, files: Mapping[str, bytes]) -> Refusal | None:
        """Run all tests, and workloads, with these files (path -> bytes) on disk in the copy."""
        refused = self._run_with(files, None)
        if refused is None and self.programs:
            with self.session.alone(), self.on_disk(files):
                refused = next(filter(None, self.workload_refusals()), None)
        return refused

    def workload_refusals(self) -> Iterator[Refusal | None]:
        """Run each workload on what is in the copy; yield what it says against that."""
        for program, before in zip(self.programs, self.baseline.workloads, strict=True):
            ran, changed = self.watched(partial(run_program, self.session, program, before))
            yield changed or refusal(before, ran)

    def expect(self, ran: Sequence[Ran]) -> list[str]:
        """Hear how the workloads of the unchanged project ended when they ran once more.

        Returns the commands of those that did not print the same. Their output,
        and that of one that did not run again, is no part of any judgement.
        """
        again = {one.command: then.printed for one, then in zip(self.programs, ran)}  # noqa: B905
        before = self.baseline.workloads
        differ = [one.command for one in before if again.get(one.command) != one.printed]
        workloads = tuple(
            replace(one, printed="") if one.command in differ else one for one in before
        )
        self.baseline = replace(self.baseline, workloads=workloads)
        return differ

    def _run_with(
        self,
        files: Mapping[str, bytes],
        wanted: Sequence[str] | None,
        *,
        stop_early: bool = False,
    ) -> Refusal | None:
        with self.session.alone(), self.on_disk(files):
            run, changed = self.watched(lambda: self.run_suite(wanted, stop_early=stop_early))
        wanted = tuple(self.baseline.outcomes) if wanted is None else wanted
        return changed or self.judge(run, wanted)

    def watched(self, run: Callable[[], T]) -> tuple[T, Refusal | None]:
        """Run tests; return what came of it, and a refusal where they changed code in the copy.

        Nobody else may write there meanwhile: within ``alone`` or ``turns.testing``.
        """
        copy = self.session.place.copy
        # The sandbox would do so at its start, and change the change time by it.
        self.session.sandbox.own([copy])
        before = code_state(copy)
        done = run()
        after = code_state(copy)
        changed = {name for name, _ in before.items() ^ after.items()} - self.artefacts
        if not changed:
            return done, None
        with self.session.repairing():
            self.renew()
        name = Path(min(changed)).relative_to(copy)
        return done, Refusal(Reason.SANDBOX, f"{name} was written to while its tests ran")

    def replay_calls(
        self, evidence: Evidence, rewrite: Rewrite, text: str | None
    ) -> Refusal | None:
        """Replay the calls under two hash seeds and compare with the original.

        ``text`` is the candidate's module; None: the one that is in the copy,
        where the original then is not.
        """
        request = {**evidence.request, "text": text, "imports": list(rewrite.imports)}
        seconds = REPLAY_SECONDS + PATIENCE * evidence.fuzzing_seconds()
        settled = Settled(evidence)
        with closing(replays_of(self.session, request, seconds, settled)) as replays:
            for position, replayed in enumerate(replays):
                found = difference(evidence, replayed, position)
                if found is not None:
                    break
                refusal = incomplete(evidence, replayed)
                if refusal is not None:
                    return refusal
            else:
                return None
        shown: Counterexample | None = None
        if text is not None:
            shown = explain(self.session, evidence, request, found, position)
        if shown is None:
            return Refusal(Reason.DIVERGED, found.text())
        return Refusal(Reason.DIVERGED, shown.text(), shown.paste())

    def run_suite(self, wanted: Sequence[str] | None, *, stop_early: bool = False) -> SuiteRun:
        """Run the wanted tests (None: all) in a fresh process."""
        arguments = [*self.arguments, *(["-x"] if stop_early else [])]
        request = {
            "job": "suite",
            "arguments": arguments,
            "wanted": None if wanted is None else list(wanted),
        }
        with self.session.open(request, seconds=self.limit(wanted)) as worker:
            return read_suite(worker)

    def limit(self, wanted: Sequence[str] | None) -> float:
        """Return the wall limit in seconds for these tests, from the baseline's time."""
        if wanted is None:
            spent = self.baseline.seconds
        else:
            spent = sum(self.seconds.get(name, 0.0) for name in wanted)
            # Collecting takes as long as in the baseline, however few tests are wanted.
            spent += max(0.0, self.baseline.seconds - sum(self.seconds.values()))
        return START_SECONDS + PATIENCE * spent

    def judge(self, run: SuiteRun, wanted: Sequence[str]) -> Refusal | None:
        """Hold a run's outcomes against the baseline's."""
        for name, outcome in run.outcomes.items():
            before = self.baseline.outcomes.get(name)
            if before != outcome:
                text = run.texts.get(name, "")
                if any(word in text for word in DENIED):
                    return Refusal(Reason.SANDBOX, f"{name}: {last_line(text)}")
                detail = f"{name} {outcome} (was {before})" if before else f"{name} {outcome}"
                return Refusal(Reason.TESTS_FAILED, f"{detail}: {last_line(text)}")
        if run.ending is Ending.TIMED_OUT:
            return Refusal(Reason.TIMED_OUT, f"the tests took over {PATIENCE:g} times as long")
        if run.ending is not Ending.DONE:
            return Refusal(Reason.CRASHED, last_line(run.errors) or run.ending.value)
        missing = [name for name in wanted if name not in run.outcomes]
        if missing:
            return Refusal(Reason.TESTS_FAILED, f"{missing[0]} did not run")
        return None

    @contextmanager
    def on_disk(self, files: Mapping[str, bytes]) -> Iterator[None]:
        """Put these files into the working copy, and the old bytes back at the end.

        The modification time is moved on by more than a second, so that
        bytecode compiled from the original never passes for the candidate's.
        """
        old: dict[Path, tuple[bytes, os.stat_result]] = {}
        try:
            for name, data in files.items():
                path = self.session.place.copy / name
                status = path.stat()
                old[path] = path.read_bytes(), status
                put(path, data, status, 10**10)
            yield
        finally:
            for path, (data, status) in old.items():
                put(path, data, status)


def incomplete(evidence: Evidence, replayed: Replayed) -> Refusal | None:
    """Refuse a replay that did not come to its end, or lacks a call that is to judge."""
    if replayed.ending is Ending.TIMED_OUT:
        return Refusal(Reason.TIMED_OUT, "replaying the recorded calls")
    if replayed.ending is not Ending.DONE or replayed.state is None:
        return Refusal(Reason.CRASHED, replayed.problem)
    if not {(turn, index) for turn in (0, 1) for index in evidence.usable} <= replayed.calls.keys():
        return Refusal(Reason.CRASHED, "some recorded calls gave no result")
    return None


def read_suite(worker: Messages) -> SuiteRun:
    """Read what a worker says of the tests that it runs, to its end, and close it."""
    outcomes: dict[str, str] = {}
    texts: dict[str, str] = {}
    cpu: dict[str, int] = {}
    waits: dict[str, int] = {}
    code, collected = None, 0
    for message in worker:
        if message["kind"] == "test":
            outcomes[message["id"]] = message["outcome"]
            texts[message["id"]] = message["text"]
            if "cpu" in message:
                cpu[message["id"]] = max(1, int(message["cpu"]))
                waits[message["id"]] = int(1e9 * message["seconds"]) if message["waits"] else 0
        elif message["kind"] == "collect":
            outcomes[message["id"]] = "error"
            texts[message["id"]] = message["text"]
        elif message["kind"] == "collected":
            collected = int(message["count"])
        elif message["kind"] == "suite":
            code = int(message["code"])
    worker.close()
    ending = worker.ending or Ending.CRASHED
    return SuiteRun(outcomes, texts, ending, worker.errors, code, collected, cpu, waits)


def put(path: Path, data: bytes, like: os.stat_result, later_ns: int = 0) -> None:
    """Write a file of the working copy, whatever a candidate has put in its place.

    Mode and times are those of ``like``, the modification later by ``later_ns``.
    A candidate's tests may write in the copy, and leave a link to anywhere.
    Raises OSError where the folder is no longer the real one.
    """
    if os.path.realpath(path.parent) != str(path.parent):
        raise OSError(f"{path.parent} was replaced by a link")
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(temporary, "xb") as file:
        file.write(data)
    os.chmod(temporary, like.st_mode & 0o777)
    os.utime(temporary, ns=(like.st_atime_ns, like.st_mtime_ns + later_ns))
    os.replace(temporary, path)

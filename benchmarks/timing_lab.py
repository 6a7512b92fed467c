"""One trial of the timing gate: a candidate through Timer, in the sandbox, with its costs."""

from __future__ import annotations

import pickle
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from perfopt_cli.core import Rewrite, Target, Verdict  # noqa: E402
from perfopt_cli.sandbox.forkserver import Forked  # noqa: E402
from perfopt_cli.sandbox.isolate import open_sandbox  # noqa: E402
from perfopt_cli.sandbox.place import make_place  # noqa: E402
from perfopt_cli.sandbox.recording import first_line  # noqa: E402
from perfopt_cli.sandbox.session import Message, Messages, Session  # noqa: E402
from perfopt_cli.sandbox.timing import Timer, choose_inputs  # noqa: E402
from perfopt_cli.source import find, splice  # noqa: E402

if TYPE_CHECKING:
    from timing_cases import Case

TRIALS_A_WORKER = 25


@dataclass(frozen=True)
class Trial:
    """What came of one trial. ``cpu_ms`` is that of all processes, ``wall_ms`` from end to end."""

    accepted: bool
    reason: str
    detail: str
    ratio: float | None
    cpu_ms: float
    wall_ms: float


class Lab:
    """The project of one function, with a session of workers that is renewed now and then.

    Forks of one worker share where things lie in memory: trials in one are no
    independent ones.
    """

    def __init__(self, case: Case, kind: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="perfopt-timing-")).resolve()
        self.function, self.steps = case.function, case.steps
        original = self.folder / "original"
        original.mkdir()
        python = Path(sys.executable)
        scratch = self.folder / "scratch"
        place = make_place(original, scratch, python, readable=(), network=False)
        place.copy.mkdir()
        self.text = self.function.with_module(self.steps)
        (place.copy / "mod.py").write_text(self.text)
        calls = [pickle.dumps(((each,), {}), protocol=4) for each in self.function.inputs]
        (place.shared / "calls").write_bytes(pickle.dumps(calls, protocol=4))
        self.place = place.with_search_path([])
        self.sandbox = open_sandbox(kind, python=python, scratch=scratch)
        self.sandbox.own([place.copy, place.shared])
        self.nanos = self.function.nanos(self.steps)
        self.session = Session(self.sandbox, self.place)
        self.trials = 0
        self.forked_ns = 0

    def request(self) -> Message:
        """Return what a worker needs to know of the function."""
        file = self.place.copy / "mod.py"
        spec = {
            "file": str(file),
            "qualname": self.function.name,
            "module": "mod",
            "first": first_line(file, self.function.name),
        }
        calls = str(self.place.shared / "calls")
        return {"target": spec, "calls": calls, "sys_path": [], "warm": True}

    def trial(self, candidate: str, least: float) -> Trial:
        """Time a candidate, and note what that costs."""
        self.forked_ns = 0
        began, cpu = time.perf_counter(), cpu_seconds()
        verdict = self.verdict(candidate, least)
        wall = time.perf_counter() - began
        spent = cpu_seconds() - cpu + self.forked_ns / 1e9
        return told(verdict, spent, wall)

    def verdict(self, candidate: str, least: float) -> Verdict:
        """Time a candidate as ``perfopt optimize`` does, with a new Timer and its own canary."""
        if self.trials == TRIALS_A_WORKER:
            self.session.close()
            self.session, self.trials = Session(self.sandbox, self.place), 0
        self.trials += 1
        found = find(self.text, self.function.name)
        target = Target("mod.py", self.function.name, found.node.lineno, found.source, "mod")
        rewrite = Rewrite(target, candidate, (), "benchmark", 0)
        text = splice(self.text, self.function.name, candidate)
        # The last two are held out: what a candidate does on inputs that it never had.
        held = sorted(self.nanos)[-2:]
        recorded = {index: self.nanos[index] for index in self.nanos if index not in held}
        inputs = choose_inputs(recorded, {index: self.nanos[index] for index in held})
        timer = Timer(self.session, self.request(), inputs, self.text, least, reuse=True)
        timer.screening = self._noting(timer.screening)
        return timer.time(rewrite, text)

    def _noting(self, screening: Any) -> Any:
        """Add up what the kernel says of the forks of the standing worker."""

        def start(request: Message) -> Messages:
            worker: Messages = screening(request)
            if isinstance(worker, Forked):
                close = worker.close

                def closed() -> None:
                    before = worker.cpu_ns
                    close()
                    self.forked_ns += (worker.cpu_ns or 0) if before is None else 0

                worker.close = closed  # type: ignore[method-assign]
            return worker

        return start

    def close(self) -> None:
        """End the workers and remove the project."""
        self.session.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def cpu_seconds() -> float:
    """Return the CPU time of this process and of children that it has waited for."""
    usages = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def told(verdict: Verdict, cpu: float, wall: float) -> Trial:
    """Return the trial of a verdict; seconds are given."""
    ratio = verdict.speedup.ratio if verdict.speedup else None
    accepted = verdict.status.value == "accepted"
    return Trial(accepted, verdict.reason.value, verdict.detail, ratio, 1e3 * cpu, 1e3 * wall)

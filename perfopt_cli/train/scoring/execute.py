"""Run programs on inputs, in the sandbox: one worker serves many, each in a fork of its own."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from perfopt_cli.core import Limits, PerfoptError
from perfopt_cli.sandbox.exposure import clean_environment
from perfopt_cli.sandbox.isolate import Policy, Sandbox, open_sandbox
from perfopt_cli.sandbox.session import Conversation, Message, install_worker
from perfopt_cli.train.programs import PRELOADED, Job, Ran

MEMORY_BYTES = 2**30
OUTPUT_BYTES = 64 * 2**20
NICE = 5
_START_SECONDS = 60.0
_PATIENCE = 5.0
_TRIES = 3
_MOST_KNOWN = 200


@dataclass
class Bench:
    """A sandboxed worker that runs programs; a context manager, for one thread at a time.

    ``close`` may be called from any thread, and ends what is running. A worker
    in which a program left traces is ended with all that runs in it, and the
    next run gets a new one. ``nice`` is added to the programs' niceness.
    """

    python: Path
    sandbox: Sandbox
    scratch: Path
    preload: tuple[str, ...] = ()
    hash_seed: int = 0
    memory_bytes: int = MEMORY_BYTES
    nice: int = NICE
    _worker: Conversation | None = None
    _known: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _others: list[Bench] = field(default_factory=list)
    closed: bool = False

    def run(self, job: Job, text: str, *, seconds: float) -> Ran:
        """Run the job with this text on its stdin. Raises PerfoptError where no worker starts."""
        for _ in range(_TRIES):
            answer = self._run(job, text, seconds)
            ending = answer["ending"]
            if ending not in ("ended", "broken") or answer.get("left"):
                self._drop()
            if ending != "not started":
                names = ("ending", "status", "cpu", "wall", "waits", "peak", "digest", "shown")
                known = {
                    name: answer[name] for name in (*names, "size", "errors") if name in answer
                }
                return Ran(**known, stray=bool(answer.get("processes")))
        raise PerfoptError(
            f"No process can be started in the sandbox: {answer.get('errors', '')}\n"
            "The machine may be out of processes or memory; end other programs or lower --workers."
        )

    def returned(self) -> str:
        """Return what the steps of the last run returned, as the program's process wrote it."""
        answer = self._ask({"do": "values"}, 30.0) if self._worker else None
        if answer is None:
            return ""
        return base64.b64decode(answer["data"]).decode("utf-8", "replace")

    def prepare(self, preload: Sequence[str]) -> None:
        """Have these modules imported before the programs start."""
        wanted = tuple(preload)
        if wanted != self.preload:
            self._drop()
            self.preload = wanted

    def fresh(self, hash_seed: int) -> Bench:
        """Return another bench of the same kind, whose worker is a new interpreter.

        Its programs have the usual niceness. It ends with this one.
        """
        bench = Bench(
            self.python,
            self.sandbox,
            self.scratch,
            self.preload,
            hash_seed,
            self.memory_bytes,
            nice=0,
        )
        self._others = [other for other in self._others if not other.closed]
        self._others.append(bench)
        if self.closed:
            bench.close()
        return bench

    def _run(self, job: Job, text: str, seconds: float) -> Message:
        entry = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        worker = self._open()
        if len(self._known) > _MOST_KNOWN:
            worker.send({"do": "forget"})
            self._known = {("ready", "")}
        content = {"text": job.text, "setup": job.setup, "steps": job.steps}
        self._hand(worker, "job", job.name, {"job": content})
        self._hand(worker, "input", entry, {"text": text})
        order = {"do": "run", "program": job.name, "input": entry, "seconds": seconds}
        # The front keeps to a limit of its own; this one is for a front that was stopped.
        answer = self._ask(order, _PATIENCE * seconds + _PATIENCE)
        if answer is None:
            return {"ending": "crashed", "errors": "its process ended the one that watches it"}
        return answer

    def _hand(self, worker: Conversation, what: str, name: str, content: Message) -> None:
        if (what, name) not in self._known:
            self._known.add((what, name))
            worker.allow(_START_SECONDS)
            worker.send({"do": what, "name": name, **content})

    def _ask(self, order: Message, seconds: float) -> Message | None:
        worker = self._worker
        assert worker is not None
        worker.allow(seconds)
        worker.send(order)
        return worker.receive()

    def _open(self) -> Conversation:
        with self._lock:
            if self.closed:
                raise PerfoptError("The bench is closed.")
            if self._worker is None:
                self._worker = self._start()
                self._known.clear()
            worker = self._worker
        if not self._known:
            worker.allow(_START_SECONDS)
            message = worker.receive()
            if message is None:
                errors = worker.errors.strip()
                self._drop()
                raise PerfoptError(f"No worker can be started with {self.python}: {errors[-500:]}")
            self._known.add(("ready", ""))
        return worker

    def _start(self) -> Conversation:
        entry = install_worker(self.scratch)
        empty = self.scratch / "empty"
        empty.mkdir(exist_ok=True)
        policy = Policy((entry.parent, empty), (), Limits(_START_SECONDS, None, processes=48))
        stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the conversation)
        process = self.sandbox.start(
            [str(self.python), str(entry)],
            cwd=empty,
            env=_environment(empty, self.hash_seed),
            policy=policy,
            stderr=stderr,
        )
        request = {
            "job": "program",
            "preload": [*PRELOADED, *self.preload],
            "private": self.sandbox.setup.separate,
            "memory": self.memory_bytes,
            "output": OUTPUT_BYTES,
            "nice": self.nice,
        }
        return Conversation(self.sandbox, process, stderr, request, _START_SECONDS)

    def _drop(self) -> None:
        with self._lock:
            worker, self._worker = self._worker, None
            self._known.clear()
        if worker is not None:
            worker.close()

    def close(self) -> None:
        """End the worker and all that runs in it; no other will start."""
        self.closed = True
        for other in self._others:
            other.close()
        self._drop()

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _environment(empty: Path, hash_seed: int) -> dict[str, str]:
    environment = clean_environment(os.environ, home=empty, tmp=empty)
    threads = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
    return {
        **environment,
        **{f"{name}_NUM_THREADS": "1" for name in threads},
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": str(hash_seed),
    }


class Benches:
    """Makes benches that share one scratch folder and one kind of sandbox.

    Raises SandboxError where the kind asked for does not hold here.
    """

    def __init__(self, python: Path, sandbox: str) -> None:
        self.python = python
        self._scratch = tempfile.TemporaryDirectory(prefix="perfopt-score-")
        try:
            self._first = open_sandbox(sandbox, python=python, scratch=Path(self._scratch.name))
            # Once, before several threads start workers from it.
            install_worker(Path(self._scratch.name))
        except BaseException:
            self._scratch.cleanup()
            raise
        self._made: list[Bench] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """What the sandbox does not hold back."""
        return self._first.notes

    def make(self) -> Bench:
        """Return a new bench; its programs run as a user of their own where that can be had."""
        setup = self._first.setup
        if setup.uid is not None:
            setup = replace(setup, uid=setup.uid - 1 - len(self._made))
        bench = Bench(self.python, Sandbox(setup), Path(self._scratch.name))
        self._made.append(bench)
        return bench

    def close(self) -> None:
        """End every bench and remove the folder."""
        for bench in self._made:
            bench.close()
        shutil.rmtree(self._scratch.name, ignore_errors=True)
        self._scratch.cleanup()

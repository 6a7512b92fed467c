"""perfopt's side of the workers of one run: with what rights they start, and which stand ready."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import weakref
from dataclasses import replace
from pathlib import Path

from perfopt_cli.sandbox.conversation import Conversation
from perfopt_cli.sandbox.forkserver import ForkServer
from perfopt_cli.sandbox.isolate import Policy, Sandbox
from perfopt_cli.sandbox.messages import Ending, Message, Messages
from perfopt_cli.sandbox.place import Workplace

__all__ = ["Conversation", "Ending", "Message", "Messages", "Session", "install_worker"]

TRUSTED_JOBS = ("profile", "record", "fuzz", "shrink")
TEST_JOBS = ("profile", "record", "suite")
SERVED = {
    "replay": "serve",
    "answer": "serve",
    "time": "serve",
    "facts": "serve",
    "fuzz": "serve",
    "mutants": "serve",
    "shrink": "serve",
    "suite": "serve tests",
}
"""Jobs that a standing worker can do in forks, and what that one is asked to be."""
START_SECONDS = 120.0


class Session:
    """Starts workers in one sandbox over one workplace; a context manager that ends standing ones.

    ``memory_bytes`` bounds the address space of workers that are not trusted;
    None until it is known what the unchanged project needs. ``unfit`` holds
    why jobs are done in fresh processes, by what they are.
    """

    def __init__(self, sandbox: Sandbox, place: Workplace) -> None:
        self.sandbox = sandbox
        self.place = place
        self.memory_bytes: int | None = None
        self.entry = install_worker(place.scratch)
        self.unfit: dict[str, str] = {}
        self._servers: dict[str, ForkServer] = {}
        self._end = weakref.finalize(self, close_all, self._servers)

    def open(
        self,
        request: Message,
        *,
        seconds: float | None = None,
        hash_seed: int = 0,
    ) -> Conversation:
        """Start a worker on the request. ``seconds`` is its wall limit.

        The jobs of TRUSTED_JOBS see no candidate: they may leave compiled
        bytecode in the copy and recorded calls in the shared folder.
        """
        return self._start(request, str(request["job"]), seconds, hash_seed)

    def warm(self, request: Message, *, seconds: float, hash_seed: int = 0) -> Messages:
        """Do the request in a fork of a standing worker, or else in a fresh one.

        The standing worker knows the code that was in the copy when it was
        started: only for what judges candidates by their text.
        """
        server = self._server(request, hash_seed)
        if server is None:
            return self.open(request, seconds=seconds, hash_seed=hash_seed)
        return server.open(self._placed(request), seconds)

    def stands(self, request: Message, hash_seed: int = 0) -> bool:
        """Tell whether a worker stands for the request, after having tried to start it."""
        return self._server(request, hash_seed) is not None

    def why_not(self, request: Message, hash_seed: int = 0) -> str:
        """Return why no worker stands for the request; empty where one does."""
        return self.unfit.get(server_name(request, hash_seed), "")

    def prepare(self, request: Message, hash_seed: int = 0) -> None:
        """Have a worker for the request made ready, and don't wait for it."""
        self._started(request, hash_seed)

    def _server(self, request: Message, hash_seed: int) -> ForkServer | None:
        """Return a standing worker for the request, or None where there can be none."""
        server = self._started(request, hash_seed)
        if server is not None and server.unfit:
            name = server_name(request, hash_seed)
            self.unfit[name] = server.unfit
            del self._servers[name]
            return None
        return server

    def _started(self, request: Message, hash_seed: int) -> ForkServer | None:
        """Return a worker that stands ready for the request, or will, or can't; None if busy."""
        base, job = standing(request), str(request["job"])
        name = server_name(request, hash_seed)
        if sys.platform != "linux":
            self.unfit[name] = "forks of a process with native libraries are safe on Linux only"
        if name in self.unfit:
            return None
        server = self._servers.get(name)
        if server is not None and server.alive:
            return None if server.busy else server
        if "target" in base:
            self._retire(base["target"])
        server = ForkServer(self._start(base, job, START_SECONDS, hash_seed))
        self._servers[name] = server
        return server

    def _retire(self, target: Message) -> None:
        """End the workers that stand ready for other targets."""
        for name, server in list(self._servers.items()):
            base = json.loads(name)[0]
            if base.get("target", target) != target or not server.alive:
                self._servers.pop(name).close()

    def _placed(self, request: Message) -> Message:
        where = {"original": str(self.place.original), "copy": str(self.place.copy)}
        return {**where, **request}

    def _start(
        self, request: Message, job: str, seconds: float | None, hash_seed: int
    ) -> Conversation:
        """Start a worker with the rights of this job."""
        trusted = job in TRUSTED_JOBS
        place = self.place
        limits = place.limits if seconds is None else replace(place.limits, seconds=seconds)
        if not trusted:
            limits = replace(limits, memory_bytes=self.memory_bytes)
        policy = Policy(
            readable=(*place.readable, self.entry.parent, place.shared, place.copy),
            writable=place.writable(trusted=trusted, tests=job in TEST_JOBS),
            limits=limits,
            network=place.network,
        )
        environment = {**place.environment, "PYTHONHASHSEED": str(hash_seed)}
        if trusted:
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
        stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the conversation)
        process = self.sandbox.start(
            [str(place.python), str(self.entry)],
            cwd=place.copy,
            env=environment,
            policy=policy,
            stderr=stderr,
        )
        return Conversation(self.sandbox, process, stderr, self._placed(request), limits.seconds)

    def close(self) -> None:
        """End the standing workers; so does the end of the session's life."""
        close_all(self._servers)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def close_all(servers: dict[str, ForkServer]) -> None:
    """End these workers and forget them."""
    while servers:
        servers.popitem()[1].close()


def server_name(request: Message, hash_seed: int) -> str:
    """Return what tells the standing workers of a session apart."""
    trusted = request["job"] in TRUSTED_JOBS
    return json.dumps([standing(request), trusted, hash_seed], sort_keys=True)


def standing(request: Message) -> Message:
    """Return what a standing worker for this request is asked."""
    job = SERVED[str(request["job"])]
    if job == "serve":
        trusted = request["job"] in TRUSTED_JOBS
        jobs = ["fuzz", "shrink"] if trusted else ["replay", "answer", "time"]
        where = {name: request[name] for name in ("target", "sys_path")}
        return {"job": job, "jobs": jobs, **where}
    return {"job": job, "arguments": request["arguments"]}


def install_worker(scratch: Path) -> Path:
    """Copy the worker's files into scratch, where the sandbox may read them; return its entry."""
    folder = scratch / "worker"
    if not folder.exists():
        shutil.copytree(
            Path(__file__).parent / "worker", folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder / "start.py"

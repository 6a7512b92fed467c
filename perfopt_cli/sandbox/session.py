"""perfopt's side of the workers of one run: with what rights they start, and which stand ready."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from perfopt_cli.sandbox.conversation import Conversation
from perfopt_cli.sandbox.forkserver import ForkServer
from perfopt_cli.sandbox.isolate import Policy, Sandbox
from perfopt_cli.sandbox.messages import Ending, Message, Messages
from perfopt_cli.sandbox.place import Workplace
from perfopt_cli.sandbox.standing import (
    MOST_ALIKE,
    TRUSTED_JOBS,
    Pool,
    close_all,
    module_of,
    server_name,
    standing,
)
from perfopt_cli.sandbox.turns import Turns

__all__ = ["Conversation", "Ending", "Message", "Messages", "Session", "install_worker"]

TEST_JOBS = ("profile", "record", "suite", "workload")
START_SECONDS = 120.0


class Session:
    """Starts workers in one sandbox over one workplace; a context manager that ends standing ones.

    Several threads may use it; ``turns`` says who may do what in the working copy.

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
        self.turns = Turns()
        self._lock = threading.Lock()
        self._held: list[Message] = []
        self._live: weakref.WeakSet[Conversation] = weakref.WeakSet()
        self._pools: dict[str, Pool] = {}
        self._end = weakref.finalize(self, close_all, self._pools)

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
        pool = self._pool(request, hash_seed)
        with pool.lock:
            server = self._server(pool, request, hash_seed)
            if server is not None:
                return server.open(self._placed(request), seconds)
        return self.open(request, seconds=seconds, hash_seed=hash_seed)

    def stands(self, request: Message, hash_seed: int = 0) -> bool:
        """Tell whether a worker stands for the request, after having tried to start it."""
        pool = self._pool(request, hash_seed)
        with pool.lock:
            return self._server(pool, request, hash_seed) is not None

    def why_not(self, request: Message, hash_seed: int = 0) -> str:
        """Return why no worker stands for the request; empty where one does."""
        return self.unfit.get(server_name(request, hash_seed), "")

    def prepare(self, request: Message, hash_seed: int = 0) -> None:
        """Have a worker for the request made ready, and don't wait for it."""
        pool = self._pool(request, hash_seed)
        with pool.lock:
            self._started(pool, request, hash_seed)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Use the copy alone: no worker runs, and none still imports from it to stand ready."""
        with self.turns.writing():
            with self._lock:
                pools = list(self._pools.items())
            for name, pool in pools:
                with pool.lock:
                    for server in list(pool.servers):
                        self._is_ready(server, pool, name)
            yield

    @contextmanager
    def repairing(self) -> Iterator[None]:
        """Make the copy anew, in the turn of tests that have changed it."""
        with self.turns.repairing():
            # They stand in folders of the old one, or have code of the tests' making.
            self.close()
            yield

    @contextmanager
    def holding(self, target: Message) -> Iterator[None]:
        """Keep the workers that stand ready for a target until then, whoever starts others.

        After that they stay until some are started for another module.
        """
        module = module_of(target)
        with self._lock:
            self._held.append(module)
        try:
            yield
        finally:
            with self._lock:
                self._held.remove(module)

    def stop(self) -> None:
        """End all workers and start no more: threads that need one get Stopped."""
        self.turns.stop()
        with self._lock:
            live = list(self._live)
        for worker in live:
            worker.close()

    def _pool(self, request: Message, hash_seed: int) -> Pool:
        """Return the workers that stand ready for the request; end those that nobody needs now."""
        ended: list[Pool] = []
        with self._lock:
            wanted = standing(request).get("module")
            if wanted is not None:
                ended = self._take(lambda one: one != wanted and one not in self._held)
            pool = self._pools.setdefault(server_name(request, hash_seed), Pool())
        for one in ended:
            one.close()
        return pool

    def _take(self, unwanted: Callable[[Message], bool]) -> list[Pool]:
        """Take out the workers of these modules, to be ended."""
        modules = {name: json.loads(name)[0].get("module") for name in self._pools}
        names = [name for name, one in modules.items() if one is not None and unwanted(one)]
        return [self._pools.pop(name) for name in names]

    def _server(self, pool: Pool, request: Message, hash_seed: int) -> ForkServer | None:
        """Return a standing worker for the request, or None where there can be none."""
        server = self._started(pool, request, hash_seed)
        if server is None:
            return None
        return server if self._is_ready(server, pool, server_name(request, hash_seed)) else None

    def _is_ready(self, server: ForkServer, pool: Pool, name: str) -> bool:
        """Wait until a worker stands ready; note why it can't, and tell."""
        if not server.unfit:
            return True
        if not self.turns.stopped:
            self.unfit[name] = server.unfit
        pool.servers.remove(server)
        return False

    def _started(self, pool: Pool, request: Message, hash_seed: int) -> ForkServer | None:
        """Return a worker that stands ready for the request, or will, or can't; None if busy."""
        base, job = standing(request), str(request["job"])
        name = server_name(request, hash_seed)
        if sys.platform != "linux":
            self.unfit[name] = "forks of a process with native libraries are safe on Linux only"
        if name in self.unfit:
            return None
        pool.servers[:] = [server for server in pool.servers if server.alive or server.busy]
        for server in pool.servers:
            if not server.busy:
                return server
        if len(pool.servers) >= MOST_ALIKE:
            return None
        server = ForkServer(self._start(base, job, START_SECONDS, hash_seed))
        pool.servers.append(server)
        return server

    def _placed(self, request: Message) -> Message:
        where = {"original": str(self.place.original), "copy": str(self.place.copy)}
        return {**where, **request}

    def _start(
        self, request: Message, job: str, seconds: float | None, hash_seed: int
    ) -> Conversation:
        """Start a worker with the rights of this job."""
        self.turns.go_on()
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
        if trusted and job in TEST_JOBS:
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
        stderr = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the conversation)
        process = self.sandbox.start(
            [str(place.python), str(self.entry)],
            cwd=place.copy,
            env=environment,
            policy=policy,
            stderr=stderr,
        )
        worker = Conversation(self.sandbox, process, stderr, self._placed(request), limits.seconds)
        with self._lock:
            self._live.add(worker)
        if self.turns.stopped:  # before this one was among those to be ended
            worker.close()
        self.turns.go_on()
        return worker

    def close(self) -> None:
        """End the standing workers; so does the end of the session's life."""
        close_all(self._pools)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def install_worker(scratch: Path) -> Path:
    """Copy the worker's files into scratch, where the sandbox may read them; return its entry."""
    folder = scratch / "worker"
    if not folder.exists():
        shutil.copytree(
            Path(__file__).parent / "worker", folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder / "start.py"

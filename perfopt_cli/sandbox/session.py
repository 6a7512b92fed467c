"""perfopt's side of a worker: start it in the sandbox, talk to it, end it.

Messages are taken only with a right MAC and in order. Whatever else arrives
(a forged, cut or extra line, an early end) ends the conversation as a failure.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import selectors
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from perfopt_cli.sandbox.isolate import Policy, Sandbox
from perfopt_cli.sandbox.place import Workplace

Message = dict[str, Any]
MAX_LINE = 64 * 2**20
STDERR_TAIL = 4000
TRUSTED_JOBS = ("profile", "record", "fuzz", "shrink")
TEST_JOBS = ("profile", "record", "suite")


class Ending(Enum):
    """How a worker ended."""

    DONE = "done"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    FORGED = "sent a message that is not the worker's"


class Session:
    """Starts workers in one sandbox over one workplace.

    ``memory_bytes`` bounds the address space of workers that are not trusted;
    None until it is known what the unchanged project needs.
    """

    def __init__(self, sandbox: Sandbox, place: Workplace) -> None:
        self.sandbox = sandbox
        self.place = place
        self.memory_bytes: int | None = None
        self.entry = install_worker(place.scratch)

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
        trusted = request["job"] in TRUSTED_JOBS
        place = self.place
        limits = place.limits if seconds is None else replace(place.limits, seconds=seconds)
        if not trusted:
            limits = replace(limits, memory_bytes=self.memory_bytes)
        policy = Policy(
            readable=(*place.readable, self.entry.parent, place.shared, place.copy),
            writable=place.writable(trusted=trusted, tests=request["job"] in TEST_JOBS),
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
        where = {"original": str(place.original), "copy": str(place.copy)}
        return Conversation(self.sandbox, process, stderr, {**where, **request}, limits.seconds)


def install_worker(scratch: Path) -> Path:
    """Copy the worker's files into scratch, where the sandbox may read them; return its entry."""
    folder = scratch / "worker"
    if not folder.exists():
        shutil.copytree(
            Path(__file__).parent / "worker", folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder / "start.py"


class Conversation:
    """A running worker. Iterate over its messages, then look at ``ending``."""

    def __init__(
        self,
        sandbox: Sandbox,
        process: subprocess.Popen[bytes],
        stderr: BinaryIO,
        request: Message,
        seconds: float,
    ) -> None:
        self._sandbox = sandbox
        self._process = process
        self._stderr = stderr
        self._nonce = secrets.token_hex(32)
        self._number = 0
        self._buffer = bytearray()
        self._deadline = time.monotonic() + seconds
        self._last = ""
        self._closed = False
        self._lock = threading.RLock()
        self.ending: Ending | None = None
        self.returncode: int | None = None
        self.errors = ""
        self.send({**request, "nonce": self._nonce})

    @property
    def pid(self) -> int:
        """The process that was started; the worker is it, or a descendant of it."""
        return self._process.pid

    def send(self, message: Message) -> None:
        """Send one message; a worker that is gone is noticed by the next receive."""
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(json.dumps(message).encode() + b"\n")
            stdin.flush()
        except (OSError, ValueError):  # ValueError: another thread closed it
            return

    def allow(self, seconds: float) -> None:
        """Move the deadline: so many seconds from now."""
        self._deadline = time.monotonic() + seconds

    def __iter__(self) -> Iterator[Message]:
        while (message := self.receive()) is not None:
            yield message

    def receive(self) -> Message | None:
        """Return the next message, or None at the end (see ``ending``)."""
        with self._lock:
            line = None if self.ending is not None or self._closed else self._read_line()
        if line is None:
            return None
        message = self._check(line)
        if message is None or self._last == "done":
            self._end(Ending.FORGED)
            return None
        self._last = str(message["kind"])
        if self._last == "done":
            return self.receive()
        return message

    def _check(self, line: bytes) -> Message | None:
        mac, _, text = line.partition(b" ")
        payload = b"%d:" % self._number + text
        wanted = hmac.new(self._nonce.encode(), payload, hashlib.sha256).hexdigest().encode()
        if not hmac.compare_digest(mac, wanted):
            return None
        self._number += 1
        message = json.loads(text.decode("utf-8", "surrogatepass"))
        return message if isinstance(message, dict) and "kind" in message else None

    def _read_line(self) -> bytes | None:
        stdout = self._process.stdout
        assert stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            searched = 0
            while (end := self._buffer.find(b"\n", searched)) < 0:
                searched = len(self._buffer)
                left = self._deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    self._end(Ending.TIMED_OUT)
                    return None
                chunk = os.read(stdout.fileno(), 1 << 16)
                if not chunk:
                    done = self._last == "done" and not self._buffer
                    self._end(Ending.DONE if done else Ending.CRASHED)
                    return None
                self._buffer += chunk
                if len(self._buffer) > MAX_LINE:
                    self._end(Ending.FORGED)
                    return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _end(self, ending: Ending) -> None:
        self.ending = ending
        self.close()

    def close(self) -> None:
        """Kill what still runs, keep the last of its stderr, free the pipes. Idempotent.

        Any thread may call it: the worker's end wakes one that waits for a message.
        """
        if self._closed:
            return
        if self.ending is Ending.DONE:
            self._wait_briefly()
        self._sandbox.stop(self._process)
        # A pipe that is closed while a selector waits for it would never wake that.
        with self._lock:
            self._free()

    def _free(self) -> None:
        if self._closed:
            return
        self._closed = True
        self.returncode = self._process.poll()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, size - STDERR_TAIL))
        self.errors = self._stderr.read().decode("utf-8", "replace")
        self._stderr.close()

    def _wait_briefly(self) -> None:
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return

    def __enter__(self) -> Conversation:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

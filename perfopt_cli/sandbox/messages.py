"""Signed messages of a process in the sandbox.

Messages are taken only with a right MAC and in order. Whatever else arrives
(a forged, cut or extra line, an early end) ends the reading as a failure.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Iterator
from enum import Enum
from types import TracebackType
from typing import Any, TypeVar

M = TypeVar("M", bound="Messages")
Message = dict[str, Any]
MAX_LINE = 64 * 2**20


class Ending(Enum):
    """How a worker ended."""

    DONE = "done"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    FORGED = "sent a message that is not the worker's"


class Messages:
    """Signed messages from a process. Iterate over them, then look at ``ending``."""

    def __init__(self, process: subprocess.Popen[bytes], nonce: str, seconds: float) -> None:
        self._process = process
        self._nonce = nonce
        self._number = 0
        self._buffer = bytearray()
        self._deadline = time.monotonic() + seconds
        self._last = ""
        self._closed = False
        self._lock = threading.RLock()
        self.ending: Ending | None = None
        self.returncode: int | None = None
        self.errors = ""

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process that the messages come from."""
        return self._process

    @property
    def lock(self) -> threading.RLock:
        """Held by who reads messages."""
        return self._lock

    @property
    def pid(self) -> int:
        """The process that was started; the worker is it, or a descendant of it."""
        return self._process.pid

    @property
    def closed(self) -> bool:
        """Whether no more messages are read."""
        return self._closed

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
        if self.ending is None and (message is None or self._last == "done"):
            self._end(Ending.FORGED)
        if message is None or self.ending is not None:
            return None
        self._last = str(message["kind"])
        if self._last == "done":
            return self._done()
        return message

    def _done(self) -> Message | None:
        """Wait for the end that comes after the last message."""
        return self.receive()

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
        if stdout.closed:
            self._end(Ending.CRASHED)
            return None
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
        """End what sends the messages."""
        raise NotImplementedError

    def __enter__(self: M) -> M:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marked = [line[2:].strip() for line in lines if line.startswith("E ")]
    return (marked or lines or [""])[-1 if not marked else 0][:300]

"""A running worker: perfopt sends it a request, reads its messages, and ends it."""

from __future__ import annotations

import fcntl
import os
import secrets
import subprocess
from contextlib import suppress
from typing import BinaryIO

from perfopt_cli.sandbox.isolate import Sandbox
from perfopt_cli.sandbox.messages import Ending, Message, Messages

STDERR_TAIL = 4000
PIPE_BYTES = 2**20


class Conversation(Messages):
    """A running worker; a context manager."""

    def __init__(
        self,
        sandbox: Sandbox,
        process: subprocess.Popen[bytes],
        stderr: BinaryIO,
        request: Message,
        seconds: float,
    ) -> None:
        super().__init__(process, secrets.token_hex(32), seconds)
        self._sandbox = sandbox
        self._stderr = stderr
        widen(process)
        self.send({**request, "nonce": self._nonce})

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
        self.errors = self.stderr_since(0)
        self._stderr.close()

    def stderr_size(self) -> int:
        """Return how many bytes the worker has written to stderr."""
        return os.fstat(self._stderr.fileno()).st_size

    def stderr_since(self, start: int) -> str:
        """Return the last of what was written to stderr from this offset on."""
        if self._stderr.closed:
            return self.errors
        # Not by seeking: the worker writes at the same offset of the same open file.
        size = self.stderr_size()
        start = max(start, size - STDERR_TAIL)
        return os.pread(self._stderr.fileno(), size - start, start).decode("utf-8", "replace")

    def _wait_briefly(self) -> None:
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return


def widen(process: subprocess.Popen[bytes]) -> None:
    """Give the worker's stdout room, so that it goes on while another one is read (Linux)."""
    if process.stdout is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # a user's pipes may have taken their share
            fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

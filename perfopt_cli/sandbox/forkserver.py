"""Jobs in forks of a worker that stands ready: what takes long is done once.

The worker has imported the target's module (or collected the project's tests)
and has never seen a candidate. Each job is done by a fork of it, in the same
sandbox, that is killed and reaped at its end. A fork that leaves a process
behind, or sends what it should not, takes the whole worker with it.
"""

from __future__ import annotations

import secrets

from perfopt_cli.sandbox.conversation import Conversation
from perfopt_cli.sandbox.messages import Ending, Message, Messages, last_line

REAP_SECONDS = 10.0
ENDED = b"ended"


class ForkServer:
    """A worker that is to stand ready, or says that it can't."""

    def __init__(self, worker: Conversation) -> None:
        self.worker = worker
        self.busy = False
        self._unfit: str | None = None

    @property
    def unfit(self) -> str:
        """Why it can't be forked, if it can't; waits until it has prepared itself."""
        if self._unfit is None:
            self._unfit = self._prepared()
            if self._unfit:
                self.worker.close()
        return self._unfit

    def _prepared(self) -> str:
        first = self.worker.receive()
        if first is None:
            self.worker.close()
            return last_line(self.worker.errors) or "the process ended while it was prepared"
        if first["kind"] != "ready":
            return str(first.get("text", "")) or "it can't be prepared"
        return ""

    @property
    def alive(self) -> bool:
        """Whether it takes jobs."""
        return not self.worker.closed

    def open(self, request: Message, seconds: float) -> Forked:
        """Start a fork on the request; one at a time. ``seconds`` is its wall limit."""
        if self.busy:
            raise RuntimeError("the worker has a fork already")
        self.busy = True
        return Forked(self, request, seconds)

    def close(self) -> None:
        """End the worker and all forks of it."""
        self.worker.close()


class Forked(Messages):
    """What a fork does on one request."""

    def __init__(self, server: ForkServer, request: Message, seconds: float) -> None:
        super().__init__(server.worker.process, secrets.token_hex(32), seconds)
        # Who closes the worker's pipes waits until none of them is read from.
        self._lock = server.worker.lock
        self._server = server
        self._written = server.worker.stderr_size()
        self.cpu_ns: int | None = None
        """CPU time of the fork by the kernel, in ns, once it is closed."""
        super().send({"do": "fork", "nonce": self._nonce, "request": request})

    def send(self, message: Message) -> None:
        """Send the fork an order, which the worker hands on; one that is gone gets none."""
        if not self._closed:
            super().send({"do": "tell", "order": message})

    def _check(self, line: bytes) -> Message | None:
        if line == ENDED:
            self._end(Ending.CRASHED)
            return None
        return super()._check(line)

    def _done(self) -> None:
        self._end(Ending.DONE)

    def close(self) -> None:
        """Kill the fork, and keep the last of its stderr. Idempotent."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._close()

    def _close(self) -> None:
        reaping = Reaping(self, self._buffer)
        answer = None if self.ending is Ending.FORGED else reaping.answer()
        worker = self._server.worker
        self.errors = worker.stderr_since(self._written)
        if answer is None or answer["left"]:
            self._server.close()
        if answer is not None:
            self.returncode, self.cpu_ns = int(answer["status"]), int(answer["cpu"])
        if self.ending is Ending.DONE:
            if answer is None or self.returncode:
                self.ending = Ending.CRASHED
            elif reaping.strange:
                self.ending = Ending.FORGED
        self._server.busy = False


class Reaping(Messages):
    """The end of a fork: lines that it sent too much, then the worker's word that it is gone."""

    def __init__(self, forked: Forked, buffer: bytearray) -> None:
        super().__init__(forked.process, secrets.token_hex(32), REAP_SECONDS)
        self._buffer = buffer
        self._done_before = forked.ending is Ending.DONE
        self.strange = 0

    def answer(self) -> Message | None:
        """Have the fork reaped; return what the worker says of it, None where it says nothing."""
        self.send({"do": "reap", "nonce": self._nonce, "done": self._done_before})
        while (line := self._read_line()) is not None:
            if line in (b"", ENDED):
                continue
            message = self._check(line)
            if message is not None and message["kind"] == "reaped":
                return message
            self.strange += 1
        return None

    def close(self) -> None:
        """Leave the worker as it is."""
        self._closed = True

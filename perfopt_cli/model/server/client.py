"""One question to a server, with its repeats; and several at the same time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from queue import SimpleQueue
from typing import Any, TypeVar

from perfopt_cli.core import PerfoptError, ReplyFailed, Target
from perfopt_cli.model.server.address import Address
from perfopt_cli.model.server.answers import Draft, read_drafts, read_whole
from perfopt_cli.model.server.faults import Busy, Cut, Failure, raise_for
from perfopt_cli.model.server.wire import Exchange, Patience

REPEATS = 2
"""How often a request is repeated that a server was too busy for, or broke off."""

_LONGEST_ERROR = 64 * 1024

Answer = TypeVar("Answer")


class Client:
    """Asks one server. ``close``, from any thread, ends all that is under way."""

    def __init__(self, address: Address, patience: Patience) -> None:
        self.address = address
        self.patience = patience
        self._closed = threading.Event()
        self._open: set[Exchange] = set()
        self._lock = threading.Lock()

    def chat(
        self, body: dict[str, Any], target: Target | None, *, repeats: int, at_once: int = 1
    ) -> list[Draft]:
        """Return the replies of the server to a chat request.

        ``at_once`` is how many replies the server is asked for at this time,
        in this request or beside it: it may draw them one after the other.
        Raises TooLong for a prompt that does not fit, ReplyFailed where only
        this request failed, else PerfoptError.
        """
        sent = json.dumps(body).encode()

        def once() -> list[Draft]:
            with self._exchange("POST", "/chat/completions", sent, at_once) as exchange:
                kind = exchange.headers.get("Content-Type", "")
                return read_drafts(self.address, kind.lower(), exchange.pieces(), target)

        return self._repeated(once, repeats)

    def models(self) -> list[str]:
        """Return the names of the server's models. Raises PerfoptError."""

        def once() -> list[str]:
            with self._exchange("GET", "/models") as exchange:
                return _names(read_whole(self.address, exchange.pieces()))

        return self._repeated(once, REPEATS)

    def close(self) -> None:
        """End all requests under way, and refuse further ones."""
        self._closed.set()
        with self._lock:
            for exchange in self._open:
                exchange.abort()

    @contextmanager
    def _exchange(
        self, method: str, path: str, body: bytes | None = None, at_once: int = 1
    ) -> Iterator[Exchange]:
        exchange = Exchange(self.address, self.patience.shared(at_once))
        with self._lock:
            self._open.add(exchange)
        try:
            if self._closed.is_set():
                raise ReplyFailed("the request was called off")
            exchange.send(method, path, body)
            if exchange.status != 200:
                raise_for(self.address, _failure(exchange))
            yield exchange
        finally:
            with self._lock:
                self._open.discard(exchange)
            exchange.close()

    def _repeated(self, once: Callable[[], Answer], repeats: int) -> Answer:
        start = time.monotonic()
        for attempt in count():
            try:
                return once()
            except (Busy, Cut) as error:
                wait = self.patience.repeat * 2 ** min(attempt, 3)
                loading = False
                if isinstance(error, Busy):
                    wait = wait if error.wait is None else error.wait
                    loading = error.loading and time.monotonic() < start + self.patience.loading
                if wait > self.patience.longest_wait or (attempt >= repeats and not loading):
                    raise
                if self._closed.wait(wait):
                    raise
        raise AssertionError("count never ends")


def together(
    ask: Callable[[int], Answer], seeds: Sequence[int], at_once: int
) -> tuple[dict[int, Answer], dict[int, PerfoptError]]:
    """Return the answers, and what failed, by seed; ``at_once`` are asked at the same time.

    With each failure there is one fewer at a time, and seeds may be left over.
    The threads are daemons: where this is interrupted they keep nobody, and end
    when their client is closed.
    """
    waiting = iter(seeds)
    lock = threading.Lock()
    done: SimpleQueue[tuple[int, Answer | BaseException] | None] = SimpleQueue()

    def work() -> None:
        try:
            while True:
                with lock:
                    seed = next(waiting, None)
                if seed is None:
                    return
                try:
                    done.put((seed, ask(seed)))
                except BaseException as error:  # noqa: BLE001  (raised again where it is read)
                    done.put((seed, error))
                    return
        finally:
            done.put(None)

    workers = min(at_once, len(seeds))
    for _ in range(workers):
        threading.Thread(target=work, daemon=True).start()
    answers: dict[int, Answer] = {}
    failures: dict[int, PerfoptError] = {}
    while workers:
        item = done.get()
        if item is None:
            workers -= 1
        elif isinstance(item[1], PerfoptError):
            failures[item[0]] = item[1]
        elif isinstance(item[1], BaseException):
            raise item[1]
        else:
            answers[item[0]] = item[1]
    return answers, failures


def _failure(exchange: Exchange) -> Failure:
    body = b""
    with suppress(Cut):
        for piece in exchange.pieces():
            body += piece
            if len(body) > _LONGEST_ERROR:
                break
    location = exchange.headers.get("Location", "")
    return Failure(exchange.status, body, location, exchange.wait_asked())


def _names(listing: dict[str, Any]) -> list[str]:
    found = listing.get("data") or listing.get("models") or ()
    models = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    names = [one.get("id") or one.get("name") for one in models]
    return [name for name in names if isinstance(name, str)]

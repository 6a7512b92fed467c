"""A server on this machine that speaks the OpenAI chat API, or fails at it as a test wants."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler", dict[str, Any]], None]


@dataclass
class Server:
    """What a test sees of it: where it is, and what it was asked."""

    place: str
    models: list[str]
    stopping: threading.Event = field(default_factory=threading.Event)
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    broken: threading.Event = field(default_factory=threading.Event)
    under_way: int = 0
    most_under_way: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.place}/v1"


class Handler(BaseHTTPRequestHandler):
    """One connection. ``say`` answers at once, ``stream`` in events."""

    protocol_version = "HTTP/1.1"
    server: Listener

    def do_GET(self) -> None:
        self._note()
        if self.path == "/v1/models":
            names = self.server.seen.models
            self.say({"object": "list", "data": [{"id": name} for name in names]})
        else:
            self.say({"detail": "Not Found"}, 404)

    def do_POST(self) -> None:
        self._note()
        size = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(size))
        seen = self.server.seen
        if self.path != "/v1/chat/completions":
            return self.say({"detail": "Not Found"}, 404)
        with self.server.counting:
            seen.asked.append(body)
            seen.under_way += 1
            seen.most_under_way = max(seen.most_under_way, seen.under_way)
        try:
            self.server.behave(self, body)
        except ConnectionError:
            seen.broken.set()
            self.close_connection = True
        finally:
            with self.server.counting:
                seen.under_way -= 1

    def say(
        self,
        answer: object,
        status: int = 200,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        """Answer with an object, or a text as it is."""
        sent = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": kind, "Content-Length": str(len(sent)), **(headers or {})
        }.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def start_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def event(self, data: object) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        self.chunk(f"data: {text}\n\n".encode())

    def chunk(self, sent: bytes) -> None:
        self.wfile.write(f"{len(sent):x}\r\n".encode() + sent + b"\r\n")

    def end_stream(self) -> None:
        self.event("[DONE]")
        self.chunk(b"")

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _note(self) -> None:
        self.server.seen.paths.append(self.path)
        self.server.seen.keys.append(self.headers.get("Authorization"))


class Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, behave: Behaviour, models: Sequence[str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behave = behave
        self.counting = threading.Lock()
        self.seen = Server(f"127.0.0.1:{self.server_port}", list(models))

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what many tests are about."""
        self.seen.broken.set()


@contextmanager
def serving(behave: Behaviour, *, models: Sequence[str] = ("tiny",)) -> Iterator[Server]:
    """Run the server until the block ends."""
    listener = Listener(behave, models)
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield listener.seen
    finally:
        listener.seen.stopping.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


def choice(text: str, index: int = 0, finish: str | None = "stop") -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {"index": index, "message": message, "finish_reason": finish}


def delta(text: str | None, index: int = 0, finish: str | None = None) -> dict[str, Any]:
    piece = {"index": index, "delta": {"content": text}, "finish_reason": finish}
    return {"object": "chat.completion.chunk", "choices": [piece]}


def whole(reply: Callable[[dict[str, Any]], str], *, takes_n: bool = True) -> Behaviour:
    """Answer in one object, with n replies or, as Ollama does, with one."""

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        count = body.get("n", 1) if takes_n else 1
        handler.say({"choices": [choice(reply(body), index) for index in range(count)]})

    return behave


def streamed(reply: Callable[[dict[str, Any]], str]) -> Behaviour:
    """Answer with one reply, in a stream of lines."""

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        handler.chunk(b": ping\n\n")
        for line in reply(body).splitlines(keepends=True):
            handler.event(delta(line))
        handler.event(delta(None, finish="stop"))
        handler.event({"choices": [], "usage": {"total_tokens": 3}})
        handler.end_stream()

    return behave


def failing(
    status: int, answer: object, *, headers: dict[str, str] | None = None, times: int = 10**6
) -> Callable[[Behaviour], Behaviour]:
    """Answer with an error so often, then as the other behaviour does."""
    left = [times]

    def around(other: Behaviour) -> Behaviour:
        def behave(handler: Handler, body: dict[str, Any]) -> None:
            left[0] -= 1
            if left[0] >= 0:
                handler.say(answer, status, headers)
            else:
                other(handler, body)

        return behave

    return around


def silent(handler: Handler, body: dict[str, Any]) -> None:
    """Take the request and never answer."""
    handler.server.seen.stopping.wait(30)


def cut_short(handler: Handler, body: dict[str, Any]) -> None:
    """End the connection in the middle of a stream."""
    handler.start_stream()
    handler.event(delta("def total("))
    handler.close_connection = True

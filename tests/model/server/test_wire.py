"""Proxies, and connections by TLS with a certificate made here."""

from __future__ import annotations

import base64
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from chat_server import Listener, delta, streamed

from perfopt_cli.core import PerfoptError, Target
from perfopt_cli.model.prompt import build_prompt
from perfopt_cli.model.server.address import read_address
from perfopt_cli.model.server.model import ServedModel
from perfopt_cli.model.server.wire import Patience

ANSWER = b'{"choices": [{"index": 0, "message": {"content": "fine"}, "finish_reason": "stop"}]}'
BRIEF = Patience(connect=5, first=20, between=20, total=20, repeat=0.01)


def model_for(url: str) -> ServedModel:
    return ServedModel(read_address(url, {}, by_user=True), patience=BRIEF)


@contextmanager
def proxy() -> Iterator[tuple[int, list[bytes]]]:
    """Answer one request as if the server behind had; yield the port, and what was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_one() -> None:
            client, _ = listener.accept()
            with client:
                asked.append(client.recv(65536))
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(ANSWER)}\r\n\r\n"
                client.sendall(head.encode() + ANSWER)

        thread = threading.Thread(target=answer_one, daemon=True)
        thread.start()
        yield listener.getsockname()[1], asked
        thread.join(5)


def test_a_server_elsewhere_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy() as (port, asked):
        monkeypatch.setenv("http_proxy", f"http://me:pass%20word@127.0.0.1:{port}")
        monkeypatch.setenv("no_proxy", "localhost")
        assert model_for("http://models.example:81/v1#m").generate("hello", n=1) == ["fine"]
    assert asked[0].startswith(b"POST http://models.example:81/v1/chat/completions HTTP/1.1\r\n")
    login = base64.b64encode(b"me:pass word")
    assert b"\r\nProxy-Authorization: Basic " + login + b"\r\n" in asked[0]


def test_a_proxy_of_another_kind_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1080")
    with pytest.raises(PerfoptError, match=r"put models\.example into NO_PROXY"):
        model_for("http://models.example/v1#m").generate("hello", n=1)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = [*command.split(), *names, "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return both


@contextmanager
def serving_by_tls(certificate: Path, listener: Listener) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{listener.server_port}/v1#m"
    finally:
        listener.seen.stopping.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Path) -> None:
    listener = Listener(streamed(lambda body: "fine"), [])
    with (
        serving_by_tls(certificate, listener) as url,
        pytest.raises(PerfoptError, match=r"is not trusted .*SSL_CERT_FILE"),
    ):
        model_for(url).generate("hello", n=1)
    assert listener.seen.asked == []


def test_a_trusted_certificate_is_enough(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving_by_tls(certificate, Listener(streamed(lambda body: "fine"), [])) as url:
        assert model_for(url).generate("hello", n=3) == ["fine"] * 3


def test_a_stream_by_tls_is_left_at_the_end_of_the_function(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    target = Target("a.py", "f", 1, "def f(x):\n    return x + 0\n")

    def behave(handler: object, body: object) -> None:
        assert isinstance(handler, listener.RequestHandlerClass)
        handler.start_stream()
        handler.event(delta("```python\ndef f(x):\n    return x\n```\n"))
        while not listener.seen.stopping.wait(0.01):
            handler.event(delta("and so on\n"))

    listener = Listener(behave, [])
    with serving_by_tls(certificate, listener) as url:
        [text] = model_for(url).generate(build_prompt(target, ""), n=1)
        assert listener.seen.broken.wait(10)
    assert "return x\n" in text

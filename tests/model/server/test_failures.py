"""What a server can do wrong, and what the user is told then."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from chat_server import (
    Behaviour,
    Handler,
    Server,
    cut_short,
    delta,
    failing,
    serving,
    silent,
    streamed,
    whole,
)

from perfopt_cli.core import PerfoptError, ReplyFailed
from perfopt_cli.model.server.address import Address, read_address
from perfopt_cli.model.server.faults import Busy, Cut, Failure, raise_for
from perfopt_cli.model.server.model import ServedModel
from perfopt_cli.model.server.wire import Patience, reaching

BRIEF = {"connect": 5.0, "first": 20.0, "between": 20.0, "total": 20.0, "repeat": 0.01}
PAGE = "<!doctype html><title>My shop</title>"
GOOD = streamed(lambda body: "fine")


def model_for(url: str, key: str = "", **patience: float) -> ServedModel:
    environ = {"OPENAI_API_KEY": key}
    address = read_address(url, environ, by_user=True)
    return ServedModel(address, patience=Patience(**{**BRIEF, **patience}))


def model_at(server: Server, **patience: float) -> ServedModel:
    return model_for(f"{server.url}#tiny", **patience)


def failure(behave: Behaviour, n: int = 1, **patience: float) -> tuple[PerfoptError, Server]:
    with serving(behave) as server:
        with pytest.raises(PerfoptError) as error:
            model_at(server, **patience).generate("hello", n=n)
        return error.value, server


@contextmanager
def listening(answer: bytes) -> Iterator[int]:
    """Take connections, answer each with these bytes, and yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_one() -> None:
            client, _ = listener.accept()
            with client:
                client.recv(65536)
                client.sendall(answer)

        thread = threading.Thread(target=answer_one, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_port_where_nothing_listens_is_reported_with_how_to_start_a_server() -> None:
    port = unused_port()
    with pytest.raises(PerfoptError, match=f"nothing listens at 127.0.0.1:{port}; .*ollama serve"):
        model_for(f"http://127.0.0.1:{port}/v1#m").generate("hello", n=1)


def test_a_port_where_nothing_listens_is_found_by_a_check() -> None:
    with pytest.raises(PerfoptError, match="nothing listens"):
        model_for(f"http://127.0.0.1:{unused_port()}/v1#m").check()


def test_a_host_that_does_not_exist_is_reported() -> None:
    address = Address("http", "no-such-host", 1)
    with (
        pytest.raises(PerfoptError, match="the host no-such-host is not known"),
        reaching(address, Patience()),
    ):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_what_does_not_speak_http_is_reported() -> None:
    with (
        listening(b"SSH-2.0-OpenSSH_9.6\r\n") as port,
        pytest.raises(PerfoptError, match="does not speak HTTP"),
    ):
        model_for(f"http://127.0.0.1:{port}/v1#m").generate("hello", n=1)


def test_a_plain_server_asked_by_https_is_reported() -> None:
    with (
        listening(b"HTTP/1.0 400 Bad Request\r\n\r\n") as port,
        pytest.raises(PerfoptError, match="does not speak https; use http://"),
    ):
        model_for(f"https://127.0.0.1:{port}/v1#m").generate("hello", n=1)


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_a_web_page_is_no_chat_api(kind: str) -> None:
    error, server = failure(lambda handler, body: handler.say(PAGE, kind=kind))
    assert "answers with a web page, so it is not the chat API" in str(error)
    assert len(server.asked) == 1


def test_a_server_without_a_list_of_models_may_still_chat() -> None:
    with serving(GOOD) as server:
        model_for(f"http://{server.place}/v1/chat/..#tiny").check()


def test_a_web_page_as_an_error_is_not_shown() -> None:
    error, _ = failure(lambda handler, body: handler.say(PAGE, 404, kind="text/html"))
    assert "has no chat API (status 404)" in str(error)
    assert "doctype" not in str(error)


def test_a_forgotten_path_is_asked_for() -> None:
    with (
        serving(GOOD) as server,
        pytest.raises(PerfoptError, match=r"did you forget /v1, as in http://[\d.:]+/v1\?"),
    ):
        model_for(f"http://{server.place}#tiny").generate("hello", n=1)


def test_text_that_is_no_json_is_no_chat_api() -> None:
    error, _ = failure(lambda handler, body: handler.say("hello", kind="text/plain"))
    assert "something that is not JSON" in str(error)


@pytest.mark.parametrize("answer", [{}, [], {"choices": []}, {"choices": "none"}, "null"])
def test_json_without_a_reply_is_reported(answer: object) -> None:
    error, _ = failure(lambda handler, body: handler.say(answer))
    assert "is it a chat API?" in str(error) or "not the chat API" in str(error)


@pytest.mark.parametrize(
    "told",
    [
        {"error": {"message": "The model `tiny` does not exist.", "code": 404}},
        {"error": {"message": 'model "tiny" not found, try pulling it first'}},
        {"error": "model 'tiny' not found"},
        {"error": {"message": "Invalid model identifier", "code": "model_not_found"}},
    ],
)
def test_a_model_that_is_not_there_is_reported_with_those_that_are(told: object) -> None:
    with serving(failing(404, told)(GOOD), models=["a:1b", "b:2b"]) as server:
        with pytest.raises(PerfoptError, match="has no model 'tiny'") as error:
            model_at(server).generate("hello", n=1)
        assert str(error.value).endswith("it has a:1b, b:2b")


def test_a_server_with_several_models_asks_for_a_name() -> None:
    with (
        serving(GOOD, models=["a", "b"]) as server,
        pytest.raises(PerfoptError, match=r"several models.*#NAME': a, b"),
    ):
        model_for(server.url).check()


def test_a_server_without_models_is_reported() -> None:
    with (
        serving(GOOD, models=[]) as server,
        pytest.raises(PerfoptError, match="has no model; get one"),
    ):
        model_for(server.url).generate("hello", n=1)


def test_a_busy_server_is_asked_again() -> None:
    told = {"error": {"message": "too many requests"}}
    with serving(failing(429, told, headers={"Retry-After": "0"}, times=2)(GOOD)) as server:
        assert model_at(server).generate("hello", n=1) == ["fine"]
        assert len(server.asked) == 3


def test_a_busy_server_is_not_asked_for_ever() -> None:
    error, server = failure(failing(500, {"error": "oh"}, headers={"Retry-After": "0"})(GOOD))
    assert isinstance(error, ReplyFailed)
    assert "fails (status 500): oh" in str(error)
    assert len(server.asked) == 3


def test_a_server_that_asks_for_a_long_wait_is_left() -> None:
    error, server = failure(failing(429, "", headers={"Retry-After": "3600"})(GOOD))
    assert isinstance(error, Busy)
    assert len(server.asked) == 1


def test_a_date_to_wait_for_is_understood() -> None:
    then = {"Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT"}
    with serving(failing(503, "", headers=then, times=1)(GOOD)) as server:
        assert model_at(server).generate("hello", n=1) == ["fine"]


def test_a_server_that_loads_its_model_is_waited_for() -> None:
    told = {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}
    with serving(failing(503, told, headers={"Retry-After": "0"}, times=9)(GOOD)) as server:
        assert model_at(server).generate("hello", n=1) == ["fine"]


def test_a_connection_cut_in_a_reply_is_asked_again_and_then_reported() -> None:
    error, server = failure(cut_short)
    assert isinstance(error, Cut)
    assert "ended the connection before its answer was complete" in str(error)
    assert len(server.asked) == 3


def test_a_stream_that_just_ends_is_half_a_reply() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        handler.event(delta("def total("))
        handler.chunk(b"")

    assert "broke off in the middle" in str(failure(behave)[0])


def test_half_an_object_is_half_a_reply() -> None:
    error, _ = failure(lambda handler, body: handler.say('{"choices": [{"mess'))
    assert isinstance(error, Cut)


def test_a_body_shorter_than_announced_is_half_a_reply() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.say('{"choices": []}', headers={"Content-Length": "500"})
        handler.close_connection = True

    assert isinstance(failure(behave)[0], Cut)


def test_a_server_that_never_answers_is_left_and_not_asked_again() -> None:
    error, server = failure(silent, first=0.2)
    assert isinstance(error, ReplyFailed)
    assert "sends nothing any more" in str(error)
    assert len(server.asked) == 1


def test_a_stream_that_stops_is_left() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        handler.event(delta("def"))
        silent(handler, body)

    error, _ = failure(behave, between=0.2)
    assert "sends nothing any more" in str(error)


def test_a_stream_that_never_ends_is_left() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        while not handler.server.seen.stopping.wait(0.01):
            handler.event(delta("la "))

    error, _ = failure(behave, total=0.3)
    assert isinstance(error, ReplyFailed)
    assert "did not finish an answer in 0.3 s" in str(error)


def test_an_answer_without_bounds_is_left() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        while not handler.server.seen.stopping.is_set():
            handler.chunk(b"x" * 2**20 + b"\n")

    assert "more than 8 MiB" in str(failure(behave)[0])


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_is_not_followed(status: int) -> None:
    with serving(GOOD) as other:
        to = {"Location": f"{other.url}/chat/completions?secret=1"}
        error, _ = failure(failing(status, "", headers=to)(GOOD))
        assert f"sends its requests on to {other.url}/chat/completions, and" in str(error)
        assert other.paths == []


def test_a_server_that_wants_a_key_is_told_how() -> None:
    error, server = failure(failing(401, {"error": "who are you"})(GOOD))
    assert "asks for a key; set OPENAI_API_KEY" in str(error)
    assert len(server.asked) == 1


def test_a_wrong_key_is_not_shown_even_where_the_server_repeats_it() -> None:
    told = {"error": {"message": "Incorrect API key provided: sk-hidden."}}
    with (
        serving(failing(401, told)(GOOD)) as server,
        pytest.raises(PerfoptError, match="does not accept the key in OPENAI_API_KEY") as error,
    ):
        model_for(f"{server.url}#tiny", key="sk-hidden").generate("hello", n=1)
    assert "sk-hidden" not in str(error.value)


def test_a_key_that_no_header_can_hold_is_not_shown() -> None:
    with (
        serving(GOOD) as server,
        pytest.raises(PerfoptError, match="OPENAI_API_KEY has characters") as error,
    ):
        model_for(f"{server.url}#tiny", key="sk-\nhidden").generate("hello", n=1)
    assert "hidden" not in str(error.value)


def test_a_servers_words_can_not_move_the_terminals_cursor() -> None:
    address = Address("http", "localhost", 1)
    told = b'{"error": "\\u001b[2Jgone\\r\\nby ' + b"x" * 999 + b'"}'
    with pytest.raises(PerfoptError) as error:
        raise_for(address, Failure(418, told))
    assert "[2Jgone by xxx" in str(error.value)
    assert "\x1b" not in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("n", [1, 6])
def test_an_interrupt_ends_the_requests_at_once(n: int) -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if body["seed"] == min(1, n - 1):
            main = threading.main_thread().ident
            assert main is not None
            signal.pthread_kill(main, signal.SIGINT)
        if body["seed"] or n == 1:
            silent(handler, body)
        whole(lambda body: "fine")(handler, body)

    start = time.monotonic()
    with serving(behave) as server:
        model = model_at(server, first=60, total=60)
        model._takes_n = False
        with pytest.raises(KeyboardInterrupt):
            model.generate("hello", n=n)
        assert time.monotonic() - start < 15

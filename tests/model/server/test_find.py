from __future__ import annotations

import socket

from chat_server import serving, streamed

from perfopt_cli.model.server.find import Found, find_servers

GOOD = streamed(lambda body: "fine")


def test_a_server_at_a_usual_port_is_found_with_its_models() -> None:
    with serving(GOOD, models=["a", "b"]) as server:
        port = int(server.place.rpartition(":")[2])
        assert list(find_servers({"OPENAI_API_KEY": "k"}, [port])) == [
            Found(f"http://localhost:{port}/v1", ("a", "b"))
        ]
        assert server.keys == [None]


def test_ports_where_nothing_answers_are_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent = listener.getsockname()[1]
        assert list(find_servers({}, [silent])) == []


def test_the_base_url_is_asked_once_and_with_the_key() -> None:
    with serving(GOOD) as server:
        port = int(server.place.rpartition(":")[2])
        environ = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "k"}
        assert list(find_servers(environ, [port])) == [Found(server.url, ("tiny",))]
        assert server.keys == ["Bearer k"]


def test_a_base_url_elsewhere_is_not_asked() -> None:
    [found] = find_servers({"OPENAI_BASE_URL": "https://models.example/v1"}, [])
    assert found == Found("https://models.example/v1", problem="not asked: elsewhere")


def test_a_base_url_that_is_none_is_a_problem() -> None:
    [found] = find_servers({"OPENAI_BASE_URL": "models"}, [])
    assert "the form is" in found.problem

from __future__ import annotations

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.server.address import Address, base_address, read_address

KEY = {"OPENAI_API_KEY": " secret-key\n"}


def read(spec: str, environ: dict[str, str] | None = None, *, by_user: bool = True) -> Address:
    return read_address(spec, environ or {}, by_user=by_user)


def test_a_spec_names_a_server_and_a_model() -> None:
    found = read("http://localhost:11434/v1#qwen2.5-coder:1.5b")
    assert (found.base, found.model) == ("http://localhost:11434/v1", "qwen2.5-coder:1.5b")
    assert found.spec == "http://localhost:11434/v1#qwen2.5-coder:1.5b"


@pytest.mark.parametrize(
    ("spec", "base"),
    [
        ("http://localhost/v1/", "http://localhost/v1"),
        ("https://host:443", "https://host"),
        ("HTTP://Host:1/V1", "http://host:1/V1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
    ],
)
def test_ports_cases_and_slashes_are_put_right(spec: str, base: str) -> None:
    assert read(spec).base == base


def test_a_spec_without_a_name_leaves_the_model_open() -> None:
    assert read("http://localhost:8080/v1").model == ""


def test_a_name_alone_is_a_model_of_the_base_url() -> None:
    environ = {"OPENAI_BASE_URL": "https://models.example:8443/v1/"}
    assert read("#small", environ).spec == "https://models.example:8443/v1#small"


def test_a_name_alone_without_a_base_url_is_reported() -> None:
    with pytest.raises(PerfoptError, match="OPENAI_BASE_URL is not set"):
        read("#small")


@pytest.mark.parametrize(
    "url",
    ["localhost:11434/v1", "http://", "http://h:port/v1", "http://h/v1?a=b", "http://h:99999"],
)
def test_a_base_url_that_is_none_is_reported(url: str) -> None:
    with pytest.raises(PerfoptError, match=r"OPENAI_BASE_URL.*the form is http://HOST:PORT"):
        base_address({"OPENAI_BASE_URL": url})


def test_a_key_in_the_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(PerfoptError, match="OPENAI_API_KEY") as error:
        read("https://me:hunter2@host/v1#m")
    assert "hunter2" not in str(error.value)


def test_a_key_in_a_broken_url_is_not_repeated() -> None:
    with pytest.raises(PerfoptError) as error:
        read("https://me:hunter2@host/v1?x#m")
    assert "hunter2" not in str(error.value)


def test_the_key_goes_to_the_server_that_the_user_named() -> None:
    assert read("https://host/v1#m", KEY).key == "secret-key"


def test_the_key_is_not_shown_with_the_address() -> None:
    assert "secret" not in repr(read("https://host/v1#m", KEY))


def test_a_projects_file_may_name_a_server_here_which_gets_no_key() -> None:
    assert read("http://localhost:8080/v1#m", KEY, by_user=False).key == ""


def test_a_projects_file_may_not_name_a_server_elsewhere() -> None:
    with pytest.raises(PerfoptError, match="has to be named on the command line"):
        read("https://elsewhere.example/v1#m", KEY, by_user=False)


@pytest.mark.parametrize("spec", ["#m", "https://host/v1#m"])
def test_a_projects_file_may_name_a_model_of_the_base_url(spec: str) -> None:
    environ = {**KEY, "OPENAI_BASE_URL": "https://host/v1"}
    found = read(spec, environ, by_user=False)
    assert (found.spec, found.key) == ("https://host/v1#m", "secret-key")


@pytest.mark.parametrize(
    "host", ["localhost", "a.localhost", "127.0.0.1", "127.8.8.8", "[::1]", "0.0.0.0"]
)
def test_nothing_is_noted_about_servers_on_this_machine(host: str) -> None:
    assert read(f"http://{host}:1/v1").notes == ()


@pytest.mark.parametrize("host", ["192.168.1.5", "localhost.example", "models.example"])
def test_a_note_says_that_code_leaves_the_machine(host: str) -> None:
    [note] = read(f"https://{host}/v1").notes
    assert note == f"code of this project is sent to {host}, which is not this machine"


def test_a_note_says_that_code_travels_unencrypted() -> None:
    [note] = read("http://models.example/v1").notes
    assert note.endswith(", unencrypted")

"""A served model's replies, from a server that these tests start."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from chat_server import (
    Behaviour,
    Handler,
    Server,
    choice,
    delta,
    failing,
    serving,
    streamed,
    whole,
)

from perfopt_cli.core import Target
from perfopt_cli.model.prompt import TooLong, build_prompt
from perfopt_cli.model.server.address import read_address
from perfopt_cli.model.server.model import AT_ONCE, ServedModel
from perfopt_cli.model.server.wire import Patience

SLOW = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n"
FAST = "```python\ndef total(values):\n    return sum(values)\n```\n"
MODULE = "import math\nLIMIT = 3\n\n\n" + SLOW.replace("result = 0", "result = LIMIT")
TARGET = Target("a.py", "total", 5, SLOW.replace("result = 0", "result = LIMIT"))
BRIEF = Patience(connect=5, first=20, between=20, total=20, repeat=0.01)


def model_at(server: Server, name: str = "#tiny", **patience: float) -> ServedModel:
    limits = Patience(**{**{k: getattr(BRIEF, k) for k in BRIEF.__slots__}, **patience})
    return ServedModel(read_address(server.url + name, {}, by_user=True), patience=limits)


def replies(behave: Behaviour, n: int, prompt: str = "hello") -> tuple[list[str], Server]:
    with serving(behave) as server:
        return list(model_at(server).generate(prompt, n=n)), server


def seed_of(body: dict[str, Any]) -> str:
    return f"seed {body['seed']}"


def test_the_first_reply_is_greedy_and_the_others_are_not() -> None:
    _, server = replies(streamed(seed_of), 4)
    warmth = {body["seed"]: body["temperature"] for body in server.asked}
    assert warmth.pop(0) == 0.0
    assert set(warmth.values()) == {0.8}
    assert "top_p" not in server.asked[0]
    assert server.asked[1]["top_p"] == 0.95


def test_a_server_that_takes_n_is_asked_twice() -> None:
    texts, server = replies(whole(seed_of), 5)
    assert texts == ["seed 0"] + ["seed 1"] * 4
    assert [body.get("n", 1) for body in server.asked] == [1, 4]


def test_a_server_that_ignores_n_is_asked_with_distinct_seeds() -> None:
    texts, server = replies(whole(seed_of, takes_n=False), 5)
    assert texts == [f"seed {seed}" for seed in range(5)]
    assert len(server.asked) == 5


def test_a_server_that_ignored_n_is_not_asked_for_it_again() -> None:
    with serving(whole(seed_of, takes_n=False)) as server:
        model = model_at(server)
        model.generate("a", n=4)
        server.asked.clear()
        assert len(model.generate("b", n=4)) == 4
    assert not any("n" in body for body in server.asked)


def test_a_server_that_refuses_n_is_asked_one_by_one() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if body.get("n", 1) > 1:
            handler.say({"error": {"message": "n_cmpl cannot be greater than 1"}}, 400)
        else:
            whole(seed_of)(handler, body)

    texts, _ = replies(behave, 4)
    assert texts == [f"seed {seed}" for seed in range(4)]


def test_single_replies_are_asked_for_a_few_at_a_time() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if body["seed"]:
            handler.server.seen.stopping.wait(0.05)
        whole(seed_of, takes_n=False)(handler, body)

    _, server = replies(behave, 12)
    assert 1 < server.most_under_way <= AT_ONCE


def test_a_server_that_answers_one_at_a_time_is_waited_for_so_much_longer() -> None:
    turn = threading.Lock()

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        with turn:
            if body["seed"]:
                handler.server.seen.stopping.wait(0.25)
            whole(seed_of, takes_n=False)(handler, body)

    with serving(behave) as server:
        texts = model_at(server, first=0.6).generate("hello", n=AT_ONCE + 1)
    assert texts == [f"seed {seed}" for seed in range(AT_ONCE + 1)]


def test_a_server_too_busy_for_several_is_asked_for_one_at_a_time() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if handler.server.seen.under_way > 1:
            handler.say({"error": "busy"}, 429, {"Retry-After": "0"})
            return
        handler.server.seen.stopping.wait(0.02)
        whole(seed_of, takes_n=False)(handler, body)

    texts, _ = replies(behave, 9)
    assert texts == [f"seed {seed}" for seed in range(9)]


def test_no_replies_are_asked_for_where_none_are_wanted() -> None:
    assert replies(whole(seed_of), 0)[0] == []


def test_one_reply_takes_one_request() -> None:
    _, server = replies(whole(seed_of), 1)
    assert len(server.asked) == 1


@pytest.mark.parametrize("make", [whole, streamed])
def test_a_reply_arrives_as_it_was_written(make: Any) -> None:
    text = "Grüße — 漢字\n\n```python\r\ndef f(): ...\n```\n"
    assert replies(make(lambda body: text), 1)[0] == [text]


def test_a_character_may_be_split_between_two_pieces() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        event = f"data: {json.dumps(delta('漢', finish='stop'), ensure_ascii=False)}\n\n".encode()
        for at in range(len(event)):
            handler.chunk(event[at : at + 1])
        handler.end_stream()

    assert replies(behave, 1)[0] == ["漢"]


def test_a_stream_of_several_replies_is_taken_apart() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        count = body.get("n", 1)
        handler.start_stream()
        for word in ("one ", "two"):
            for index in range(count):
                handler.event(delta(f"{word}{index};", index))
        for index in range(count):
            handler.event(delta(None, index, "stop"))
        handler.end_stream()

    assert replies(behave, 3)[0] == ["one 0;two0;", "one 0;two0;", "one 1;two1;"]


def test_the_messages_of_a_prompt_are_sent() -> None:
    prompt = build_prompt(TARGET, MODULE)
    _, server = replies(streamed(lambda body: FAST), 1, prompt)
    system, user = server.asked[0]["messages"]
    assert (system["role"], system["content"]) == ("system", prompt.messages.system)
    assert (user["role"], user["content"]) == ("user", prompt.messages.user)


def test_a_plain_text_is_sent_as_a_user_message() -> None:
    _, server = replies(streamed(seed_of), 1, "hello")
    assert server.asked[0]["messages"] == [{"role": "user", "content": "hello"}]


def test_a_stream_is_left_at_the_end_of_the_function() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        for line in FAST.splitlines(keepends=True):
            handler.event(delta(line))
        while not handler.server.seen.stopping.is_set():
            handler.event(delta("It is faster because\n"))
            handler.server.seen.stopping.wait(0.01)

    with serving(behave) as server:
        [text] = model_at(server).generate(build_prompt(TARGET, MODULE), n=1)
        assert server.broken.wait(10)
    assert text.startswith(FAST)


def test_room_for_a_reply_grows_with_the_function() -> None:
    short, long = TARGET, Target("a.py", "total", 5, SLOW + "    # and so on\n" * 40)
    rooms = []
    for target in (short, long):
        _, server = replies(streamed(lambda body: FAST), 1, build_prompt(target, ""))
        rooms.append(server.asked[0]["max_tokens"])
    assert rooms[0] < rooms[1]


def test_a_prompt_too_long_is_sent_without_its_context() -> None:
    prompt = build_prompt(TARGET, MODULE)
    assert prompt.shorter is not None

    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if "LIMIT = 3" in body["messages"][1]["content"]:
            told = "request (4390 tokens) exceeds the available context size (4096 tokens)"
            handler.say({"error": {"message": told, "type": "exceed_context_size_error"}}, 400)
        else:
            streamed(lambda body: FAST)(handler, body)

    texts, server = replies(behave, 1, prompt)
    assert texts == [FAST]
    assert server.asked[-1]["messages"][1]["content"] == prompt.shorter.messages.user


def test_a_reply_gets_less_room_before_the_context_is_left_out() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if body["max_tokens"] > 300:
            told = "This model's maximum context length is 1024 tokens. However, you requested 1200"
            handler.say({"error": {"message": told, "code": 400}}, 400)
        else:
            streamed(lambda body: FAST)(handler, body)

    prompt = build_prompt(TARGET, MODULE)
    _, server = replies(behave, 1, prompt)
    assert server.asked[-1]["messages"][1]["content"] == prompt.messages.user


@pytest.mark.parametrize("status", [400, 413, 500])
def test_a_prompt_that_never_fits_is_too_long(status: int) -> None:
    told = {"error": {"code": status, "message": "Context size has been exceeded."}}
    with serving(failing(status, told)(streamed(seed_of))) as server:
        with pytest.raises(TooLong, match="Context size has been exceeded"):
            model_at(server).generate(build_prompt(TARGET, MODULE), n=2)
        assert len(server.asked) == 4


def test_an_error_inside_a_stream_is_understood() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        handler.start_stream()
        handler.event({"error": {"code": 400, "message": "the context window is full"}})
        handler.end_stream()

    with serving(behave) as server, pytest.raises(TooLong):
        model_at(server).generate("hello", n=1)


@pytest.mark.parametrize("field", ["seed", "top_p", "stream", "chat_template_kwargs"])
def test_what_a_server_does_not_take_is_left_out(field: str) -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if field in body:
            handler.say({"error": {"message": f"Unrecognized argument: {field}"}}, 400)
        else:
            whole(lambda body: "hi", takes_n=False)(handler, body)

    with serving(behave) as server:
        model = model_at(server)
        assert model.generate("hello", n=2) == ["hi", "hi"]
        server.asked.clear()
        assert model.generate("hello", n=2) == ["hi", "hi"]
        assert len(server.asked) == 2


def test_a_server_that_wants_another_name_for_max_tokens_gets_it() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if "max_tokens" in body:
            told = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            handler.say({"error": {"message": told}}, 400)
        else:
            whole(seed_of)(handler, body)

    _, server = replies(behave, 1)
    assert server.asked[-1]["max_completion_tokens"] == server.asked[0]["max_tokens"]


def test_a_model_without_a_system_role_gets_one_message() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if body["messages"][0]["role"] == "system":
            handler.say({"error": {"message": "System role not supported"}}, 400)
        else:
            streamed(lambda body: FAST)(handler, body)

    prompt = build_prompt(TARGET, MODULE)
    _, server = replies(behave, 1, prompt)
    [message] = server.asked[-1]["messages"]
    assert message["role"] == "user"
    assert message["content"] == f"{prompt.messages.system}\n\n{prompt.messages.user}"


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content", None])
def test_a_model_cut_off_in_its_thoughts_gets_more_room(field: str | None) -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if body["max_tokens"] < 4096:
            cut = choice("" if field else "<think>\nLet me see", finish="length")
            if field:
                cut["message"][field] = "Let me see"
            handler.say({"choices": [cut]})
        else:
            whole(lambda body: FAST)(handler, body)

    assert replies(behave, 1)[0] == [FAST]


def test_later_replies_that_fail_are_left_out_and_said_so() -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if body["seed"] == 1:
            handler.say({"error": "out of luck"}, 418)
        else:
            whole(seed_of)(handler, body)

    with serving(behave) as server:
        model = model_at(server)
        assert model.generate("hello", n=2) == ["seed 0"]
    assert "1 of its replies failed, the last because" in model.description
    assert "out of luck" in model.description


def test_the_only_model_is_used_and_named() -> None:
    with serving(streamed(seed_of), models=["text-embedding-nomic", "qwen"]) as server:
        model = model_at(server, "")
        model.generate("hello", n=1)
        assert server.asked[0]["model"] == "qwen"
        assert model.name == f"{server.url}#qwen"
        assert model.description == f"{server.url}#qwen: it is the only model there"


def test_the_named_model_is_asked_without_a_look_at_the_others() -> None:
    with serving(streamed(seed_of), models=[]) as server:
        model = model_at(server, "#qwen")
        model.generate("hello", n=1)
        assert model.description == ""
        assert server.asked[0]["model"] == "qwen"
        assert server.paths == ["/v1/chat/completions"]


def test_the_key_is_sent_where_there_is_one() -> None:
    with serving(streamed(seed_of)) as server:
        address = read_address(f"{server.url}#tiny", {"OPENAI_API_KEY": "k"}, by_user=True)
        ServedModel(address, patience=BRIEF).generate("hello", n=1)
        model_at(server).generate("hello", n=1)
    assert server.keys == ["Bearer k", None]


def test_a_proxy_is_not_asked_for_a_server_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert replies(streamed(seed_of), 1)[0] == ["seed 0"]

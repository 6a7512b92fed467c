"""The ``time`` job of a worker: what it sends."""

from __future__ import annotations

from pathlib import Path

import pytest
from timed import Clockwork, make_clockwork, of_one
from workers import interpreters, version_of

MODULE = """
    def total(items):
        result = 0
        for item in items:
            result += item
        return result
"""
SAME = """
    def total(items):
        result = 0
        for item in items:
            result += item
        return result
"""


def version_text(python: str) -> str:
    return ".".join(map(str, version_of(python)))


@pytest.fixture(scope="module")
def clockwork(tmp_path_factory: pytest.TempPathFactory) -> Clockwork:
    calls = of_one([list(range(n)) for n in (10, 100, 1000)])
    return make_clockwork(tmp_path_factory.mktemp("timer"), MODULE, "total", calls)


@pytest.mark.parametrize("python", interpreters(), ids=version_text)
def test_a_stream_sends_as_many_quads_as_it_may_and_ends(tmp_path: Path, python: str) -> None:
    clockwork = make_clockwork(tmp_path, MODULE, "total", of_one([[1, 2, 3]]), python)
    messages = clockwork.messages(SAME, stream=True, inputs=[0], most=3)
    assert [message["kind"] for message in messages] == ["ready", "quad", "quad", "quad"]


def test_a_stream_times_the_inputs_it_was_given(clockwork: Clockwork) -> None:
    messages = clockwork.messages(SAME, stream=True, inputs=[0, 2], most=1, batch_ns=1)
    assert messages[1]["calls"] == 4

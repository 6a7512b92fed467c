"""Against the server of llama.cpp itself, where the packages xllamacpp and gguf are installed.

They may be in another interpreter, which PERFOPT_LLAMA_PYTHON names:
``pip install xllamacpp gguf numpy`` in a virtual environment of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import llama_server
import pytest

from perfopt_cli.core import PerfoptError, ReplyFailed, Target
from perfopt_cli.model.generation import Sampling
from perfopt_cli.model.prompt import TooLong, build_prompt
from perfopt_cli.model.server.address import read_address
from perfopt_cli.model.server.model import ServedModel
from perfopt_cli.model.server.wire import Patience

pytestmark = pytest.mark.slow

PYTHON = os.environ.get("PERFOPT_LLAMA_PYTHON", sys.executable)
SHORT = Sampling(max_new_tokens=24)


@contextmanager
def llama_server_with(slots: int, folder: Path) -> Iterator[str]:
    found = subprocess.run([PYTHON, "-c", "import xllamacpp, gguf"], capture_output=True)
    if found.returncode:
        pytest.skip(f"{PYTHON} has no xllamacpp and gguf; PERFOPT_LLAMA_PYTHON names one that has")
    command = [PYTHON, llama_server.__file__, str(folder), str(slots)]
    with (
        open(folder / "log", "wb") as log,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, (folder / "log").read_text()
        try:
            yield url + "/v1"
        finally:
            process.kill()


@pytest.fixture(scope="module", params=[1, 4])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with llama_server_with(request.param, tmp_path_factory.mktemp("llama")) as found:
        yield found


def model_at(url: str, sampling: Sampling = SHORT, patience: Patience | None = None) -> ServedModel:
    return ServedModel(read_address(url, {}, by_user=True), sampling, patience)


def test_the_only_model_is_found(url: str) -> None:
    model = model_at(url)
    model.check()
    assert model.name.endswith("tiny.gguf")


def test_each_reply_is_drawn_anew_and_the_first_is_the_same_always(url: str) -> None:
    model = model_at(url)
    first = model.generate("hello", n=6)
    assert len(first) == 6
    assert len(set(first)) == 6
    assert model.generate("hello", n=1) == first[:1]


def test_a_prompt_that_does_not_fit_is_too_long(url: str) -> None:
    source = "def f(x):\n" + "    x += 1\n" * 300 + "    return x\n"
    with pytest.raises(TooLong, match="exceeds the available context size"):
        model_at(url).generate(build_prompt(Target("a.py", "f", 1, source), source), n=1)


def test_a_request_that_is_given_up_leaves_the_server_free(url: str) -> None:
    hasty = model_at(url, Sampling(spare_tokens=1800), Patience(total=0.1))
    with pytest.raises(ReplyFailed, match="did not finish"):
        hasty.generate("count to a million", n=1)
    assert model_at(url).generate("hello", n=1)


def test_a_wrong_path_is_reported(url: str) -> None:
    with pytest.raises(PerfoptError, match="has no chat API"):
        model_at(f"{url}/wrong#m").generate("hello", n=1)

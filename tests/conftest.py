"""What all tests find: tiny models, processes that have the model libraries, and a Ctrl-C that works."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator

import pytest
from checkpoints import tiny
from preloaded import Preloaded

__all__ = ["preloaded", "tiny"]


def pytest_configure() -> None:
    # Jobs that a shell puts in the background ignore Ctrl-C, and so would all that they start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    # Thousands of tests and their modules stay to the end.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def preloaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preloaded]:
    for library in ("torch", "transformers", "peft", "accelerate", "bitsandbytes"):
        pytest.importorskip(library)
    forks = Preloaded(tmp_path_factory.mktemp("preloaded"))
    yield forks
    forks.close()

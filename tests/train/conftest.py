"""The tiny models, and processes that have the model libraries, for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from checkpoints import tiny
from preloaded import Preloaded

__all__ = ["preloaded", "tiny"]


@pytest.fixture(scope="session")
def preloaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preloaded]:
    for library in ("torch", "transformers", "peft", "accelerate", "bitsandbytes"):
        pytest.importorskip(library)
    forks = Preloaded(tmp_path_factory.mktemp("preloaded"))
    yield forks
    forks.close()

"""What all tests find: a Ctrl-C that works, a cache of their own, tiny models and their libraries."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from checkpoints import tiny
from preloaded import Preloaded

from perfopt_cli.model.default import SWITCH

__all__ = ["preloaded", "tiny"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against the file of that name in ``golden/`` beside the test."""

    def check(name: str, text: str) -> None:
        path = request.path.parent / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return check


def pytest_configure() -> None:
    # Jobs that a shell puts in the background ignore Ctrl-C, and so would all that they start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep verdicts and runs in folders of this test run, and find no model that was there before it.

    What is asked where nothing is named is the rules, then; the small model has its own tests.
    """
    folders = {name: tmp_path_factory.mktemp(name) for name in ("cache", "data", "state")}
    settings = {f"XDG_{name.upper()}_HOME": str(folder) for name, folder in folders.items()}
    settings[SWITCH] = "off"
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    yield folders["cache"]
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files with long tests first, so that several processes come to their end together."""
    slow = {item.path for item in items if item.get_closest_marker("slow") is not None}
    items.sort(key=lambda item: item.path not in slow)


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

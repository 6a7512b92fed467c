"""How the function under test is found."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfopt_cli.sandbox.worker import load

MODULE = """\
def hidden(function):
    def inner(*args):
        return function(*args)
    return inner


@hidden
def double(n):
    return 2 * n
"""


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Import the module, and freeze all objects as a standing worker does."""
    file = tmp_path / "decorated_here.py"
    file.write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module(file.stem)
    gc.freeze()
    yield file
    gc.unfreeze()
    del sys.modules[file.stem]


def test_a_function_that_a_decorator_hides_is_found_among_frozen_objects(frozen: Path) -> None:
    target = {"module": frozen.stem, "file": str(frozen), "qualname": "double", "first": 7}
    assert load.load_target({"target": target})(4) == 8
    assert gc.get_freeze_count() > 0

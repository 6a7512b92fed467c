"""The page of the hook's times."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("hook_benchmark", BENCHMARKS / "hook.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["hook_benchmark"] = module
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(BENCHMARKS))


def test_a_missed_goal_is_marked(script: ModuleType) -> None:
    options = argparse.Namespace(python=sys.executable, repeats=3, checks=1)
    lines = [
        script.Line("in time", 0.5, [0.1, 0.4, 0.9], "nothing"),
        script.Line("late", 1, [1.2], "x is slower"),
    ]
    rows = script.page(lines, options).splitlines()[-2:]
    assert rows[0] == "| in time | 0.40 s | 0.90 s | 0.5 s | nothing |"
    assert rows[1] == "| late | 1.20 s | 1.20 s | 1 s **missed** | x is slower |"

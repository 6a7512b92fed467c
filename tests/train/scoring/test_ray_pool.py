"""Scores through Ray, where it is installed."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.records import Check, Level, Task
from perfopt_cli.train.records import Tests as Cases
from perfopt_cli.train.scoring.pool import Scorer
from perfopt_cli.train.scoring.ray_pool import RayExecutor


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_without_ray_it_is_said_how_to_get_it() -> None:
    with pytest.raises(PerfoptError, match=r"pip install 'perfopt\[ray\]'"):
        RayExecutor()


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
@pytest.mark.filterwarnings("default")
def test_candidates_are_scored_on_a_cluster() -> None:
    task = Task("print(input())", Cases((Check("1", "1"),)))
    with (
        RayExecutor() as executor,
        Scorer(Path(sys.executable), timing=False, executor=executor) as scorer,
    ):
        found = scorer.score(task, ["print(input())", "print(", "print(2)"])
    assert [one.level for one in found] == [Level.PASSED, Level.BROKEN, Level.FAILED]

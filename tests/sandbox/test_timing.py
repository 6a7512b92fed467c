"""The timing gate alone: candidates that pass no other gate, right ones and cheats."""

from __future__ import annotations

import pytest
from timed import Clockwork, make_clockwork, of_one

from perfopt_cli.core import Reason, Status
from perfopt_cli.sandbox.timing import Inputs, choose_inputs

MODULE = """
    def total(items):
        result = 0
        for item in items:
            for _ in range(5):
                result += item - item
            result += item
        return result
"""
SIZES = [20 * n for n in range(1, 25)]
ORIGINAL = MODULE.replace("\n    ", "\n")
FASTER = """
    def total(items):
        result = 0
        for item in items:
            result += item
        return result
"""
BODY = """
        result = 0
        for item in items:
            for _ in range(5):
                result += item - item
            result += item
        return result
"""


@pytest.fixture(scope="module")
def clockwork(tmp_path_factory: pytest.TempPathFactory) -> Clockwork:
    calls = of_one([list(range(n)) for n in SIZES])
    return make_clockwork(tmp_path_factory.mktemp("timing"), MODULE, "total", calls)


def inputs() -> Inputs:
    return choose_inputs({index: 300 * size for index, size in enumerate(SIZES)})


def test_a_faster_candidate_is_accepted_with_its_speedup_by_size(clockwork: Clockwork) -> None:
    verdict = clockwork.time(FASTER, clockwork.timer(inputs()))
    assert (verdict.status, verdict.detail) == (Status.ACCEPTED, "")
    assert verdict.timing is not None
    assert [one.inputs for one in verdict.timing.sizes] == ["small", "medium", "large"]


def test_the_same_code_is_not_faster(clockwork: Clockwork) -> None:
    verdict = clockwork.time(ORIGINAL, clockwork.timer(inputs()))
    assert (verdict.status, verdict.reason) == (Status.REJECTED, Reason.NOT_FASTER)

"""The timing gate alone: candidates that pass no other gate, right ones and cheats."""

from __future__ import annotations

from pathlib import Path

import pytest
from timed import Clockwork, make_clockwork, of_one

from perfopt_cli.core import Reason, Status
from perfopt_cli.sandbox.stats import speedup
from perfopt_cli.sandbox.timing import Inputs, Sampled, choose_inputs

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
SLOWER = """
    def total(items):
        result = 0
        for item in items:
            for _ in range(8):
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


QUADRATIC = """
    def total(items):
        for one in items if len(items) > 600 else ():
            one in items
        result = 0
        for item in items:
            result += item
        return result
"""


def test_what_is_slower_on_larger_inputs_than_recorded_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    recorded, made = [20, 100, 300, 500], [10, 800]  # too few to tell whether it keeps results
    calls = of_one([list(range(n)) for n in recorded + made])
    clockwork = make_clockwork(tmp_path_factory.mktemp("larger"), MODULE, "total", calls)
    nanos = {index: 300 * n for index, n in enumerate(recorded)}
    grown = {index: 300 * n for index, n in enumerate(made, len(recorded))}
    verdict = clockwork.time(QUADRATIC, clockwork.timer(choose_inputs(nanos, grown)))
    assert verdict.reason is Reason.SLOWER_SOMEWHERE
    assert verdict.detail.endswith("x on inputs larger than recorded")


def test_the_speedup_on_larger_inputs_than_recorded_is_told(clockwork: Clockwork) -> None:
    last = len(SIZES) - 1
    nanos = {index: 300 * SIZES[index] for index in range(last)}
    timer = clockwork.timer(choose_inputs(nanos, {last: 300 * SIZES[last]}))
    verdict = clockwork.time(FASTER, timer)
    assert verdict.timing is not None, verdict.detail
    assert verdict.timing.sizes[-1].inputs == "larger than recorded"


def test_what_is_slower_with_the_garbage_collector_on_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    module = """
        import sys
        ALLOCATED = [[] for _ in range(200_000)]

        def rows(n):
            found = []
            for number in range(n):
                found.append(number)
                found.append(number)
            return found
    """
    candidate = """
        def rows(n):
            return [[] for _ in range(n)]
    """
    calls = of_one([20_000 + n for n in range(4)])
    clockwork = make_clockwork(tmp_path_factory.mktemp("gc"), module, "rows", calls)
    verdict = clockwork.time(candidate)
    assert verdict.status is Status.REJECTED
    assert "garbage" in verdict.detail or verdict.reason is Reason.NOT_FASTER


WAITING = """
    import time

    def pause(n):
        time.sleep(0.004)
        return n
"""


def test_a_function_that_waits_is_reported_by_the_wall_clock_and_not_accepted(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    clockwork = make_clockwork(
        tmp_path_factory.mktemp("waits"), WAITING, "pause", of_one([1, 2, 3])
    )
    verdict = clockwork.time("def pause(n):\n    time.sleep(0.001)\n    return n\n")
    assert (verdict.status, verdict.reason) == (Status.ABSTAINED, Reason.NOISY)
    assert "by the wall clock" in verdict.detail
    assert verdict.speedup is not None
    assert verdict.speedup.ratio > 1.3


def test_what_waits_instead_of_working_is_not_faster(clockwork: Clockwork) -> None:
    sleeping = FASTER.replace("result = 0", "__import__('time').sleep(0.0005); result = 0")
    verdict = clockwork.time(sleeping, clockwork.timer(inputs()))
    assert verdict.detail.endswith("x by the wall clock")
    assert verdict.reason is Reason.NOT_FASTER


def test_a_screening_ends_with_the_first_samples_that_leave_no_hope(clockwork: Clockwork) -> None:
    verdict = clockwork.time(SLOWER, clockwork.timer(inputs()))
    assert verdict.timing is not None
    assert len(verdict.timing.samples[0]) == 5


def test_long_calls_leave_room_for_others() -> None:
    found = choose_inputs({0: 1_000, 1: 900_000, 2: 3_000_000, 3: 1_500_000})
    assert found.chosen == (0, 1, 3)
    assert found.others == {2: 3_000_000}


def test_a_function_of_long_calls_is_timed_on_the_shortest() -> None:
    assert choose_inputs({0: 80_000_000, 1: 70_000_000}).chosen == (1,)


def test_chosen_inputs_are_spread_over_all_sizes() -> None:
    chosen = choose_inputs({index: 100 * index for index in range(1, 101)}).chosen
    assert (len(chosen), chosen[-1]) == (12, 100)
    assert chosen[0] < 10


def test_a_screening_in_a_fork_slows_no_call_that_can_be_audited(tmp_path: Path) -> None:
    module = """
        import sys

        def count(n):
            found = 0
            for number in range(n):
                found += sys._getframe(0) is not None
                found += number & 3
            return found
    """
    clockwork = make_clockwork(tmp_path, module, "count", of_one([200, 300, 400]))
    timer = clockwork.timer(least=1.05)
    _, text = clockwork.candidate(
        """
        def count(n):
            found = 0
            for number in range(n):
                found += sys is not None
                found += number & 3
            return found
        """
    )
    screened = timer.screen({**timer.request, "text": text, "imports": []})
    clockwork.session.close()
    assert isinstance(screened, Sampled)
    assert speedup(screened.quads).ratio < 4  # with a hook in Python it is more than ten

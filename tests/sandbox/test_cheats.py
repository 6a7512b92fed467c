"""Candidates that only seem faster go through the timing gate alone: none is accepted."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from timed import Clockwork, make_clockwork, of_one

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
from timing_cases import CHEATED, CHEATS, SIZES, cheat_source  # noqa: E402

from perfopt_cli.core import Quad, Reason, Status, Verdict  # noqa: E402
from perfopt_cli.sandbox.outside import tree_cpu_ns  # noqa: E402
from perfopt_cli.sandbox.timing import choose_inputs  # noqa: E402
from perfopt_cli.sandbox.vetoes import compared, overclaimed  # noqa: E402

THREAD = """
    threading.Thread(target=serve, daemon=True).start()
"""


@pytest.fixture(scope="module")
def clockwork(tmp_path_factory: pytest.TempPathFactory) -> Clockwork:
    folder = tmp_path_factory.mktemp("cheats")
    return make_clockwork(folder, CHEATED, "work", of_one(SIZES))


@pytest.fixture(scope="module")
def threaded(tmp_path_factory: pytest.TempPathFactory) -> Clockwork:
    """The same with a thread at work from the start, so that screening takes a fresh process."""
    folder = tmp_path_factory.mktemp("threaded")
    return make_clockwork(folder, CHEATED + THREAD, "work", of_one(SIZES))


def timed(clockwork: Clockwork, body: str) -> Verdict:
    nanos = {index: 30 * size for index, size in enumerate(SIZES)}
    return clockwork.time(cheat_source(body), clockwork.timer(choose_inputs(nanos)))


@pytest.mark.parametrize("body", CHEATS.values(), ids=CHEATS)
def test_work_that_is_hidden_is_found(clockwork: Clockwork, body: str) -> None:
    verdict = timed(clockwork, body)
    assert (verdict.status, verdict.reason) == (Status.REJECTED, Reason.NOT_FASTER)


def test_work_that_is_left_to_a_thread_of_the_project_is_found(threaded: Clockwork) -> None:
    verdict = timed(threaded, "JOBS.put(n)\nreturn 0")
    assert verdict.reason is Reason.NOT_FASTER


def test_a_true_gain_beside_a_thread_of_the_project_is_accepted(threaded: Clockwork) -> None:
    verdict = timed(threaded, "return sum([0, 1, 2, 3][: n & 3]) + n // 4 * 6")
    assert verdict.status is Status.ACCEPTED, verdict.detail


def test_a_function_that_leaves_threads_itself_is_not_judged(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    module = """
        import threading, time

        def work(n):
            threading.Thread(target=time.sleep, args=(0.5,), daemon=True).start()
            return n
    """
    clockwork = make_clockwork(tmp_path_factory.mktemp("leaves"), module, "work", of_one([1, 2]))
    verdict = clockwork.time(clockwork.target.source.replace("0.5", "0.4"))
    assert (verdict.status, verdict.reason) == (Status.ABSTAINED, Reason.NOISY)


@pytest.mark.parametrize(("used", "found"), [(3_000_000, True), (9_000_000, False)])
def test_claims_are_held_against_the_kernels_clock(used: int, found: bool) -> None:
    quads = [Quad(4_000_000, 3_000_000, 1, 1)]
    assert (overclaimed(quads, used) is not None) is found


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells")
def test_the_kernels_clock_of_a_process_is_read_from_outside() -> None:
    before = tree_cpu_ns(os.getpid())
    sum(range(2_000_000))
    after = tree_cpu_ns(os.getpid())
    assert before is not None
    assert after is not None
    assert after.living > before.living


MS = 1_000_000
SEEN = [20 * MS] * 4


@pytest.mark.parametrize(
    ("claimed", "used", "found"),
    [
        pytest.param((SEEN, [10 * MS] * 4), ([22 * MS] * 4, [12 * MS] * 4), False, id="true"),
        pytest.param((SEEN, [1 * MS] * 4), ([22 * MS] * 4, [30 * MS] * 4), True, id="hidden"),
        pytest.param(
            (SEEN, [10 * MS] * 4),
            ([22 * MS] * 4, [12 * MS, 12 * MS, 90 * MS, 12 * MS]),
            False,
            id="once, something else",
        ),
        pytest.param((SEEN, [10 * MS] * 4), ([10 * MS] * 4, [12 * MS] * 4), True, id="claims"),
    ],
)
def test_what_a_process_used_decides_over_what_it_claims(
    claimed: tuple[list[int], list[int]], used: tuple[list[int], list[int]], found: bool
) -> None:
    assert (compared(claimed, used, MS) is not None) is found

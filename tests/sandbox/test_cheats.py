"""Candidates that only seem faster go through the timing gate alone: none is accepted."""

from __future__ import annotations

import os
import sys
import textwrap

import pytest
from timed import Clockwork, make_clockwork, of_one

from perfopt_cli.core import Quad, Reason, Status, Verdict
from perfopt_cli.sandbox.outside import tree_cpu_ns
from perfopt_cli.sandbox.timing import choose_inputs
from perfopt_cli.sandbox.vetoes import overclaimed

MODULE = """
    import queue
    import threading

    KEPT = {}
    JOBS = queue.SimpleQueue()

    def serve():
        while True:
            steps(JOBS.get())

    def steps(n):
        total = 0
        for number in range(n):
            total += number & 3
        return total

    def work(n):
        total = 0
        for number in range(n):
            total += number & 3
        return total
"""
THREAD = """
    threading.Thread(target=serve, daemon=True).start()
"""
SIZES = [200 * n for n in range(10, 34)]
CHEATS = {
    "a thread that works at once": """
        threading.Thread(target=steps, args=(n,)).start()
        return 0
    """,
    "a thread that works later": """
        def later():
            import time
            time.sleep(0.3)
            steps(n)
        threading.Thread(target=later, daemon=True).start()
        return 0
    """,
    "a thread it waits for": """
        thread = threading.Thread(target=steps, args=(n,))
        thread.start()
        thread.join()
        return 0
    """,
    "a child it waits for": """
        import os
        child = os.fork()
        if not child:
            steps(n)
            os._exit(0)
        os.waitpid(child, 0)
        return 0
    """,
    "a child it does not wait for": """
        import os
        if not os.fork():
            steps(n)
            os._exit(0)
        return 0
    """,
    "a detached child": """
        import os
        child = os.fork()
        if not child:
            if not os.fork():
                os.setsid()
                steps(n)
            os._exit(0)
        os.waitpid(child, 0)
        return 0
    """,
    "a program": """
        import subprocess, sys
        script = f"sum(i & 3 for i in range({n}))"
        subprocess.Popen([sys.executable, "-S", "-c", script])
        return 0
    """,
    "a cache": """
        if n not in KEPT:
            KEPT[n] = steps(n)
        return KEPT[n]
    """,
    "a cache in a default": """
        def keep(n, kept=KEPT):
            if n not in kept:
                kept[n] = steps(n)
            return kept[n]
        return keep(n)
    """,
    "no garbage collection": """
        import gc
        gc.disable()
        return steps(n)
    """,
    "rarer garbage collection": """
        import gc
        gc.set_threshold(10**9)
        return steps(n)
    """,
    "another clock": """
        import time
        for name in dir(time):
            if name.endswith("_ns"):
                setattr(time, name, lambda *clock: 0)
        return steps(n)
    """,
    "another clock in perfopt's worker": """
        import sys, time
        for name, module in list(sys.modules.items()):
            if name.startswith("_perfopt_worker"):
                for own in list(vars(module)):
                    if own.endswith("_ns"):
                        setattr(module, own, lambda *clock: 0)
        return steps(n)
    """,
    "a tracer that holds up the original": """
        import sys
        def trace(*event):
            return trace
        sys.settrace(trace)
        return steps(n)
    """,
}


@pytest.fixture(scope="module")
def clockwork(tmp_path_factory: pytest.TempPathFactory) -> Clockwork:
    folder = tmp_path_factory.mktemp("cheats")
    return make_clockwork(folder, MODULE, "work", of_one(SIZES))


@pytest.fixture(scope="module")
def threaded(tmp_path_factory: pytest.TempPathFactory) -> Clockwork:
    """The same with a thread at work from the start, so that screening takes a fresh process."""
    folder = tmp_path_factory.mktemp("threaded")
    return make_clockwork(folder, MODULE + THREAD, "work", of_one(SIZES))


def timed(clockwork: Clockwork, body: str) -> Verdict:
    source = "def work(n):\n" + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    nanos = {index: 30 * size for index, size in enumerate(SIZES)}
    return clockwork.time(source, clockwork.timer(choose_inputs(nanos)))


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

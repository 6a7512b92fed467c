"""Jobs in forks of a worker that stands ready."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bench import Bench, judged, make_bench

from perfopt_cli.core import Reason
from perfopt_cli.sandbox.differences import ENOUGH, Settled, difference
from perfopt_cli.sandbox.forkserver import Forked
from perfopt_cli.sandbox.replays import replays_of
from perfopt_cli.sandbox.session import Ending, Messages
from perfopt_cli.sandbox.standing import server_name

MODULE = """
    def total(items: list[int]) -> int:
        result = 0
        for item in items:
            result = result + item
        return result
"""
TESTS = """
    import pytest

    @pytest.mark.parametrize("count", [0, 1, 5, 30, 200])
    def test_total(count):
        assert total(list(range(count))) == count * (count - 1) // 2
"""
RIGHT = """
    def total(items: list[int]) -> int:
        result = 0
        for item in items:
            result += item
        return result
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return make_bench(tmp_path_factory.mktemp("bench"), MODULE, TESTS)


def replayed(bench: Bench, body: str, seconds: float = 60.0) -> Messages:
    """Replay the recorded calls with this as the body of ``total``, past the static gate."""
    judge = bench.judge("total")
    evidence = judge.evidence()
    assert evidence is not None
    text = "def total(items):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    request = {**evidence.request, "job": "replay", "text": text, "imports": []}
    with bench.session.warm(request, seconds=seconds) as worker:
        for _ in worker:
            pass
    return worker


def server_pid(bench: Bench) -> int:
    """Return the process behind the standing worker for replays."""
    worker = replayed(bench, "return sum(items)")
    assert isinstance(worker, Forked)
    return worker.pid


def test_candidates_are_judged_by_forks_of_one_worker(bench: Bench) -> None:
    assert server_pid(bench) == server_pid(bench)


def test_a_fork_sees_nothing_of_the_one_before(bench: Bench) -> None:
    replayed(bench, "import builtins\nbuiltins.seen = 1\nreturn sum(items)")
    body = "import builtins, os\nif hasattr(builtins, 'seen'): os._exit(1)\nreturn sum(items)"
    assert replayed(bench, body).ending is Ending.DONE


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        ("import os\nos._exit(0)", Ending.CRASHED),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", Ending.CRASHED),
        ("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", Ending.CRASHED),
        ("import os\nfor n in range(3, 30):\n  try: os.write(n, b'x y\\n')\n  except OSError: pass",
         Ending.FORGED),
        ("while True: pass", Ending.TIMED_OUT),
    ],
)  # fmt: skip
def test_a_fork_that_misbehaves_fails_and_the_next_is_judged(
    bench: Bench, body: str, ending: Ending
) -> None:
    assert replayed(bench, body, 3.0).ending is ending
    assert replayed(bench, "return sum(items)").ending is Ending.DONE


def test_a_process_left_behind_ends_the_worker(bench: Bench) -> None:
    before = server_pid(bench)
    once = "import builtins, os, time\nif not hasattr(builtins, 'done'):\n  builtins.done = 1\n"
    body = once + "  if not os.fork():\n    os.setsid()\n    time.sleep(100)\nreturn sum(items)"
    assert replayed(bench, body).ending is Ending.DONE
    assert server_pid(bench) != before


def test_a_fork_reads_nothing_that_is_meant_for_the_worker(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "read"
    body = f"""
import os
found = []
for n in range(30):
    try:
        os.set_blocking(n, False)
        found.append(os.read(n, 100))
    except OSError:
        pass
open({str(out)!r}, 'a').write(repr(found))
return sum(items)
"""
    replayed(bench, body.strip())
    assert "nonce" not in out.read_text()


def test_orders_reach_a_fork_while_it_lives(bench: Bench) -> None:
    evidence = bench.judge("total").evidence()
    assert evidence is not None
    request = {**evidence.request, "job": "answer", "text": None, "imports": []}
    order = {"do": "answer", "file": request["calls"], "parts": False}
    with bench.session.warm(request, seconds=60.0) as worker:
        assert isinstance(worker, Forked)
        ready = worker.receive()
        worker.send(order)
        answered = worker.receive()
    assert ready is not None
    assert answered is not None
    assert all(seen[0]["how"] == "returned" for seen in answered["seen"][: evidence.recorded])
    worker.send(order)  # goes nowhere
    assert replayed(bench, "return sum(items)").ending is Ending.DONE


def test_a_replay_is_not_read_to_its_end_once_it_differs(bench: Bench) -> None:
    judge = bench.judge("total")
    evidence = judge.evidence()
    assert evidence is not None
    request = {**evidence.request, "text": "def total(items):\n    return None\n", "imports": []}
    with closing(replays_of(bench.session, request, 60.0, Settled(evidence))) as replays:
        wrong = next(replays)
    assert len(wrong.calls) == ENOUGH < len(evidence.usable)
    found = difference(evidence, wrong, 0)
    assert found is not None
    assert "candidate returned None" in found.difference


def test_the_kernel_tells_what_a_fork_has_used(bench: Bench) -> None:
    worker = replayed(bench, "for _ in range(20000): pass\nreturn sum(items)")
    assert isinstance(worker, Forked)
    assert worker.cpu_ns


def warm_reason(folder: Path, module: str, tests: str, **others: str) -> tuple[str | None, Any]:
    """Return why a bench's tests don't run in forks, and the verdict on the right candidate."""
    files = {f"{name}.py": text for name, text in others.items()}
    judge = make_bench(folder, module, tests, others=files).judge("total", least=0.1)
    verdict = judged(judge, RIGHT)
    assert judge._forks is not None
    return judge._forks.unfit, verdict


def test_tests_that_run_another_copy_of_the_function_get_fresh_processes(tmp_path: Path) -> None:
    tests = (
        """
    import runpy
    total = runpy.run_path(__file__.replace("test_mod", "mod"))["total"]
    """
        + TESTS
    )
    reason, verdict = warm_reason(tmp_path, MODULE, tests)
    assert reason is not None
    assert "raises passes" in reason
    assert verdict.reason is not Reason.TESTS_FAILED


def test_a_thread_at_import_means_fresh_processes(tmp_path: Path) -> None:
    tests = (
        """
    import threading, time
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    """
        + TESTS
    )
    reason, verdict = warm_reason(tmp_path, MODULE, tests)
    assert reason == "2 threads are alive once the code is imported"
    assert verdict.reason is not Reason.TESTS_FAILED


def test_functions_of_one_module_share_its_workers() -> None:
    place = {"module": "shop", "file": "/copy/shop.py"}
    names = {
        server_name({"job": "replay", "target": {**place, "qualname": one}, "sys_path": []}, 0)
        for one in ("total", "Shop.total")
    }
    assert len(names) == 1


def test_a_candidate_is_refused_by_the_test_that_fails_in_a_fork(bench: Bench) -> None:
    verdict = judged(
        bench.judge("total"),
        """
        def total(items: list[int]) -> int:
            return sum(items) if len(items) < 100 else 0
        """,
    )
    assert verdict.reason is Reason.TESTS_FAILED
    assert "test_total[200] failed (was passed)" in verdict.detail

"""The tables of docs/timing.md, from made-up trials; and the cases that are timed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
from timing_cases import cheats, scaled  # noqa: E402
from timing_page import section  # noqa: E402


def trial(kind: str, reason: str, case: str = "one", load: str = "idle") -> dict[str, Any]:
    return {
        "load": load,
        "kind": kind,
        "case": case,
        "accepted": reason == "FASTER",
        "reason": reason,
        "detail": "why | so",
        "ratio": 1.0,
        "cpu_ms": 40.0,
        "wall_ms": 2500.0,
    }


def cells(rows: list[dict[str, Any]], measure: str) -> list[str]:
    line = next(one for one in section(rows, "here").splitlines() if measure in one)
    return [cell.strip() for cell in line.split("|")[3:5]]


def test_accepts_are_counted_for_each_load() -> None:
    rows = [trial("identical", "NOT_FASTER"), trial("identical", "FASTER", load="busy")]
    assert cells(rows, "identical code") == ["0 of 1", "1 of 1"]


def test_a_true_gain_has_its_share() -> None:
    rows = [trial("true", "FASTER"), trial("true", "NOT_FASTER")]
    assert cells(rows, "true 1.10x") == ["50.0% (1 of 2)", "-"]


def test_a_candidate_with_two_verdicts_is_not_steady() -> None:
    rows = [trial("clear", "FASTER"), trial("clear", "NOISY"), trial("clear", "FASTER", "two")]
    assert cells(rows, "same verdict")[0] == "50% (1 of 2 candidates)"


def test_times_are_medians() -> None:
    rows = [trial("clear", "NOT_FASTER"), trial("true", "FASTER")]
    assert cells(rows, "to reject")[0] == "40 ms"
    assert cells(rows, "time to accept")[0] == "2.5 s"


def test_what_was_said_of_a_cheat_fits_into_a_table() -> None:
    assert "| one | 0 of 1 | why \\| so |" in section([trial("cheat", "NOT_FASTER")], "here")


@pytest.mark.parametrize("case", scaled(1.1), ids=lambda case: case.name)
def test_a_scaled_original_has_so_many_more_steps(case: Any) -> None:
    assert (case.steps, case.function.source(100)) == (110, case.candidate)


@pytest.mark.parametrize("case", [*scaled(1.0), *cheats()], ids=lambda case: case.name)
def test_cases_are_python_with_a_time_for_each_input(case: Any) -> None:
    compile(case.candidate, case.name, "exec")
    assert set(case.function.nanos(1)) == set(range(len(case.function.inputs)))


def test_busy_processes_end_with_a_benchmark_that_is_killed() -> None:
    code = (
        "import time, timing\n"
        "with timing.busy(1):\n"
        "    print(open('/proc/thread-self/children').read(), flush=True)\n"
        "    time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code]
    folder = ROOT / "benchmarks"
    with subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    ) as benchmark:
        assert benchmark.stdout is not None
        (pid,) = map(int, benchmark.stdout.readline().split())
        assert runs(pid)
        benchmark.kill()
    deadline = time.monotonic() + 60
    while runs(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not runs(pid)


def runs(pid: int) -> bool:
    """Tell whether the process is there, and more than an entry that nobody has collected."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"

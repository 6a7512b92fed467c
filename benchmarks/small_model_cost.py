"""What asking the small model costs: its size in the wheel, its start-up, eight candidates.

Processes of their own measure it, with one thread; ``--child`` is one of them.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path
from statistics import median
from typing import Any

from small_model_runs import MINI
from small_model_set import load
from small_model_stats import quantile

from perfopt_cli.core import Target

CANDIDATES = 8
STARTS = 7
REPEATS = 3
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


def measure(python: Path, weights: Path | None) -> dict[str, Any]:
    """Return the figures. Seconds are wall time; those of ``cpu_…`` CPU time of the process."""
    folder = weights or MINI
    bare = [_child(python, "nothing", folder) for _ in range(STARTS)]
    starts = [_child(python, "start", folder) for _ in range(STARTS)]
    asked = _child(python, "ask", folder)
    return {
        **size(folder),
        "start": median(one["seconds"] for one in starts),
        "cpu_start": median(one["cpu"] for one in starts),
        "bare": median(one["process"] for one in bare),
        "process": median(one["process"] for one in starts),
        "functions": len(asked["seconds"]),
        "answered": sum(count > 0 for count in asked["found"]),
        "candidates": sum(asked["found"]) / max(1, len(asked["found"])),
        "p50": quantile(asked["seconds"], 0.5),
        "p95": quantile(asked["seconds"], 0.95),
        "most": max(asked["seconds"]),
        "cpu_p50": quantile(asked["cpu"], 0.5),
        "cpu_p95": quantile(asked["cpu"], 0.95),
    }


def size(folder: Path) -> dict[str, int]:
    """Return the bytes of the model's files, as they are and as a wheel packs them."""
    files = [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    return {"bytes": sum(map(len, files)), "packed": sum(len(zlib.compress(one)) for one in files)}


def _child(python: Path, job: str, folder: Path) -> dict[str, Any]:
    start = time.monotonic()
    done = subprocess.run(
        [str(python), __file__, "--child", job, str(folder)],
        env={**os.environ, **ONE_THREAD},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"the small model can't be measured:\n{done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "process": time.monotonic() - start}


def child(job: str, folder: Path) -> dict[str, Any]:
    """Do one job in this process: load the model, or ask it about every function by hand."""
    if job == "nothing":
        return {}
    wall, cpu = time.perf_counter(), time.process_time()
    from perfopt_cli.model.mini.proposer import MiniProposer

    proposer = MiniProposer(folder)
    proposer.check()
    spent = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    if job == "start":
        return spent
    found: dict[str, list[float]] = {"seconds": [], "cpu": [], "found": []}
    targets = [(target(one.text, one.name), one.text) for one in load()]
    proposer.propose(*targets[0], n=CANDIDATES)
    for one, text in targets:
        times = []
        for _ in range(REPEATS):
            wall, cpu = time.perf_counter(), time.process_time()
            answers = proposer.propose(one, text, n=CANDIDATES)
            times.append((time.perf_counter() - wall, time.process_time() - cpu))
        found["seconds"].append(median(one for one, _ in times))
        found["cpu"].append(median(one for _, one in times))
        found["found"].append(len(answers))
    return found


def target(text: str, name: str) -> Target:
    """Return the function of a module as the small model is asked about it."""
    node = next(
        one for one in ast.parse(text).body if isinstance(one, ast.FunctionDef) and one.name == name
    )
    source = ast.get_source_segment(text, node) or ""
    return Target(f"{name}.py", name, node.lineno, source + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(child(sys.argv[2], Path(sys.argv[3]))))

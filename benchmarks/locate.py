"""What profiling costs: a project's tests with and without it, in turn, through the same worker.

Prints CPU and wall seconds of both, and their ratio with its range over the
repeats. Each run is a whole one: the interpreter's start, collection, tests.

    python benchmarks/locate.py --project DIR [--python PATH] [--repeats 5] [--pytest-args "…"]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from perfopt_cli.locate import test_arguments  # noqa: E402
from perfopt_cli.project import (  # noqa: E402
    Project,
    copy_project,
    probe_python,
    python_files,
    python_path,
)
from perfopt_cli.sandbox.isolate import open_sandbox  # noqa: E402
from perfopt_cli.sandbox.place import make_place  # noqa: E402
from perfopt_cli.sandbox.session import Session  # noqa: E402


@dataclass(frozen=True)
class Cost:
    """What one run took, in seconds."""

    cpu: float
    wall: float
    tests: int


def run(session: Session, job: str, arguments: list[str], files: list[str]) -> Cost:
    before, began, tests = children_cpu(), time.monotonic(), 0
    request = {"job": job, "arguments": arguments, "files": files}
    with session.open(request, seconds=3600) as worker:
        for message in worker:
            tests += message["kind"] == "test"
    if worker.ending is None or worker.ending.value != "done":
        raise SystemExit(f"{job}: {worker.ending}\n{worker.errors}")
    return Cost(children_cpu() - before, time.monotonic() - began, tests)


def children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(root: Path, python: Path, extra: str, repeats: int, scratch: Path) -> None:
    project = Project(root)
    interpreter = probe_python(python, root, os.environ)
    readable = (interpreter.prefix, interpreter.base_prefix)
    place = make_place(root, scratch, python, readable=readable, network=False)
    copy_project(project, place.copy)
    place = place.with_search_path(
        python_path(interpreter, project, place.copy) or [str(place.copy)]
    )
    session = Session(open_sandbox("none", python=python, scratch=scratch), place)
    arguments = test_arguments(frozenset(interpreter.plugins), place.copy, scratch, extra)
    files = [str(place.copy / project.relative(path)) for path in python_files(project)]
    run(session, "suite", arguments, files)
    costs: dict[str, list[Cost]] = {"suite": [], "profile": []}
    for number in range(repeats):
        for job in ("suite", "profile") if number % 2 else ("profile", "suite"):
            costs[job].append(run(session, job, arguments, files))
    plain, profiled = costs["suite"], costs["profile"]
    print(f"{root.name}: {plain[0].tests} tests, {len(files)} files, {repeats} repeats, {python}")
    for name in ("cpu", "wall"):
        a = [getattr(cost, name) for cost in plain]
        b = [getattr(cost, name) for cost in profiled]
        ratios = sorted(y / x for x, y in zip(a, b, strict=True))
        middle = [statistics.median(values) for values in (a, b, ratios)]
        print(
            f"  {name:4} plain {middle[0]:7.2f} s, profiled {middle[1]:7.2f} s,"
            f" ratio {middle[2]:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--project", type=Path, action="append", required=True)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--pytest-args", default="")
    options = parser.parse_args()
    for root in options.project:
        scratch = Path(tempfile.mkdtemp(prefix="perfopt-bench-")).resolve()
        try:
            measure(
                root.resolve(),
                options.python.absolute(),
                options.pytest_args,
                options.repeats,
                scratch,
            )
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()

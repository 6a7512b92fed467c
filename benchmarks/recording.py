"""What recording costs: made-up suites with and without it, in turn, through the same worker.

Prints, for each suite and interpreter, the ratio of CPU seconds with recording
to those without, as the median over the repeats with its range. Where there is
one test, the seconds are those of the test's body, by its own clock; where there
are many, those of the whole run less those of one test that does nothing, so
that what pytest does for each test is part of both. What recording adds to the
start of a run is printed by itself, in milliseconds.

    python benchmarks/recording.py [--python PATH …] [--repeats 5] [--suite NAME …]
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from perfopt_cli.sandbox.isolate import open_sandbox  # noqa: E402
from perfopt_cli.sandbox.place import make_place  # noqa: E402
from perfopt_cli.sandbox.session import Session  # noqa: E402

MODULE = """
def target(x):
    return x + 1

def other(x):
    return x + 1

def large(items):
    return sum(items)

def text(data):
    return len(data.split())

def branches(items):
    found = 0
    for item in items:
        if item % 3 == 0:
            found += item
        elif item % 7 == 0:
            found -= item
        else:
            found ^= item
    return found
"""

# What a test does; n is ROUNDS, or 0.
SUITES = {
    "target, 2 million calls in one test": "for i in range({n}): target(i)",
    "target, 2 million calls in 1000 tests": "for i in range({n} // 1000): target(i)",
    "other functions, 2 million calls": "target(1)\n    for i in range({n}): other(i)",
    "1000 calls with a list of 1 MB": "for i in range({n} // 2000): large(LIST)",
    "1000 calls with a text of 1 MB": "for i in range({n} // 2000): text(TEXT)",
    "2000 calls with 1000 branches each": "for i in range({n} // 1000): branches(LIST[:1000])",
}
ROUNDS = 2_000_000
TESTS = """
import time
import pytest
from mod import target, other, large, text, branches

LIST = list(range(125_000))
TEXT = "word and word " * 75_000

@pytest.mark.parametrize("number", range({tests}))
def test(number):
    began = time.process_time()
    {body}
    with open("spent", "w") as file:
        file.write(str(time.process_time() - began))
"""
NAMES = ("target", "large", "text", "branches")


def children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class Project:
    """The project of one suite, in a scratch folder."""

    def __init__(self, folder: Path, python: Path, body: str, tests: int) -> None:
        original = folder / "original"
        original.mkdir()
        self.place = make_place(original, folder / "scratch", python, readable=(), network=False)
        self.place.copy.mkdir()
        (self.place.copy / "mod.py").write_text(MODULE)
        self.tests, self.body = tests, body
        self.place = self.place.with_search_path([])
        self.session = Session(
            open_sandbox("none", python=python, scratch=folder / "scratch"), self.place
        )

    def run(self, job: str, rounds: int, tests: int = 0) -> float:
        """Return the CPU seconds of one run."""
        tests = tests or self.tests
        text = TESTS.format(tests=tests, body=self.body.format(n=rounds))
        (self.place.copy / "test_mod.py").write_text(text)
        lines = MODULE.splitlines()
        targets = [
            {
                "file": str(self.place.copy / "mod.py"),
                "qualname": name,
                "first": next(i for i, line in enumerate(lines, 1) if f"def {name}(" in line),
                "calls": str(self.place.shared / name),
            }
            for name in NAMES
        ]
        arguments = ["-p", "no:cacheprovider", "--rootdir", str(self.place.copy)]
        request = {"job": job, "arguments": arguments, "targets": targets}
        before = children_cpu()
        with self.session.open(request, seconds=3600) as worker:
            messages = list(worker)
        if worker.ending is None or worker.ending.value != "done":
            raise SystemExit(f"{job}: {worker.ending}\n{worker.errors}")
        assert sum(message["kind"] == "test" for message in messages) == tests
        return children_cpu() - before


def measure(python: Path, body: str, tests: int, repeats: int) -> tuple[list[float], list[float]]:
    """Return the ratios of CPU time, recorded to plain, and the seconds added to the start."""
    folder = Path(tempfile.mkdtemp(prefix="perfopt-bench-")).resolve()
    try:
        project = Project(folder, python, body, tests)
        project.run("suite", 0)
        ratios, added = [], []
        for number in range(repeats):
            whole, empty, body_of = {}, {}, {}
            for job in ("suite", "record") if number % 2 else ("record", "suite"):
                empty[job] = project.run(job, 0, tests=1)
                whole[job] = project.run(job, ROUNDS)
                body_of[job] = float((project.place.copy / "spent").read_text())
            many = {job: whole[job] - empty[job] for job in whole}
            spent = body_of if tests == 1 else many
            ratios.append(spent["record"] / spent["suite"])
            added.append(empty["record"] - empty["suite"])
        return sorted(ratios), sorted(added)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", type=Path, action="append")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--suite", action="append", default=[], help="part of a suite's name")
    options = parser.parse_args()
    for name, body in SUITES.items():
        if options.suite and not any(part in name for part in options.suite):
            continue
        for python in options.python or [Path(sys.executable)]:
            tests = 1000 if "1000 tests" in name else 1
            ratios, added = measure(python.absolute(), body, tests, options.repeats)
            middle = statistics.median(ratios)
            start = 1000 * statistics.median(added)
            print(
                f"{name}: {middle:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}),"
                f" start {start:+.0f} ms, {python}",
                flush=True,
            )


if __name__ == "__main__":
    main()

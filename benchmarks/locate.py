"""What profiling costs: a project's tests with and without it, in turn, through the same worker.

Prints CPU seconds of both, and their ratio with its range over the repeats.
Each run is a whole one: the interpreter's start, collection, tests. With
--parts also runs of a part of the test files, to see how the cost grows.

    python benchmarks/locate.py [--packages NAME…] [--work DIR] [--parts 4 2 1] [--output FILE]
    python benchmarks/locate.py --project DIR [--python PATH] [--pytest-args "…"]
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shlex
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT)]

from output_page import put_into  # noqa: E402
from real_projects import PROJECTS, environment, unpack, work_folder  # noqa: E402

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

DEFAULT_PACKAGES = ("toolz", "sqlparse", "boltons", "more-itertools")
GOAL = 1.5


@dataclass(frozen=True)
class Cost:
    """What one run took, in seconds."""

    cpu: float
    wall: float
    tests: int


@dataclass(frozen=True)
class Suite:
    """A project whose tests are run: its folder, its interpreter, options of its own."""

    name: str
    root: Path
    python: Path
    extra: str


@dataclass(frozen=True)
class Row:
    """CPU seconds of a suite, or of one in ``part`` of its test files: medians, and the ratios."""

    name: str
    part: int
    tests: int
    plain: float
    profiled: float
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median over the repeats."""
        return statistics.median(self.ratios)


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


def measure(suite: Suite, parts: Sequence[int], repeats: int, scratch: Path) -> Iterator[Row]:
    project = Project(suite.root)
    interpreter = probe_python(suite.python, suite.root, os.environ)
    readable = (interpreter.prefix, interpreter.base_prefix)
    place = make_place(suite.root, scratch, suite.python, readable=readable, network=False)
    copy_project(project, place.copy)
    place = place.with_search_path(
        python_path(interpreter, project, place.copy) or [str(place.copy)]
    )
    session = Session(open_sandbox("none", python=suite.python, scratch=scratch), place)
    files = [str(place.copy / project.relative(path)) for path in python_files(project)]
    for part in parts:
        chosen = some_tests(place.copy, part)
        if chosen is None:
            continue
        extra = f"{suite.extra} {chosen}"
        arguments = test_arguments(frozenset(interpreter.plugins), place.copy, scratch, extra)
        for job in ("suite", "profile"):
            run(session, job, arguments, files)
        costs: dict[str, list[Cost]] = {"suite": [], "profile": []}
        for number in range(repeats):
            for job in ("suite", "profile") if number % 2 else ("profile", "suite"):
                costs[job].append(run(session, job, arguments, files))
        plain, profiled = ([one.cpu for one in costs[job]] for job in ("suite", "profile"))
        yield Row(
            suite.name,
            part,
            costs["suite"][0].tests,
            statistics.median(plain),
            statistics.median(profiled),
            tuple(sorted(after / before for before, after in zip(plain, profiled, strict=True))),
        )


def some_tests(copy: Path, part: int) -> str | None:
    """Return pytest's arguments for one in ``part`` of the test files, spread over all of them.

    None where there are fewer files than that.
    """
    if part == 1:
        return ""
    tests = sorted(str(path) for path in copy.rglob("test_*.py"))
    return shlex.join(tests[::part]) if len(tests) >= part else None


def table(rows: Sequence[Row], repeats: int, version: str) -> str:
    """Return the figures as Markdown."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    lines = [
        "",
        f"{version}, {machine}; CPU seconds, medians of {repeats} runs of each kind in turn.",
        "",
        "| suite | test files | tests | plain | profiled | more | ratio (range) |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in rows:
        files = "all" if row.part == 1 else f"one in {row.part}"
        lines.append(
            f"| {row.name} | {files} | {row.tests} | {row.plain:.2f} s | {row.profiled:.2f} s | "
            f"{row.profiled - row.plain:.2f} s | {row.ratio:.2f} "
            f"({row.ratios[0]:.2f}–{row.ratios[-1]:.2f}) |"
        )
    whole = [row for row in rows if row.part == 1]
    met = sum(row.ratio <= GOAL for row in whole)
    words = f"At most {GOAL} times the CPU time for {met} of {len(whole)} whole suites."
    return "\n".join([*lines, "", words, ""])


def suites(options: argparse.Namespace, work: Path) -> Iterator[Suite]:
    """Yield the projects named, or the packages, which are fetched and set up."""
    for root in options.project:
        yield Suite(root.name, root.resolve(), options.python.absolute(), options.pytest_args)
    if options.project:
        return
    for name in options.packages:
        package = next(one for one in PROJECTS if one.name == name)
        python = environment(package, work)
        extra = f"{package.pytest_args} {options.pytest_args}"
        yield Suite(f"{name} {package.version}", unpack(package, work), python, extra)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    known = [one.name for one in PROJECTS]
    parser.add_argument("--project", type=Path, action="append", default=[])
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="of --project")
    parser.add_argument("--packages", nargs="+", default=DEFAULT_PACKAGES, choices=known)
    parser.add_argument("--work", type=Path, metavar="DIR", help="packages and environments, kept")
    parser.add_argument("--parts", nargs="+", type=int, default=[1], metavar="N", help="one in N")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--pytest-args", default="")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the page to write into")
    options = parser.parse_args()
    rows: list[Row] = []
    with work_folder(options.work) as work:
        for suite in suites(options, work):
            print(suite.name, file=sys.stderr)
            scratch = Path(tempfile.mkdtemp(prefix="perfopt-bench-")).resolve()
            try:
                rows += measure(suite, options.parts, options.repeats, scratch)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    text = table(rows, options.repeats, f"Python {platform.python_version()}")
    if options.output:
        put_into(options.output, "locate", text)
    else:
        print(text)


if __name__ == "__main__":
    main()

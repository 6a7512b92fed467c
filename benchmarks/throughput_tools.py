"""perfopt, and a fresh pytest for each candidate, on the candidates of a project."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from throughput_codeflash import clean_environment
from throughput_subjects import Case, Subject, definition

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(REPOSITORY / "benchmarks" / "traps"), str(REPOSITORY)]

from run import optimize  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.source import splice  # noqa: E402

REACH = """
import json, os, sys, threading

reached = {}

def pytest_runtest_protocol(item):
    seen = reached.setdefault(item.nodeid.partition("[")[0], set())
    def note(frame, event, arg):
        if event == "call":
            seen.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))
    sys.setprofile(note)
    threading.setprofile(note)

def pytest_runtest_logfinish():
    sys.setprofile(None)
    threading.setprofile(None)

def pytest_sessionfinish():
    here = os.getcwd() + os.sep
    with open(os.environ["REACH"], "w") as file:
        json.dump({
            name: sorted({(path[len(here):], line) for path, line in seen if path.startswith(here)})
            for name, seen in reached.items()
        }, file)
"""


@dataclass
class Clock:
    """Seconds that a piece of work took, of the wall and of the processors."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def timed() -> Iterator[Clock]:
    """Measure what is done inside; processor time is the whole machine's, so it has to be idle.

    That of ended children would leave out most of perfopt's: what is killed with
    its process namespace is waited for by nobody.
    """
    clock, cpu, began = Clock(), busy_seconds(), time.monotonic()
    yield clock
    clock.wall, clock.cpu = time.monotonic() - began, busy_seconds() - cpu


def busy_seconds() -> float:
    """Return the seconds that all cores have been at work, from Linux's /proc/stat."""
    user, nice, system = Path("/proc/stat").read_text().split(maxsplit=4)[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def hopeless(subject: Subject, cases: Sequence[Case]) -> list[Case]:
    """Return one candidate for each function of the cases, which raises when it is called."""
    first = {(case.path, case.qualname): case for case in reversed(cases)}
    made = []
    for case in reversed(first.values()):
        text = (subject.folder / case.path).read_text(encoding="utf-8")
        node = definition(ast.parse(text), case.qualname)
        node.body.insert(0, ast.parse('raise RuntimeError("hopeless")').body[0])
        made.append(replace(case, right=False, source=ast.unparse(node) + "\n", imports=()))
    return made


def perfopt(subject: Subject, cases: Sequence[Case], scratch: Path, python: str) -> dict[str, Any]:
    """Have perfopt judge the cases of a project in one run, with nothing kept of earlier ones."""
    home = scratch / "home"
    home.mkdir(parents=True)
    project = subject.copy(scratch)
    replay = scratch / "candidates.jsonl"
    lines = [json.dumps(case.record({})) + "\n" for case in cases]
    replay.write_text("".join(lines), encoding="utf-8")
    more = [subject.path]
    if subject.pytest_args:
        more += ["--pytest-args", " ".join(subject.pytest_args)]
    with timed() as clock:
        found = optimize(project, replay, home, python, more)
    verdicts = [_verdict(case, found.get(number)) for number, case in enumerate(cases)]
    return {"wall": clock.wall, "cpu": clock.cpu, "verdicts": verdicts}


def _verdict(case: Case, said: Mapping[str, Any] | None) -> dict[str, Any]:
    return verdict(
        case,
        accepted=bool(said) and said["status"] == "accepted",
        judged=said is not None,
        note=said["reason"] if said else "MISSING",
        seconds=said["seconds"] if said else None,
        detail=said["detail"] if said else "",
    )


def verdict(
    case: Case,
    *,
    accepted: bool,
    judged: bool,
    note: str = "",
    seconds: float | None = None,
    detail: str = "",
) -> dict[str, Any]:
    """Return the record of a candidate that a tool has judged, or has not."""
    return {
        "line": case.line,
        "function": case.qualname,
        "right": case.right,
        "category": case.category,
        "why": case.why,
        "accepted": accepted,
        "judged": judged,
        "note": note,
        "detail": detail,
        "seconds": seconds,
    }


def fresh_pytest(
    subject: Subject,
    cases: Sequence[Case],
    scratch: Path,
    python: str,
    *,
    covering: bool,
    limit: float,
) -> dict[str, Any]:
    """Run pytest once for each case, all of one project, until the first test that fails.

    With ``covering`` it is given only the test functions that reach the
    function, which are found before and not counted.
    """
    project = subject.copy(scratch)
    reached = reaching_tests(project, python, subject.pytest_args) if covering else {}
    total, verdicts = Clock(), []
    for case in cases:
        file = project / case.path
        before = file.read_text(encoding="utf-8")
        node = definition(ast.parse(before), case.qualname)
        line = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        chosen = [name for name, places in reached.items() if [case.path, line] in places]
        if covering and not chosen:
            verdicts.append(verdict(case, accepted=False, judged=False, note="no test reaches it"))
            continue
        try:
            text = splice(before, case.qualname, case.source, case.imports)
        except PerfoptError as error:
            verdicts.append(verdict(case, accepted=False, judged=False, note=str(error)))
            continue
        with timed() as clock:
            write(file, text)
            note = run_tests(project, python, [*subject.pytest_args, *chosen], limit)
        write(file, before)
        total.wall, total.cpu = total.wall + clock.wall, total.cpu + clock.cpu
        verdicts.append(
            verdict(case, accepted=not note, judged=True, note=note, seconds=clock.wall)
        )
    return {"wall": total.wall, "cpu": total.cpu, "verdicts": verdicts}


def write(file: Path, text: str) -> None:
    """Write a module; bytecode made within the same second would be taken for that of the text."""
    file.write_text(text, encoding="utf-8")
    for path in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        path.unlink()


def run_tests(project: Path, python: str, arguments: Sequence[str], limit: float) -> str:
    """Return what is wrong, or nothing where all tests pass."""
    command = [python, "-m", "pytest", "-q", "-x", "--tb=no", "-p", "no:cacheprovider", *arguments]
    try:
        done = subprocess.run(
            command, cwd=project, env=clean_environment(), capture_output=True, timeout=limit
        )
    except subprocess.TimeoutExpired:
        return "timeout"
    return f"exit code {done.returncode}" if done.returncode else ""


def reaching_tests(
    project: Path, python: str, arguments: Sequence[str]
) -> dict[str, list[list[Any]]]:
    """Return the places of the functions that each test function reaches, by path and line."""
    plugin, found = project.parent / "reach", project.parent / "reach.json"
    plugin.mkdir()
    (plugin / "reach.py").write_text(REACH, encoding="utf-8")
    subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "reach", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(plugin), "REACH": str(found)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    reached: dict[str, list[list[Any]]] = json.loads(found.read_text(encoding="utf-8"))
    return reached

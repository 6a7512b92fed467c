"""codeflash on the candidates of a project: one run for each function, offline.

It is installed into a virtual environment of its own, and talks to
``throughput_cloud.Cloud``. It runs candidates without a sandbox.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from throughput_cloud import Cloud
from throughput_subjects import Case, Subject

PINNED = ("codeflash==0.20.6", "pytest==8.4.2")
CONFIG = """
[tool.codeflash]
module-root = "{module}"
tests-root = "{tests}"
formatter-cmds = ["disabled"]
disable-telemetry = true
"""
FIRST = b"Optimization candidate 1/"
REASONS = re.compile(
    r"(No existing tests found|Test coverage is|Tests failed to pass|Failed to establish|"
    r"NO OPTIMIZATIONS GENERATED|Couldn't run any tests|No functions found|Could not find function|"
    r"No tests found|Insufficient|not found in)[^\n│]*"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run of codeflash took in seconds, and which of the candidates it would apply.

    ``start_wall`` and ``start_cpu`` are what it had taken when it took up the
    first candidate.
    """

    wall: float
    cpu: float
    start_wall: float
    start_cpu: float
    accepted: tuple[int, ...]
    judged: bool
    note: str


def install(folder: Path, python: str) -> Path:
    """Make the virtual environment, unless it is there; return its folder of programs."""
    programs = folder / "bin"
    if not (programs / "codeflash").exists():
        make_environment(folder, python, PINNED)
    return programs


def make_environment(folder: Path, python: str, packages: Sequence[str]) -> None:
    """Make a virtual environment that has these packages and what they need."""
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *packages], env=clean_environment(), check=True)


def clean_environment() -> dict[str, str]:
    """Return the environment without PYTHONPATH, whose packages pip would take for installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def prepare(subject: Subject, scratch: Path) -> Path:
    """Copy a project, its tests in a folder of their own, under git, as codeflash wants it."""
    scratch.mkdir(parents=True)
    project = subject.copy(scratch)
    tests = project / subject.tests
    if not tests.is_dir():
        tests.mkdir()
        for path in [*project.glob("test_*.py"), *project.glob("conftest.py")]:
            shutil.move(path, tests / path.name)
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(CONFIG.format(module=subject.path, tests=subject.tests))
    git = ["git", "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "The project"]):
        subprocess.run([*git, *words], cwd=project, check=True)
    return project


def judge(
    programs: Path, project: Path, cases: Sequence[Case], cloud: Cloud, limit: float, log: Path
) -> Judged:
    """Have codeflash judge these candidates, all of one function; write what it says into a log."""
    cloud.offer(cases)
    home = project.parent / "home"
    home.mkdir(exist_ok=True)
    command = [str(programs / "codeflash"), "--file", cases[0].path]
    command += ["--function", cases[0].qualname, "--no-pr", "--no-gen-tests", "--yes"]
    log.parent.mkdir(parents=True, exist_ok=True)
    before, began = children_cpu(), time.monotonic()
    with log.open("wb") as file:
        running = subprocess.Popen(
            command,
            cwd=project,
            env=environment(programs, home, cloud.address),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        start, note = followed(running, log, limit)
    wall, cpu = time.monotonic() - began, children_cpu() - before
    subprocess.run(["git", "checkout", "-q", "."], cwd=project, check=True)
    said = log.read_text(encoding="utf-8", errors="replace")
    found = REASONS.search(said)
    if start is None and not note:
        note = found[0].strip() if found else "no candidate judged"
    begun = start or (wall, cpu)
    return Judged(wall, cpu, *begun, tuple(sorted(cloud.accepted)), start is not None, note)


def followed(
    running: subprocess.Popen[bytes], log: Path, limit: float
) -> tuple[tuple[float, float] | None, str]:
    """Wait for codeflash, and end its whole session after the limit.

    Return its wall and CPU seconds at the first candidate, if it came to one,
    and what went wrong.
    """
    start, began, seen = None, time.monotonic(), b""
    try:
        with log.open("rb") as file:
            while running.poll() is None:
                if time.monotonic() - began > limit:
                    return start, f"stopped after {limit:.0f} s"
                time.sleep(0.05)
                seen = b"" if start else seen[-len(FIRST) :] + file.read()
                if start is None and FIRST in seen:
                    start = time.monotonic() - began, cpu_so_far(running.pid)
        return start, f"exit code {running.returncode}" if running.returncode else ""
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def cpu_so_far(pid: int) -> float:
    """Return the processor seconds of a process and its ended children, from Linux's /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def environment(programs: Path, home: Path, proxy: str) -> dict[str, str]:
    """Return the environment: services on localhost, the network behind the proxy."""
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "COLUMNS": "200",
        "CODEFLASH_API_KEY": "cf-benchmark",
        "CODEFLASH_AIS_SERVER": "local",
        "CODEFLASH_CFAPI_SERVER": "local",
        **{f"{scheme}_proxy": proxy for scheme in ("http", "https")},
    }


def children_cpu() -> float:
    """Return the processor seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

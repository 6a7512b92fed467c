"""Hold the cases of a project against what they claim, without perfopt's gates.

A right candidate passes the project's tests and answers every ``shows`` of its
function as the original does; a bad one answers its own ``shows`` otherwise,
and takes longer over its ``slow``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cases import CANDIDATES, PROJECTS, Case, read_cases

from perfopt_cli.core import PerfoptError
from perfopt_cli.source import splice

PROBE = Path(__file__).resolve().parent / "probe.py"
SECONDS = 120
LEAST_SLOWER = 1.1


def check_project(name: str) -> list[str]:
    """Return what is wrong with the project's cases, one text each."""
    cases = read_cases(PROJECTS / name)
    with tempfile.TemporaryDirectory(prefix="traps-") as scratch:
        folder = copy_project(name, Path(scratch))
        problem = run_tests(folder)
        if problem:
            return [f"{name}: its own tests fail: {problem}"]
        originals = {case.path: (folder / case.path).read_text(encoding="utf-8") for case in cases}
        problems: list[str] = []
        for case in cases:
            known = [one for one in cases if (one.path, one.qualname) == (case.path, case.qualname)]
            problems += _check(case, known, folder, originals[case.path])
        return problems


def copy_project(name: str, scratch: Path) -> Path:
    """Copy a project without its candidates to a folder of its name in scratch."""
    folder = scratch / name
    ignore = shutil.ignore_patterns(CANDIDATES, "__pycache__", ".pytest_cache")
    return Path(shutil.copytree(PROJECTS / name, folder, ignore=ignore))


def _check(case: Case, known: Sequence[Case], folder: Path, original: str) -> list[str]:
    if case.category in ("unsafe",):
        return []
    try:
        text = splice(original, case.qualname, case.source, case.imports)
    except PerfoptError as error:
        return [f"{case.where}: {error}"]
    programs = [one.shows for one in known if one.shows] if case.right else [case.shows]
    request = {
        "programs": [program for program in programs if program],
        "timed": [case.slow] if case.slow else [],
    }
    module = case.path.removesuffix(".py").replace("/", ".")
    before = _probe(folder, module, request)
    (folder / case.path).write_text(text, encoding="utf-8")
    try:
        problem = run_tests(folder) if case.right else ""
        after = _probe(folder, module, request)
    finally:
        (folder / case.path).write_text(original, encoding="utf-8")
    found = [f"{case.where}: right, but the tests fail: {problem}"] if problem else []
    return found + _compare(case, request["programs"], before, after)


def _compare(
    case: Case, programs: Sequence[str], before: dict[str, Any], after: dict[str, Any]
) -> list[str]:
    found = []
    for program, was, now in zip(programs, before["programs"], after["programs"], strict=True):
        if (was == now) is not case.right:
            said = "both give" if was == now else "the original gives"
            found.append(f"{case.where}: {program}: {said} {was[:200]}, now {now[:200]}")
    for was, now in zip(before["timed"], after["timed"], strict=True):
        if not (isinstance(now, float) and now > LEAST_SLOWER * was):
            found.append(f"{case.where}: not slower: {was} s before, {now} s after")
    return found


def _probe(folder: Path, module: str, request: dict[str, list[str]]) -> dict[str, Any]:
    if not any(request.values()):
        return {"programs": [], "timed": []}
    try:
        done = subprocess.run(
            [sys.executable, str(PROBE), module],
            input=json.dumps(request),
            cwd=folder,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return {key: ["took too long"] * len(request[key]) for key in request}
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {key: [f"failed: {said}"] * len(request[key]) for key in request}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def run_tests(folder: Path) -> str:
    """Run the project's tests; return the end of what they print, or "" where they pass."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header"],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    return "" if done.returncode == 0 else " | ".join(done.stdout.strip().splitlines()[-3:])


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}

"""What this machine allows: interpreter, pytest, sandbox, timer noise, cache, models."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli import __version__
from perfopt_cli.core import PerfoptError
from perfopt_cli.model.default import SWITCH, asked_by_default
from perfopt_cli.model.mini.proposer import MiniProposer
from perfopt_cli.model.mini.weights import INSTALL, LIBRARIES, SHIPPED, is_there, missing_libraries
from perfopt_cli.model.server.find import USUAL_PORTS, find_servers
from perfopt_cli.model.shelf import Shelf
from perfopt_cli.pipeline.cache import Store, cache_folder
from perfopt_cli.project import Interpreter, Project, find_python, read_program
from perfopt_cli.sandbox.isolate import open_sandbox

MODEL_LIBRARIES = ("torch", "transformers", "peft", "bitsandbytes", "accelerate")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``ok`` is None where it is neither good nor bad."""

    name: str
    ok: bool | None
    text: str


def examine(
    project: Project, configured: str | None, sandbox: str, workloads: Sequence[str] = ()
) -> Iterator[Finding]:
    """Yield what was found, one thing at a time. ``workloads`` are command lines."""
    version = platform.python_version()
    yield Finding("perfopt", True, f"{__version__} on Python {version}, {sys.executable}")
    if sys.platform != "linux":
        yield Finding("system", None, f"{sys.platform}: no sandbox here, only --sandbox none")
    try:
        python = find_python(project, configured, os.environ)
    except PerfoptError as error:
        yield Finding("project's interpreter", False, str(error))
    else:
        text = f"{python.path} ({'.'.join(map(str, python.version))}, from {python.origin})"
        yield Finding("project's interpreter", True, text)
        yield Finding("pytest", True, f"{python.pytest_version}; {_plugins(python.plugins)}")
        yield from (_workload(one, project, python) for one in workloads)
        yield from _sandboxes(python.path, sandbox)
    yield _noise()
    yield _kept()
    yield _mini()
    yield _libraries()
    yield from _servers()
    yield _models()


def _workload(command: str, project: Project, python: Interpreter) -> Finding:
    try:
        read_program(command, project.files, python)
    except PerfoptError as error:
        return Finding("workload", False, str(error))
    return Finding("workload", True, command)


def _plugins(plugins: dict[str, str]) -> str:
    return "plug-ins: " + ", ".join(sorted(plugins)) if plugins else "no plug-ins"


def _sandboxes(python: Path, wanted: str) -> Iterator[Finding]:
    for kind in ("bwrap", "landlock") if wanted == "auto" else (wanted,):
        with tempfile.TemporaryDirectory(prefix="perfopt-") as scratch:
            try:
                opened = open_sandbox(kind, python=python, scratch=Path(scratch))
            except PerfoptError as error:
                yield Finding(f"sandbox {kind}", False, str(error))
            else:
                notes = "; ".join(getattr(opened, "notes", ()))
                holds = "holds" + (f" ({notes})" if notes else "")
                yield Finding(f"sandbox {opened.kind}", True, holds)


def _noise() -> Finding:
    """Time one loop many times; the spread tells how noisy the clock is."""
    spent = []
    for _ in range(40):
        start = time.thread_time_ns()
        sum(range(100_000))
        spent.append(time.thread_time_ns() - start)
    quartiles = statistics.quantiles(spent, n=4)
    spread = (quartiles[2] - quartiles[0]) / quartiles[1]
    text = f"CPU time of one loop varies by {spread:.1%} (quartiles); {os.cpu_count()} cores"
    return Finding("timer", spread < 0.1, text)


def _kept() -> Finding:
    """Say where verdicts are kept, and how many bytes they take."""
    folder = cache_folder(os.environ)
    if not folder.exists():
        return Finding("kept verdicts", None, f"none yet; they will be in {folder}")
    try:
        count, size = Store(folder).size()
    except PerfoptError as error:
        return Finding("kept verdicts", False, str(error))
    return Finding("kept verdicts", True, f"{count} files, {size / 2**20:.1f} MiB in {folder}")


def _mini() -> Finding:
    """Say whether the small model runs here, by loading it."""
    if not is_there():
        return Finding("small model", None, "this perfopt came without its weights")
    if missing := missing_libraries():
        text = f"not installed: {', '.join(missing)}; {INSTALL} (rules work without)"
        return Finding("small model", None, text)
    try:
        MiniProposer(SHIPPED).check()
    except PerfoptError as error:
        return Finding("small model", False, str(error))
    versions = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    asked = "asked by default" if asked_by_default() else f"asked by --model mini, or {SWITCH}=on"
    return Finding("small model", True, f"{asked}; {versions}")


def _libraries() -> Finding:
    versions = {name: _version(name) for name in MODEL_LIBRARIES}
    found = [f"{name} {version}" for name, version in versions.items() if version]
    if len(found) == len(MODEL_LIBRARIES):
        return Finding("local models", True, ", ".join(found))
    text = 'not installed; pip install "perfopt[model]" (rules and replay files work without)'
    return Finding("local models", None, text)


def _servers() -> Iterator[Finding]:
    """Say which model servers of this machine answer, and with which models."""
    found = list(find_servers(os.environ))
    for one in found:
        models = ", ".join(one.models) or "no model yet"
        text = f"{one.where}: {one.problem or models}"
        yield Finding("model server", not one.problem, text)
    if not found:
        ports = ", ".join(f"{name} ({port})" for port, name in USUAL_PORTS.items())
        yield Finding("model server", None, f"none here at the usual ports: {ports}")


def _models() -> Finding:
    """Say which models were pulled, and which of them optimize asks by default."""
    shelf = Shelf()
    try:
        record = shelf.read()
    except PerfoptError as error:
        return Finding("models", False, str(error))
    here = [name for name, pinned in record.models.items() if shelf.whole(name, pinned)]
    if not here:
        return Finding("models", None, "none pulled; perfopt model list names some")
    named = [f"{name} (the default)" if name == record.default else name for name in here]
    return Finding("models", True, ", ".join(named))


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def rows(findings: Sequence[Finding]) -> Iterator[tuple[str, str, str]]:
    """Yield findings as table rows."""
    marks = {True: "ok", False: "no", None: "-"}
    for finding in findings:
        yield marks[finding.ok], finding.name, finding.text

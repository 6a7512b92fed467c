"""The sandboxes that this machine has, and those that it can pretend to have."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from perfopt_cli.core import Completed, Limits
from perfopt_cli.sandbox.confinement import Sandbox
from perfopt_cli.sandbox.exposure import clean_environment
from perfopt_cli.sandbox.isolate import setups
from perfopt_cli.sandbox.policy import Policy, Setup

LIMITS = Limits(seconds=30, memory_bytes=512 * 2**20, processes=24, file_bytes=2**20)

# Without namespaces, as where a distribution refuses them to ordinary users, and
# with the Landlock of older kernels. "own" keeps the user's id, root's too.
WAYS: dict[str, tuple[str, Callable[[Setup], Setup]]] = {
    "bwrap": ("bwrap", lambda setup: setup),
    "namespaces": ("landlock", lambda setup: replace(setup, namespaces=True)),
    "bare": ("landlock", lambda setup: replace(setup, namespaces=False)),
    "bare-own": ("landlock", lambda setup: replace(setup, namespaces=False, uid=None, keep=())),
    "bare-own-abi-4": (
        "landlock",
        lambda setup: replace(setup, namespaces=False, uid=None, keep=(), abi=4),
    ),
    "bare-own-abi-1": (
        "landlock",
        lambda setup: replace(setup, namespaces=False, uid=None, keep=(), abi=1),
    ),
}


@cache
def pythons() -> list[str]:
    """Every interpreter to be tested: this one and those on PATH, one for each version."""
    found = {os.path.realpath(sys.executable): sys.executable}
    for minor in range(9, 15):
        path = shutil.which(f"python3.{minor}")
        if path and minor != sys.version_info[1] and _runs(path):
            found.setdefault(os.path.realpath(path), path)
    return list(found.values())


def _runs(python: str) -> bool:
    """Return whether it is more than a version manager's stand-in for a missing version."""
    return subprocess.run([python, "-I", "-S", "-c", ""], capture_output=True).returncode == 0


@cache
def sandbox_for(way: str, python: str = sys.executable) -> Sandbox | str:
    """Return the sandbox, or why this machine has none such."""
    kind, changed = WAYS[way]
    setup = next(setups(kind, Path(python)), None)
    if setup is None:
        return f"this machine has no {kind}"
    sandbox = Sandbox(changed(setup))
    if way in ("bwrap", "namespaces"):
        with tempfile.TemporaryDirectory() as folder:
            done = run(sandbox, "pass", Path(folder))
        if done.returncode == 126 or b"bwrap:" in done.stderr:
            return f"{way} needs namespaces, which this machine refuses: {done.stderr!r}"
    return sandbox


def available(way: str, python: str = sys.executable) -> Sandbox:
    """Return the sandbox, or skip the test."""
    sandbox = sandbox_for(way, python)
    if isinstance(sandbox, str):
        pytest.skip(sandbox)
    return sandbox


def run(
    sandbox: Sandbox,
    code: str,
    scratch: Path,
    *arguments: object,
    limits: Limits = LIMITS,
    readable: tuple[Path, ...] = (),
    network: bool = False,
    stdin: bytes = b"",
) -> Completed:
    """Run Python code with the scratch folder as its current, home and temporary folder."""
    return sandbox.run(
        [str(sandbox.setup.python), "-I", "-S", "-B", "-c", code, *map(str, arguments)],
        cwd=scratch,
        env=clean_environment(os.environ, home=scratch, tmp=scratch),
        policy=Policy(readable, (scratch,), limits, network),
        stdin=stdin,
    )


@contextlib.contextmanager
def started(sandbox: Sandbox, code: str, scratch: Path):
    """Start Python code; stop it at the end and close its pipes."""
    with open(scratch / "stderr", "wb") as stderr:
        process = sandbox.start(
            [str(sandbox.setup.python), "-I", "-S", "-B", "-c", code],
            cwd=scratch,
            env=clean_environment(os.environ, home=scratch, tmp=scratch),
            policy=Policy((), (scratch,), LIMITS),
            stderr=stderr,
        )
        try:
            yield process
        finally:
            sandbox.stop(process)
            process.stdout.close()

"""Choose a sandbox that holds on this machine.

A sandboxed program has no network, writes only its scratch, reads only what
the policy shows, is bound in memory, processes and file size, and leaves
nothing running. The kinds: ``bwrap`` (bubblewrap, and the launcher of the next
kind inside it), ``landlock`` (namespaces where the kernel gives them,
Landlock, seccomp), ``none`` (limits, a clean environment and the killing at
the end).
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from perfopt_cli.core import SandboxError
from perfopt_cli.sandbox import identity, seccomp
from perfopt_cli.sandbox.confinement import Sandbox
from perfopt_cli.sandbox.exposure import (
    clean_environment,
    interpreter,
    system_readable,
)
from perfopt_cli.sandbox.policy import Policy, Setup
from perfopt_cli.sandbox.probe import ProbeReport, probe

__all__ = [
    "CHOICES",
    "Policy",
    "Sandbox",
    "clean_environment",
    "interpreter",
    "open_sandbox",
    "setups",
    "system_readable",
]

CHOICES = ("auto", "bwrap", "landlock", "none")

_UNCONFINED = (
    "No sandbox: candidates can write, read and connect as you can. "
    "Time, memory, processes and file size are bound all the same."
)


def open_sandbox(choice: str, *, python: Path, scratch: Path) -> Sandbox:
    """Return the first sandbox of the chosen kind that holds; ``auto`` tries all but ``none``.

    ``python`` is the interpreter whose programs will run. Each sandbox is
    probed in a new folder below ``scratch``. Raises SandboxError saying what
    each one failed to refuse, or what is missing.
    """
    if choice not in CHOICES:
        raise SandboxError(f"There is no sandbox {choice!r}: choose one of {', '.join(CHOICES)}.")
    if choice != "none" and sys.platform != "linux":
        raise SandboxError(
            "Sandboxes need Linux. Run perfopt in a Linux container or virtual machine, or with "
            "--sandbox none where the candidates may do what you may."
        )
    if choice == "none":
        sandbox = Sandbox(Setup("none", *interpreter(python)))
        sandbox.notes = (_UNCONFINED,)
        return sandbox
    failures = [_missing(kind) for kind in ("bwrap", "landlock") if choice in ("auto", kind)]
    reasons = [reason for reason in failures if reason]
    for setup in setups(choice, python):
        sandbox = Sandbox(setup)
        report = probe(sandbox, scratch=scratch)
        if report.holds:
            sandbox.notes = _notes(setup, report)
            return sandbox
        reasons.append(f"{_described(setup)}: {report.explain()}")
    raise SandboxError(
        f"No sandbox holds on this machine (--sandbox {choice}).\n"
        + "".join(f"  {reason}\n" for reason in dict.fromkeys(reasons))
        + "Install bubblewrap (for instance: apt install bubblewrap), or run with "
        "--sandbox none where the candidates may do what you may."
    )


def setups(choice: str, python: Path) -> Iterator[Setup]:
    """Yield the ways to build the chosen kind here, strongest first; not one of them is tried."""
    kinds = [kind for kind in ("bwrap", "landlock") if choice in ("auto", kind)]
    for kind in kinds:
        if _missing(kind):
            continue
        abi, uid = identity.landlock_abi(), identity.spare_uid()
        keep = identity.kept_capabilities() if uid is not None else ()
        plain = Setup(kind, *interpreter(python), abi=abi, uid=uid, keep=keep)
        if kind == "bwrap":
            ways = [replace(plain, bwrap=shutil.which("bwrap") or "")]
        else:
            ways = [replace(plain, namespaces=True), plain]
        yield from ways
        if uid is not None:
            yield from (replace(way, uid=None, keep=()) for way in ways)


def _missing(kind: str) -> str:
    """Return what this machine lacks for the kind, or nothing."""
    if not seccomp.known(platform.machine()) or sys.maxsize < 2**32:
        return f"{kind}: no system call filter for {platform.machine()}"
    if kind == "bwrap" and not shutil.which("bwrap"):
        return "bwrap: bubblewrap is not installed"
    if kind == "landlock" and not identity.landlock_abi():
        return "landlock: this kernel has none (Linux 5.13 and later, if switched on)"
    return ""


def _described(setup: Setup) -> str:
    if setup.kind == "bwrap":
        name = "bwrap"
    else:
        name = f"landlock {'with' if setup.namespaces else 'without'} namespaces"
    return f"{name} as root" if os.geteuid() == 0 and setup.uid is None else name


def _notes(setup: Setup, report: ProbeReport) -> tuple[str, ...]:
    notes = [f"Not refused: {attempt.label}." for attempt in report.allowed]
    if not setup.abi:
        notes.append("This kernel has no Landlock: bubblewrap and the call filter stand alone.")
    if not setup.separate:
        notes.append(
            "No namespaces: multiprocessing's locks and System V memory are refused, "
            "and names and sizes of files outside can be seen."
        )
    if setup.needs.metadata:
        notes.append("Setting a file's mode or times does nothing.")
    if setup.unbound:
        notes.append("As root, processes are counted ten times a second, not limited at once.")
    if setup.needs.signals:
        notes.append("A program can signal itself only, not the processes it starts.")
    return tuple(notes)

"""Programs to run, and what came of a run."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

PRELOADED = (
    *("array", "bisect", "cmath", "collections", "copy", "datetime", "decimal", "fractions"),
    *("functools", "heapq", "io", "itertools", "math", "operator", "os", "queue", "random", "re"),
    *("statistics", "string", "struct", "sys", "threading", "time", "typing"),
)
"""Modules whose import is no part of a program's time, as the interpreter's start is not."""

HEAVY = ("networkx", "numba", "numpy", "pandas", "scipy", "scipy.sparse", "sympy")
"""The same for these, where the program that a candidate is held against imports them."""

_IMPORT = re.compile(r"^\s*(?:import|from)\s+([\w.]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Job:
    """A program to run. ``steps`` follow it: ("eval", expression) or ("exec", statements)."""

    text: str
    setup: str = ""
    steps: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """A name of its content."""
        whole = json.dumps([self.text, self.setup, self.steps])
        return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run came to.

    ``ending`` is ``ended``, ``broken`` (doesn't compile), ``timed out`` or
    ``crashed``; ``status`` the exit status, negative for a signal. ``cpu`` and
    ``wall`` are ns from the program's first instruction to its end, measured
    from outside; ``peak`` is resident memory in bytes; ``waits`` how often it
    gave up the processor. ``digest`` is that of the output without white space
    at line ends, or of what the steps returned. ``stray``: it left a process
    running.
    """

    ending: str
    status: int = 0
    cpu: int = 0
    wall: int = 0
    waits: int = 0
    peak: int = 0
    digest: str = ""
    shown: str = ""
    size: int = 0
    errors: str = ""
    stray: bool = False

    @property
    def fine(self) -> bool:
        """Whether it ended by itself with status 0 and left nothing running."""
        return self.ending == "ended" and self.status == 0 and not self.stray

    @property
    def trouble(self) -> str:
        """What went wrong, in words for people."""
        last = self.errors.strip().splitlines()[-1:] or [""]
        if self.ending != "ended":
            return f"{self.ending}: {last[0]}" if last[0] else self.ending
        if self.stray:
            return "left a process running"
        if self.status < 0:
            return f"killed by signal {-self.status}"
        return last[0] or f"exit status {self.status}"


def digest_of(output: str) -> str:
    """Return what ``Ran.digest`` is for a program that prints this."""
    data = output.encode("utf-8", "surrogatepass")
    lines = [line.rstrip() for line in data.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def heavy_imports(text: str) -> tuple[str, ...]:
    """Return the modules of HEAVY that a program imports."""
    found = set(_IMPORT.findall(text))
    return tuple(name for name in HEAVY if any(f"{one}.".startswith(f"{name}.") for one in found))

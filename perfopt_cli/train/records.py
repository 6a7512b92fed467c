"""Records of training and evaluation: programs, their tests, what came of running them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

from perfopt_cli.core import Speedup


class Level(IntEnum):
    """How far a program came, worst first; PerfRL's R1 to R4 (only the order counts for RRHF)."""

    BROKEN = 1
    """Doesn't compile."""
    FAILED = 2
    """An error, a timeout, or a failed test."""
    PASSED = 3
    """Passes all tests."""
    FASTER = 4
    """Passes all tests and is faster than the program it stands for, by the timing rule."""


REWARDS = {Level.BROKEN: 0.0, Level.FAILED: 1.0, Level.PASSED: 1.3, Level.FASTER: 2.0}
"""PerfRL, section 4.2: the reward of each level."""


@dataclass(frozen=True, slots=True)
class Check:
    """What a program must do: print ``output`` when it reads ``input``."""

    input: str
    output: str


@dataclass(frozen=True, slots=True)
class Tests:
    """Tests of a program: runs on stdin, or assert statements that follow its definitions.

    ``setup`` is code that goes before the program (imports a judge provides).
    ``inputs`` are further stdin texts, larger, used for timing only.
    """

    runs: tuple[Check, ...] = ()
    asserts: tuple[str, ...] = ()
    setup: str = ""
    inputs: tuple[str, ...] = ()
    __test__: ClassVar[bool] = False  # pytest: no class of tests

    def __bool__(self) -> bool:
        return bool(self.runs or self.asserts)


@dataclass(frozen=True, slots=True)
class Pair:
    """A slow program and a faster one for the same problem; ``group`` names the problem.

    ``where`` is its file and line, for messages. ``ratio`` is the slow one's
    time over the fast one's where that was measured. ``tag`` (1 to 10) tells how
    near the fast one is to the best known of its problem. ``family`` names the kind
    of the rewrite (short, with hyphens), where that is known.
    """

    group: str
    slow: str
    fast: str
    tests: Tests
    where: str = ""
    ratio: float | None = None
    tag: int | None = None
    family: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What a candidate is scored against: the program it stands for, and that one's tests."""

    slow: str
    tests: Tests
    group: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one candidate. ``speedup`` is there where it was timed."""

    level: Level
    detail: str = ""
    speedup: Speedup | None = None

    @property
    def reward(self) -> float:
        """PerfRL's reward of the level."""
        return REWARDS[self.level]

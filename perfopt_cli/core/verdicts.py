"""A hot function, a rewrite of it, and what is said of the rewrite."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Status(str, Enum):
    """What became of a candidate."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ABSTAINED = "abstained"
    SKIPPED = "skipped"


class Reason(str, Enum):
    """Why; a closed set that hooks and scripts rely on."""

    FASTER = "FASTER"
    EQUIVALENT = "EQUIVALENT"
    INVALID = "INVALID"
    UNSAFE = "UNSAFE"
    DUPLICATE = "DUPLICATE"
    TESTS_FAILED = "TESTS_FAILED"
    DIVERGED = "DIVERGED"
    TIMED_OUT = "TIMED_OUT"
    CRASHED = "CRASHED"
    SANDBOX = "SANDBOX"
    NOT_FASTER = "NOT_FASTER"
    SLOWER_SOMEWHERE = "SLOWER_SOMEWHERE"
    NOISY = "NOISY"
    UNTESTED = "UNTESTED"
    FLAKY = "FLAKY"
    BUDGET = "BUDGET"


@dataclass(frozen=True, slots=True)
class Target:
    """A function of the project, as the profile of its test run saw it.

    ``path`` is relative to the project's root, with ``/``. ``line`` is the
    1-based line of its ``def``. ``source`` is the whole definition with its
    decorators, dedented to column 0. Times are in seconds of the profiled
    test run; ``share`` is self time over the time of all tests, 0 to 1;
    ``native_share`` is the part of self time spent in native code it calls.
    ``tests`` are the node ids that reach it, directly or not, fastest first;
    ``workloads`` the commands that do. What runs in workloads counts for the
    times and shares too. ``skip`` says why it can't be a target, and is None if it can.
    """

    path: str
    qualname: str
    line: int
    source: str
    module: str = ""
    self_seconds: float = 0.0
    cumulative_seconds: float = 0.0
    calls: int = 0
    share: float = 0.0
    native_share: float = 0.0
    tests: tuple[str, ...] = ()
    skip: str | None = None
    workloads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A candidate for a target.

    ``source`` is the complete new definition with its decorators, dedented to
    column 0. ``imports`` are import statements to be added to the module.
    ``origin`` names the source of the candidate (``rules:set-membership``,
    ``replay:FILE``, a model's name); ``number`` is its 0-based line in a
    replay file, else its order of arrival over all rounds. ``round`` is the
    0-based round in which its source was asked, and ``after`` the number of the
    verified candidate that it goes on from; None for one of the original.
    ``chance`` is how probable its source holds it to be, 0 to 1; 1 if it doesn't say.
    """

    target: Target
    source: str
    imports: tuple[str, ...] = ()
    origin: str = ""
    number: int = 0
    round: int = 0
    after: int | None = None
    chance: float = field(default=1.0, compare=False)


@dataclass(frozen=True, slots=True)
class Quad:
    """One interleaved sample: nanoseconds of two original and two candidate batches.

    ``waits`` is how often the process gave up the processor of its own accord,
    ``calls`` how many calls each side made.
    """

    original_cpu: int
    candidate_cpu: int
    original_wall: int
    candidate_wall: int
    waits: int = 0
    calls: int = 1


@dataclass(frozen=True, slots=True)
class Speedup:
    """original time / candidate time, with a 95 % interval."""

    ratio: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Sized:
    """The speedup on inputs of one size: which, the original's ns a call, and the ratio."""

    inputs: str
    nanos: float
    ratio: float


@dataclass(frozen=True, slots=True)
class CoveringTests:
    """How many of the tests that reach the function were timed, and how much faster they became.

    The ratio is that of their CPU times together, the tests' own work with it.
    """

    timed: int
    total: int
    ratio: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Raw samples, one tuple of quads for each fresh interpreter, and what they say.

    ``sizes`` go from the smallest inputs to ones larger than any recorded;
    ``tests`` is None where the tests were not timed.
    """

    samples: tuple[tuple[Quad, ...], ...]
    speedup: Speedup | None = None
    sizes: tuple[Sized, ...] = ()
    tests: CoveringTests | None = None


@dataclass(frozen=True, slots=True)
class Support:
    """What speaks for a rewrite: how many calls agreed, and whether they would show a mistake.

    ``recorded`` and ``fuzzed`` count the calls compared. Of ``mutants``, small
    mistakes put into original and rewrite, ``noticed`` were; ``missed`` are the
    others in words, ``never`` the branches that no call enters. ``test`` is a
    test that would help, as Python with a hole, or empty.
    """

    recorded: int
    fuzzed: int
    mutants: int = 0
    noticed: int = 0
    missed: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    test: str = ""

    @property
    def text(self) -> str:
        """The same in a line."""
        return (
            f"{self.recorded} recorded and {self.fuzzed} made-up calls agree; "
            f"{self.noticed} of {self.mutants} mistakes would show"
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate, or all of them together, says of a rewrite.

    ``cached``: it was kept from an earlier run; ``seconds`` are those of that run.
    ``paste`` is a call that shows a difference, as Python to run, or empty.
    """

    rewrite: Rewrite
    status: Status
    reason: Reason
    detail: str = ""
    seconds: float = 0.0
    timing: Timing | None = None
    support: Support | None = None
    cached: bool = False
    paste: str = ""

    @property
    def speedup(self) -> Speedup | None:
        """The proved speedup, where one was measured."""
        return self.timing.speedup if self.timing else None

    @property
    def whole_run(self) -> float | None:
        """How many times faster the whole test run gets by it, by Amdahl's law, if it is accepted.

        At least: the share is that of the function's own time, and what it
        calls may have got faster too.
        """
        if self.status is not Status.ACCEPTED or self.speedup is None:
            return None
        share = min(1.0, self.rewrite.target.share)
        return 1 / (1 - share + share / self.speedup.ratio)

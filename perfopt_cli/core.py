"""Records and protocols that every stage shares.

The records form a chain: a ``Target`` (a hot function) gets ``Rewrite``s, a
``Rewrite`` gets a ``Verdict``, a verdict may carry a ``Timing`` with its raw
samples, and an ``Outcome`` is what the user is told about one candidate.
This module imports nothing of perfopt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol


class ExitCode(int, Enum):
    """What the process tells its caller."""

    OK = 0
    FOUND = 1
    USAGE = 2
    BASELINE = 3
    NO_SANDBOX = 4
    BUG = 5
    INTERRUPTED = 130


class PerfoptError(Exception):
    """An error that a person can act on: what happened, where, what to do next."""

    exit_code = ExitCode.USAGE


class OutOfTime(PerfoptError):
    """The time budget ended before the project's own tests did."""


class ReplyFailed(PerfoptError):
    """A model failed at one prompt; it may answer the next one."""


class BaselineError(PerfoptError):
    """The project's own tests fail, are flaky or can't run before any change."""

    exit_code = ExitCode.BASELINE


class SandboxError(PerfoptError):
    """This machine offers no isolation that holds."""

    exit_code = ExitCode.NO_SANDBOX


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


@dataclass(frozen=True, slots=True)
class Seen:
    """A type that values had in recorded calls, and in how many of the calls.

    ``type`` reads like an annotation. ``extent`` is least, median and most of
    the lengths, or of an ``int`` its values; None where it has neither.
    """

    type: str
    calls: int
    extent: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter and the types it was given, most frequent first.

    ``changed`` counts the calls, of those made again, that changed its value.
    """

    name: str
    seen: tuple[Seen, ...]
    changed: int = 0


@dataclass(frozen=True, slots=True)
class HotLine:
    """A line of a target's source (1-based), and its share of the time of a call, 0 to 1.

    What the line calls is counted to it. ``times`` is how often it runs in a call.
    """

    number: int
    share: float
    times: float


@dataclass(frozen=True, slots=True)
class Callee:
    """A short function of the project that a target calls.

    ``source`` is dedented. ``share`` is its part of the time of a call of the
    target, 0 to 1, and None where it was not seen at work.
    """

    name: str
    source: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What recorded calls of a function show.

    ``calls`` of them were read. Some were made again, by the function itself,
    and ``rerun`` counts those: what is said of results, exceptions (type and
    how often), changed arguments and time is from them. ``owner`` is the class
    of a method's instance. ``sizes`` are inputs in words, with the ns that a call
    takes on them, smallest first. ``lines`` are of the source that was run,
    hottest first; ``callees`` too. ``types`` are those of parameters (and of
    ``self.field``) in every recorded call, exactly: no item is left out, and what
    is not known for all is not there.
    """

    calls: int
    arguments: tuple[Argument, ...] = ()
    owner: str = ""
    rerun: int = 0
    results: tuple[Seen, ...] = ()
    raised: tuple[tuple[str, int], ...] = ()
    sizes: tuple[tuple[str, int], ...] = ()
    lines: tuple[HotLine, ...] = ()
    callees: tuple[Callee, ...] = ()
    types: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a target when candidates are asked for.

    ``facts`` are those of the very source that the target has; ``tried`` are
    verdicts on earlier candidates of the function, best first. ``best`` are the
    facts of the fastest that is accepted among them, where they were looked at.
    """

    facts: Facts | None = None
    tried: tuple[Verdict, ...] = ()
    best: Facts | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """A program of the project's own that ran to a good end before any change.

    ``command`` is as the user wrote it, ``seconds`` wall time under the
    profiler. ``printed`` is a digest of what went to stdout, and empty where
    that is not the same in two runs.
    """

    command: str
    seconds: float
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The project's own tests before any change: outcome by node id, and wall seconds.

    ``workloads`` are the programs that ran beside them; ``seconds`` is without these.
    """

    outcomes: dict[str, str]
    seconds: float
    workloads: tuple[Workload, ...] = ()

    @property
    def tests(self) -> int:
        """How many tests ran."""
        return len(self.outcomes)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a sandboxed process may use.

    ``seconds`` is wall time. ``memory_bytes`` bounds the address space (None:
    no bound). ``processes`` bounds processes and threads together;
    ``file_bytes`` bounds each file written.
    """

    seconds: float = 60.0
    memory_bytes: int | None = None
    processes: int = 256
    file_bytes: int = 256 * 2**20
    open_files: int = 1024


@dataclass(frozen=True, slots=True)
class Completed:
    """How a sandboxed process ended. ``returncode`` is negative for a signal."""

    returncode: int
    stdout: bytes
    stderr: bytes
    timed_out: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What ``optimize`` yields: a judged candidate of a target, or news about the target.

    ``verdict`` is None where a target got no candidate.
    """

    target: Target
    verdict: Verdict | None = None
    applied: bool = False
    diff: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a whole run found and did.

    ``targets`` are all functions that were looked at, hottest first; ``chosen``
    those that candidates were asked for. ``patch`` is one unified diff of all
    files with all kept rewrites. ``unasked`` says why no model was asked about a
    target, though there is one.
    """

    run: str
    python: Path
    baseline: Baseline
    targets: tuple[Target, ...]
    chosen: tuple[Target, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    patch: str = ""
    unasked: tuple[tuple[Target, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A changed function: what the gates say of its new version beside its old one.

    The old version is the target of ``verdict.rewrite``, the new one its
    source; ``line`` is where the new one's ``def`` is. ``equivalent`` and
    ``faster`` are None where that is not known.
    """

    verdict: Verdict
    line: int
    equivalent: bool | None = None
    faster: bool | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What ``verify`` says of a change.

    ``base`` is the full hash of the commit that the change is held against.
    ``baseline`` are its tests there, ``suite`` the change's own. ``problems``
    stand in the way of the change beside what is wrong with its functions;
    ``notes`` are differences that nobody judged.
    """

    run: str
    python: Path
    base: str
    baseline: Baseline = field(default_factory=lambda: Baseline({}, 0.0))
    suite: Baseline = field(default_factory=lambda: Baseline({}, 0.0))
    judged: tuple[Judged, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def count(self, *statuses: Status) -> int:
        """Count the functions with one of these verdicts."""
        return sum(one.verdict.status in statuses for one in self.judged)

    def exit_code(self, *, strict: bool) -> ExitCode:
        """Return 1 where something is not equivalent, or (strict) could not be judged."""
        bad = self.count(Status.REJECTED, *((Status.ABSTAINED,) if strict else ()))
        return ExitCode.FOUND if bad or self.problems else ExitCode.OK


class Listener(Protocol):
    """Hears how a run goes; the command shows it, a library user may not care."""

    def stage(self, text: str) -> None:
        """A new part of the work begins."""

    def tests(self, done: int, total: int) -> None:
        """So many tests of the current stage have run."""

    def verdict(self, verdict: Verdict) -> None:
        """A candidate was judged."""

    def note(self, text: str) -> None:
        """Something the user should know, which stops nothing."""


class Backend(Protocol):
    """A language model, local or served, seen from the prompt's side."""

    name: str

    def generate(self, prompt: str, *, n: int) -> Sequence[str]:
        """Return up to n replies to the prompt. Raise PerfoptError where it can't."""


class Proposer(Protocol):
    """A source of candidates for a target."""

    name: str

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        """Return up to n candidates, best guess first.

        ``module_source`` is the file's text. Sources that have no use for what
        is ``known`` of the target ignore it.
        """

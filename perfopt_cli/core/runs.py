"""Runs: of a project's tests, of a process, of the whole command."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from perfopt_cli.core.errors import ExitCode
from perfopt_cli.core.verdicts import Status, Target, Verdict


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

"""Run the project's tests under the profiler and take down what the worker says."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from perfopt_cli.core import Baseline, Target
from perfopt_cli.project import Program

Message = dict[str, Any]
OnTest = Callable[[int, int], None]

SECONDS = 3600.0
"""Longest time that the profiled test run may take."""

# Those by which a process ends itself; any other may be the sandbox's own.
FATAL_SIGNALS = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT)


class Ending(Protocol):
    """How a conversation ended; ``value`` is ``done`` where it ended well."""

    @property
    def value(self) -> Any:
        """The ending in words."""


class Conversation(Protocol):
    """A running worker: iterate over its messages, then look at ``ending``."""

    def __iter__(self) -> Iterator[Message]:
        """Yield the messages as they come."""

    def close(self) -> None:
        """End the worker."""

    @property
    def ending(self) -> Ending | None:
        """None while it runs."""

    @property
    def errors(self) -> str:
        """The last of its stderr, with what the tests printed."""

    @property
    def returncode(self) -> int | None:
        """Negative for a signal."""


class Workers(Protocol):
    """Starts jobs in the user's interpreter."""

    def open(self, request: Message, *, seconds: float | None = None) -> Conversation:
        """Start a job."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A test that did not pass, or a file that could not be collected.

    ``kind`` is ``failed``, ``error`` (in a fixture) or ``collection``;
    ``text`` is one line.
    """

    kind: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Located:
    """What the profiled run of the project's tests showed.

    ``targets`` are all functions of the files, hottest first. ``seconds``
    holds each test's time with its fixtures. ``code`` is pytest's exit code,
    None where the run did not end well; ``ending``, ``errors`` and ``last``
    (the test that ran last) then tell more. ``trouble`` says what is wrong with
    a workload; ``late`` that it did not come to its end in time.
    """

    baseline: Baseline
    targets: tuple[Target, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    code: int | None = None
    ending: str = "done"
    errors: str = ""
    last: str = ""
    trouble: str = ""
    late: bool = False


@dataclass
class Log:
    """What the messages of a ``profile`` job say, put together.

    ``ran`` is what it says of a program.

    ``rows`` are the figures of functions, ``order`` the node ids by the
    numbers that rows use, ``modules`` the names a file was imported by, and
    ``elsewhere`` where a file's module was imported from instead of it.
    """

    outcomes: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: list[Message] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    modules: dict[str, list[str]] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    total: int = 0
    wall: float = 0.0
    ran: Message = field(default_factory=dict)
    code: int | None = None
    ending: str = ""
    errors: str = ""
    last: str = ""


def profile(
    workers: Workers,
    copy: Path,
    files: Sequence[Path],
    arguments: Sequence[str],
    on_test: OnTest,
    seconds: float,
    program: Program | None = None,
) -> Log:
    """Run the tests once, with figures for the functions of the files (absolute paths).

    Or run a program, which is then what is known as test 0.
    """
    log = Log()
    request: Message = {
        "job": "profile",
        "arguments": list(arguments),
        "files": [str(path) for path in files],
    }
    if program is not None:
        request["program"] = program.request()
    began = time.monotonic()
    with closing(workers.open(request, seconds=seconds)) as conversation:
        for message in conversation:
            _take(log, message, f"{copy}/", on_test)
    log.wall = time.monotonic() - began
    ending = conversation.ending
    log.ending = "" if ending is None else str(ending.value)
    log.errors = conversation.errors.replace(f"{copy}/", "")
    if log.ending != "done":
        log.code = None
        code = conversation.returncode
        if code is not None and -code in FATAL_SIGNALS:
            log.ending += f" ({signal.Signals(-code).name})"
    return log


def _take(log: Log, message: Message, prefix: str, on_test: OnTest) -> None:
    kind = message["kind"]
    if kind == "collected":
        log.total = message["count"]
        on_test(0, log.total)
    elif kind == "begin":
        log.last = message["id"]
    elif kind == "test":
        name, outcome = message["id"], message["outcome"] or "passed"
        log.outcomes[name] = outcome
        log.seconds[name] = message["seconds"]
        if outcome in ("failed", "error"):
            text = telling_line(message["text"].replace(prefix, ""), last=False)
            log.failures.append(Failure(outcome, name, text))
        on_test(len(log.outcomes), log.total)
    elif kind == "collect":
        text = telling_line(message["text"].replace(prefix, ""), last=True)
        log.failures.append(Failure("collection", message["id"], text))
    elif kind in ("suite", "ran"):
        log.code = message["code"]
        log.notes += message["notes"]
        log.outside = message["modules"]
        log.ran = message if kind == "ran" else {}
    elif kind == "order":
        log.order += message["ids"]
    elif kind == "functions":
        log.rows += message["rows"]
    elif kind == "modules":
        log.modules, log.elsewhere = message["names"], message["elsewhere"]


def telling_line(text: str, *, last: bool) -> str:
    """Return the line of a pytest report that says what went wrong: the first, or last, ``E``."""
    lines = [line for line in text.splitlines() if line.strip()]
    marked = [line[1:].strip() for line in lines if line.startswith("E ")]
    if marked:
        return marked[-1 if last else 0]
    return lines[-1].strip() if lines else ""

"""Exit codes, and the errors that have one."""

from __future__ import annotations

from enum import Enum


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

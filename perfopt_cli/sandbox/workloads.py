"""Workloads beside the tests: programs of the project's own, run with candidates on disk."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from perfopt_cli.core import Reason, Workload
from perfopt_cli.project import Program
from perfopt_cli.sandbox.gate import Refusal
from perfopt_cli.sandbox.messages import last_line
from perfopt_cli.sandbox.session import Ending, Message, Session
from perfopt_cli.sandbox.special import constants

PATIENCE = 5.0
START_SECONDS = 20.0
DENIED = ("PermissionError", "Operation not permitted", "Bad system call")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended. ``code`` is its exit code, None where it did not come to its end."""

    ending: Ending
    errors: str
    code: int | None = None
    printed: str = ""

    @classmethod
    def of(cls, ending: Ending | None, errors: str, message: Message | None) -> Ran:
        """Return what a worker said of the program in this message."""
        if ending is not Ending.DONE or message is None:
            return cls(ending or Ending.CRASHED, errors)
        return cls(ending, errors, int(message["code"]), str(message["printed"]))

    def failure(self) -> str:
        """Return what is wrong with the way it ended, in words; empty where nothing is."""
        if self.ending is not Ending.DONE:
            return f"{self.ending.value}: {last_line(self.errors)}"
        if self.code is None:
            return f"did not come to its end: {last_line(self.errors)}"
        if self.code:
            return f"ends with exit code {self.code}: {last_line(self.errors)}"
        return ""


def limit(before: Workload) -> float:
    """Return the wall limit in seconds for a run of the program."""
    return START_SECONDS + PATIENCE * before.seconds


def run_program(session: Session, program: Program, before: Workload) -> Ran:
    """Run the program once, in a fresh process."""
    request = {"job": "workload", "program": program.request()}
    told: Message | None = None
    with session.open(request, seconds=limit(before)) as worker:
        for message in worker:
            told = message if message["kind"] == "ran" else told
    return Ran.of(worker.ending, worker.errors, told)


def refusal(before: Workload, ran: Ran) -> Refusal | None:
    """Return what a program's run says against a change, or None.

    Its output counts where it is known to be the same in every run.
    """
    what = f"the workload {before.command!r}"
    failure = ran.failure()
    if ran.ending is Ending.TIMED_OUT:
        return Refusal(Reason.TIMED_OUT, f"{what} took over {PATIENCE:g} times as long")
    if ran.ending is not Ending.DONE or ran.code is None:
        return Refusal(Reason.CRASHED, f"{what} {failure}")
    if failure:
        denied = any(word in ran.errors for word in DENIED)
        return Refusal(Reason.SANDBOX if denied else Reason.TESTS_FAILED, f"{what} {failure}")
    if before.printed and ran.printed != before.printed:
        return Refusal(Reason.DIVERGED, f"{what} prints something else")
    return None


def constants_of_programs(programs: Iterable[Program]) -> set[str]:
    """Return the constants in the programs' command lines, as ``special.constants`` does."""
    found: set[str] = set()
    for program in programs:
        for word in program.words[1:]:
            found |= constants(ast.Constant(word))
            try:
                found |= constants(ast.parse(word, mode="eval"))
            except (SyntaxError, ValueError):
                continue
    return found

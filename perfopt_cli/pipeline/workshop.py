"""The scratch folder of a run, the sandbox around it, and what runs of the tests need of both."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from perfopt_cli.config import Settings
from perfopt_cli.core import BaselineError, Listener, OutOfTime, Target
from perfopt_cli.locate import Located, check_baseline, compare_runs, locate, test_arguments
from perfopt_cli.pipeline.cache.state import readable_paths
from perfopt_cli.project import (
    Interpreter,
    Program,
    Project,
    python_path,
    read_programs,
    unmapped,
)
from perfopt_cli.sandbox.isolate import Sandbox, open_sandbox
from perfopt_cli.sandbox.place import Workplace, make_place
from perfopt_cli.sandbox.recording import Recording, record
from perfopt_cli.sandbox.session import Session
from perfopt_cli.sandbox.verify import Verifier

LONGEST_SUITE = 3600.0


def new_run_id() -> str:
    """Return a name for a run: the time in UTC, and four random digits."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H-%M-%SZ")
    return f"{now}-{secrets.token_hex(2)}"


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where a run works: ``place`` has every folder but the copy of the project.

    ``open`` ends with the workshop, and with it what was opened in it.
    """

    project: Project
    interpreter: Interpreter
    settings: Settings
    listener: Listener
    sandbox: Sandbox
    place: Workplace
    open: ExitStack

    def programs(self) -> tuple[Program, ...]:
        """Return the workloads whose program is in the tree that is in the copy's place.

        Raises PerfoptError for one that is no Python program.
        """
        found = read_programs(self.settings.workload, self.project.files, self.interpreter)
        return tuple(one for one in found if one.is_in(self.place.copy))

    def open_session(self) -> tuple[Session, list[str]]:
        """Return a session over the tree that is in the copy's place, and pytest's arguments."""
        copy = self.place.copy
        place = self.place.with_search_path(python_path(self.interpreter, self.project, copy))
        plugins = frozenset(self.interpreter.plugins)
        arguments = test_arguments(plugins, copy, place.scratch, self.settings.pytest_args)
        session = self.open.enter_context(Session(self.sandbox, place))
        return session, arguments

    def locate(
        self,
        session: Session,
        arguments: Sequence[str],
        files: Sequence[str],
        functions: Collection[tuple[str, str]],
    ) -> Located:
        """Run the tests once under the profiler, for the functions of these files.

        The workloads too. Raises BaselineError for what fails, OutOfTime where
        the budget is less than they take.
        """
        programs = self.programs()
        kept = [one.command for one in programs]
        for command in dict.fromkeys(self.settings.workload):
            if command not in kept:
                self.listener.note(f"the workload {command!r} is left out: its program is new")
        beside = " and workloads" if programs else ""
        self.listener.stage(f"running the project's tests{beside} under the profiler")
        budget = self.settings.budget
        located = locate(
            session,
            self.place.copy,
            files,
            arguments,
            functions,
            self.listener.tests,
            programs=programs,
            seconds=budget or LONGEST_SUITE,
        )
        if budget and located.ending == "timed out":
            raise OutOfTime(
                f"the tests alone take longer than the budget of {budget:g} s: give more with "
                "--budget, or fewer tests with --pytest-args"
            )
        if budget and located.late:
            raise OutOfTime(
                f"the tests and workloads alone take longer than the budget of {budget:g} s: give "
                "more with --budget, or the workload less to do"
            )
        check_baseline(located)
        note_located(located, self.interpreter, self.project, self.listener)
        return located

    def record(self, verifier: Verifier, chosen: Sequence[Target]) -> Recording:
        """Run tests and workloads once more, recording calls.

        Raises BaselineError for what does not do the same twice.
        """
        self.listener.stage("recording calls")
        recording = record(verifier, chosen, self.listener.tests)
        before = verifier.baseline.outcomes
        changed = compare_runs(before, recording.run.outcomes)
        if changed:
            again = compare_runs(before, verifier.run_suite(None).outcomes)
            raise BaselineError(flaky_text(again or changed, by_recording=not again))
        for program, ran in zip(verifier.programs, recording.ran, strict=True):
            failure = ran.failure()
            if failure:
                raise BaselineError(
                    f"the workload {program.command!r} ran to its end once, but not while calls "
                    f"were recorded: it {failure}\nA workload has to do the same in every run: "
                    "mind the files that it leaves behind"
                )
        for command in verifier.expect(recording.ran):
            self.listener.note(
                f"the workload {command!r} does not print the same in two runs: its output is not "
                "compared"
            )
        return recording


def note_located(
    located: Located, interpreter: Interpreter, project: Project, listener: Listener
) -> None:
    """Say what was left out, and why."""
    for note in located.notes:
        listener.note(note)
    for name in unmapped(interpreter, project):
        listener.note(
            f"{name} is installed in a way that perfopt can't lead to its working copy: "
            "its functions are left alone"
        )


@contextmanager
def open_workshop(
    project: Project, interpreter: Interpreter, settings: Settings, listener: Listener
) -> Iterator[Workshop]:
    """Make the scratch folder and open the sandbox around it; remove the folder at the end.

    Raises SandboxError where there is no isolation.
    """
    scratch = Path(tempfile.mkdtemp(prefix="perfopt-")).resolve()
    try:
        place = make_place(
            project.root,
            scratch,
            interpreter.path,
            readable=readable_paths(interpreter),
            network=settings.network,
        )
        sandbox = open_sandbox(settings.sandbox, python=interpreter.path, scratch=scratch)
        with ExitStack() as stack:
            yield Workshop(project, interpreter, settings, listener, sandbox, place, stack)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def flaky_text(names: Sequence[str], *, by_recording: bool) -> str:
    """Say which tests did not do the same twice."""
    shown = "\n".join(f"  {name}" for name in names[:10])
    more = f"\n  and {len(names) - 10} more" if len(names) > 10 else ""
    cause = " when calls were recorded" if by_recording else ""
    return (
        f"these tests do not give the same outcome twice{cause}:\n{shown}{more}\n"
        "perfopt needs a suite that it can trust: mend them, or leave them out with "
        '--pytest-args "--deselect NODEID"'
    )

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
from perfopt_cli.project import Interpreter, Project, python_path, unmapped
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

        Raises BaselineError for tests that fail, OutOfTime where the budget is
        less than they take.
        """
        self.listener.stage("running the project's tests under the profiler")
        budget = self.settings.budget
        located = locate(
            session,
            self.place.copy,
            files,
            arguments,
            functions,
            self.listener.tests,
            seconds=budget or LONGEST_SUITE,
        )
        if budget and located.ending == "timed out":
            raise OutOfTime(
                f"the tests alone take longer than the budget of {budget:g} s: give more with "
                "--budget, or fewer tests with --pytest-args"
            )
        check_baseline(located)
        note_located(located, self.interpreter, self.project, self.listener)
        return located

    def record(self, verifier: Verifier, chosen: Sequence[Target]) -> Recording:
        """Run the tests once more, recording calls. Raises BaselineError for flaky tests."""
        self.listener.stage("recording calls")
        recording = record(verifier, chosen, self.listener.tests)
        before = verifier.baseline.outcomes
        changed = compare_runs(before, recording.run.outcomes)
        if changed:
            again = compare_runs(before, verifier.run_suite(None).outcomes)
            raise BaselineError(flaky_text(again or changed, by_recording=not again))
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

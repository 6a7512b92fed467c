"""One run of perfopt over one project: the only module that knows the order of the stages.

``Run.optimize`` is a generator of ``Outcome``: the command, the hook and
others consume it their own way. Nothing is written to the user's tree before
everything was judged.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path

from perfopt_cli.apply import FileState, diff, plan, write
from perfopt_cli.config import Settings
from perfopt_cli.core import (
    BaselineError,
    Listener,
    Outcome,
    OutOfTime,
    Proposer,
    Summary,
    Target,
)
from perfopt_cli.locate import Located, check_baseline, compare_runs, locate, test_arguments
from perfopt_cli.pipeline.bench import Bench
from perfopt_cli.pipeline.choose import choose_targets, named_targets
from perfopt_cli.pipeline.finish import best, rewrites, settle
from perfopt_cli.project import (
    Interpreter,
    Project,
    Selection,
    copy_project,
    python_files,
    python_path,
    unmapped,
)
from perfopt_cli.sandbox.isolate import open_sandbox
from perfopt_cli.sandbox.judge import Recording, record
from perfopt_cli.sandbox.place import code_state, make_place
from perfopt_cli.sandbox.session import Session
from perfopt_cli.sandbox.verify import Verifier
from perfopt_cli.source import read_source

LONGEST_SUITE = 3600.0


def new_run_id() -> str:
    """Return a name for a run: the time in UTC, and four random digits."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H-%M-%SZ")
    return f"{now}-{secrets.token_hex(2)}"


@dataclass
class Run:
    """A run, to be used once. ``summary`` is there when the generator is exhausted."""

    project: Project
    interpreter: Interpreter
    selections: Sequence[Selection]
    settings: Settings
    listener: Listener
    write_files: bool = True
    id: str = field(default_factory=new_run_id)
    summary: Summary | None = None

    def locate(self) -> Summary:
        """Run the project's tests once under the profiler; judge nothing."""
        with self._workshop() as (session, arguments):
            self.summary = self._summary(self._locate(session, arguments))
        return self.summary

    def optimize(self, sources: Sequence[Proposer]) -> Iterator[Outcome]:
        """Do the whole job, yielding the outcome of each candidate as it is judged.

        Raises BaselineError for tests that fail or are flaky, SandboxError
        where there is no isolation, PerfoptError for what the user can mend.
        """
        start = time.monotonic()
        with self._workshop() as (session, arguments):
            fresh = code_state(session.place.copy)
            located = self._locate(session, arguments)
            chosen = choose_targets(located.targets, self.settings, sources)
            self._note_unknown(located, sources)
            self.summary = replace(self._summary(located), chosen=tuple(chosen))
            if not chosen:
                return
            bench = Bench(
                Verifier(
                    session,
                    located.baseline,
                    arguments,
                    lambda: self._renew(session),
                    located.seconds,
                ),
                sources,
                self.settings,
                None if self.settings.budget is None else start + self.settings.budget,
            )
            bench.recording = self._record(bench.verifier, chosen)
            present = code_state(session.place.copy)
            bench.verifier.artefacts = frozenset({*present} - {*fresh})
            outcomes: list[Outcome] = []
            for number, target in enumerate(chosen):
                self.listener.stage(f"{target.path}::{target.qualname}")
                for verdict in bench.judge_target(target, number):
                    self.listener.verdict(verdict)
                    outcomes.append(Outcome(target, verdict))
                    yield outcomes[-1]
            self._finish(bench.verifier, outcomes)
            for source in sources:
                self._note_model(source)

    def _locate(self, session: Session, arguments: list[str]) -> Located:
        self.listener.stage("running the project's tests under the profiler")
        budget = self.settings.budget
        files = python_files(self.project, self.selections, self.settings.exclude)
        names = [self.project.relative(path) for path in files]
        functions = {
            (self.project.relative(one.path), one.qualname)
            for one in self.selections
            if one.qualname is not None
        }
        located = locate(
            session,
            session.place.copy,
            names,
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
        for note in located.notes:
            self.listener.note(note)
        for name in unmapped(self.interpreter, self.project):
            self.listener.note(
                f"{name} is installed in a way that perfopt can't lead to its working copy: "
                "its functions are left alone"
            )
        return located

    def _summary(self, located: Located) -> Summary:
        python = self.interpreter.path
        return Summary(self.id, python, located.baseline, tuple(located.targets))

    def _note_model(self, source: Proposer) -> None:
        """Say how a model was loaded, and how many of its replies were of no use."""
        description = getattr(getattr(source, "backend", None), "description", "")
        if description:
            self.listener.note(description)
        for name, what in (
            ("unusable", "replies held no definition of the function"),
            ("too_long", "functions did not fit into its prompt"),
        ):
            if count := getattr(source, name, 0):
                self.listener.note(f"{source.name}: {count} {what}")

    def _note_unknown(self, located: Located, sources: Sequence[Proposer]) -> None:
        known = {(target.path, target.qualname) for target in located.targets}
        for path, qualname in sorted(named_targets(sources) - known):
            self.listener.note(f"the replay file names {path}::{qualname}, which is not there")

    @contextmanager
    def _workshop(self) -> Iterator[tuple[Session, list[str]]]:
        """Make the scratch folder with the working copy, and the sandbox around it."""
        scratch = Path(tempfile.mkdtemp(prefix="perfopt-")).resolve()
        try:
            self.listener.stage("copying the project")
            place = make_place(
                self.project.root,
                scratch,
                self.interpreter.path,
                readable=readable_paths(self.interpreter),
                network=self.settings.network,
            )
            copy_project(self.project, place.copy)
            place = place.with_search_path(python_path(self.interpreter, self.project, place.copy))
            sandbox = open_sandbox(
                self.settings.sandbox, python=self.interpreter.path, scratch=scratch
            )
            plugins = frozenset(self.interpreter.plugins)
            arguments = test_arguments(plugins, place.copy, scratch, self.settings.pytest_args)
            yield Session(sandbox, place), arguments
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _renew(self, session: Session) -> None:
        shutil.rmtree(session.place.copy)
        copy_project(self.project, session.place.copy)

    def _record(self, verifier: Verifier, chosen: Sequence[Target]) -> Recording:
        self.listener.stage("recording calls")
        recording = record(verifier, chosen, self.listener.tests)
        before = verifier.baseline.outcomes
        changed = compare_runs(before, recording.run.outcomes)
        if changed:
            again = compare_runs(before, verifier.run_suite(None).outcomes)
            raise BaselineError(flaky_text(again or changed, by_recording=not again))
        return recording

    def _finish(self, verifier: Verifier, outcomes: list[Outcome]) -> None:
        """Run the suite with all accepted rewrites together, then write the files."""
        assert self.summary is not None
        copy = verifier.session.place.copy
        accepted = best(outcomes)
        if accepted:
            self.listener.stage("running all tests with all rewrites together")
        digests = {
            self.project.root / outcome.target.path: read_source(copy / outcome.target.path).digest
            for outcome in accepted
        }
        kept, dropped = settle(verifier, copy, accepted)
        edits = plan(self.project.root, rewrites(kept), digests)
        written = write(edits, self.id, self.project.root) if self.write_files else ()
        done = {one.path for one in written if one.state is FileState.WRITTEN}
        for one in written:
            if one.state is not FileState.WRITTEN:
                self.listener.note(f"{one.path} was left alone: {one.detail or one.state.value}")
        final = []
        for outcome in outcomes:
            mine = next((d for d in dropped if same_candidate(d, outcome)), None)
            in_files = any(outcome is k for k in kept) and (
                outcome.target.path in done if self.write_files else True
            )
            shown = diff(plan(copy, rewrites([outcome]))) if in_files else ""
            final.append(mine or replace(outcome, applied=in_files, diff=shown))
        self.summary = replace(self.summary, outcomes=tuple(final), patch=diff(edits))


def readable_paths(interpreter: Interpreter) -> tuple[Path, ...]:
    """Return what a worker must read beside the system: the interpreter and what it imports."""
    folders = [interpreter.prefix, interpreter.base_prefix]
    folders += [interpreter.path.parent, interpreter.path.resolve().parent]
    names = [*interpreter.sys_path, *interpreter.links, *interpreter.editable.values()]
    found = dict.fromkeys([*folders, *map(Path, names)])
    return tuple(path for path in found if path.exists())


def same_candidate(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes are about the same candidate."""
    if one.verdict is None or other.verdict is None:
        return False
    return one.verdict.rewrite == other.verdict.rewrite


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

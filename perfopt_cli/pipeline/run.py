"""One run of perfopt over one project: the only module that knows the order of the stages.

``Run.optimize`` is a generator of ``Outcome``: the command, the hook and
others consume it their own way. Nothing is written to the user's tree before
everything was judged.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from perfopt_cli.apply import FileState, diff, plan, write
from perfopt_cli.config import Settings
from perfopt_cli.core import Listener, Outcome, PerfoptError, Proposer, Summary, Verdict
from perfopt_cli.locate import Located
from perfopt_cli.pipeline.bench import Bench
from perfopt_cli.pipeline.choose import choose_targets, named_targets
from perfopt_cli.pipeline.finish import best, rewrites, settle
from perfopt_cli.pipeline.verdicts import record_verdict, was_judged
from perfopt_cli.pipeline.workshop import Workshop, new_run_id, open_workshop
from perfopt_cli.project import Interpreter, Project, Selection, copy_project, python_files
from perfopt_cli.sandbox.place import code_state
from perfopt_cli.sandbox.session import Session
from perfopt_cli.sandbox.verify import Verifier
from perfopt_cli.source import read_source


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
        with self._workshop() as (shop, session, arguments):
            self.summary = self._summary(self._locate(shop, session, arguments))
        return self.summary

    def optimize(self, sources: Sequence[Proposer]) -> Iterator[Outcome]:
        """Do the whole job, yielding the outcome of each candidate as it is judged.

        Raises BaselineError for tests that fail or are flaky, SandboxError
        where there is no isolation, PerfoptError for what the user can mend.
        """
        start = time.monotonic()
        with self._workshop() as (shop, session, arguments):
            fresh = code_state(session.place.copy)
            located = self._locate(shop, session, arguments)
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
            bench.recording = shop.record(bench.verifier, chosen)
            present = code_state(session.place.copy)
            bench.verifier.artefacts = frozenset({*present} - {*fresh})
            outcomes: list[Outcome] = []
            for number, target in enumerate(chosen):
                self.listener.stage(f"{target.path}::{target.qualname}")
                module = read_source(session.place.copy / target.path).text
                for verdict in bench.judge_target(target, number):
                    self.listener.verdict(verdict)
                    self._record(verdict, module)
                    outcomes.append(Outcome(target, verdict))
                    yield outcomes[-1]
            self._finish(bench.verifier, outcomes)
            for source in sources:
                self._note_model(source)

    def _record(self, verdict: Verdict, module_source: str) -> None:
        """Keep the verdict in the project where that is wanted; failing at it stops nothing."""
        if not self.settings.record or not was_judged(verdict):
            return
        try:
            record_verdict(self.project.root, verdict, module_source)
        except PerfoptError as error:
            self.settings = replace(self.settings, record=False)
            self.listener.note(f"verdicts are not recorded: {error}")

    def _locate(self, shop: Workshop, session: Session, arguments: list[str]) -> Located:
        files = python_files(self.project, self.selections, self.settings.exclude)
        names = [self.project.relative(path) for path in files]
        functions = {
            (self.project.relative(one.path), one.qualname)
            for one in self.selections
            if one.qualname is not None
        }
        return shop.locate(session, arguments, names, functions)

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
    def _workshop(self) -> Iterator[tuple[Workshop, Session, list[str]]]:
        """Open the workshop, with the working copy in it and a session over that."""
        parts = self.project, self.interpreter, self.settings, self.listener
        with open_workshop(*parts) as shop:
            self.listener.stage("copying the project")
            copy_project(self.project, shop.place.copy)
            yield shop, *shop.open_session()

    def _renew(self, session: Session) -> None:
        shutil.rmtree(session.place.copy)
        copy_project(self.project, session.place.copy)

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


def same_candidate(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes are about the same candidate."""
    if one.verdict is None or other.verdict is None:
        return False
    return one.verdict.rewrite == other.verdict.rewrite

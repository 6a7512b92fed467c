"""One run of perfopt over one project: the only module that knows the order of the stages.

``Run.optimize`` is a generator of ``Outcome``: the command, the hook and
others consume it their own way. Nothing is written to the user's tree before
everything was judged.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from perfopt_cli.apply import FileState, diff, plan, write
from perfopt_cli.config import Settings
from perfopt_cli.core import (
    Listener,
    Outcome,
    PerfoptError,
    Proposer,
    Status,
    Summary,
    Target,
    Verdict,
)
from perfopt_cli.locate import Located
from perfopt_cli.pipeline.bench import Bench
from perfopt_cli.pipeline.cache.kept import Kept, not_kept, open_kept
from perfopt_cli.pipeline.choose import choose_targets, named_targets
from perfopt_cli.pipeline.finish import best, rewrites, settle
from perfopt_cli.pipeline.lab import Lab
from perfopt_cli.pipeline.lanes import Lanes, usual_jobs
from perfopt_cli.pipeline.learned import learn
from perfopt_cli.pipeline.lock import alone
from perfopt_cli.pipeline.verdicts import record_verdict, was_judged
from perfopt_cli.pipeline.workshop import new_run_id
from perfopt_cli.project import Interpreter, Project, Selection, python_files


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
        with ExitStack() as stack:
            lab = self._lab(not_kept(), stack)
            self.summary = self._summary(lab.locate(*self._wanted()))
        return self.summary

    def optimize(self, sources: Sequence[Proposer]) -> Iterator[Outcome]:
        """Do the whole job, yielding the outcome of each candidate as it is judged.

        Raises BaselineError for tests that fail or are flaky, SandboxError
        where there is no isolation, PerfoptError for what the user can mend.
        """
        start = time.monotonic()
        budget = self.settings.budget
        if self.write_files:
            check_writable(self.project.root)
        with ExitStack() as stack:
            stack.enter_context(alone(self.project.root, self.listener, budget))
            lab = self._lab(self._kept(), stack)
            located = lab.locate(*self._wanted())
            chosen = choose_targets(located.targets, self.settings, sources)
            self._note_unknown(located, sources)
            self.summary = replace(self._summary(located), chosen=tuple(chosen))
            if not chosen:
                return
            deadline = None if budget is None else start + budget
            jobs = self.settings.jobs or usual_jobs()
            modules = [lab.module(target.path) for target in chosen]
            bench = Bench(lab, chosen, sources, self.settings, deadline, modules, jobs)
            outcomes: list[Outcome] = []
            pieces = bench.pieces
            with Lanes(len(pieces), jobs, bench.judge_piece, lab.stop) as lanes:
                for piece, number in enumerate(pieces):
                    target = chosen[number]
                    if not bench.is_known_to_be_done(piece):
                        self.listener.stage(f"{target.path}::{target.qualname}")
                    for verdict in lanes.of(piece):
                        self.listener.verdict(verdict)
                        self._record(verdict, modules[number].text)
                        outcomes.append(Outcome(target, verdict))
                        yield outcomes[-1]
            # Models were asked after the other sources had been through all targets.
            outcomes.sort(key=lambda one: chosen.index(one.target))
            unasked = [(row.target, row.search.unasked) for row in bench.rows]
            self.summary = replace(self.summary, unasked=tuple(one for one in unasked if one[1]))
            self._finish(lab, chosen, outcomes)
            self._learn([one.verdict for one in outcomes if one.verdict is not None])
            for source in sources:
                self._note_model(source)

    def _learn(self, verdicts: Sequence[Verdict]) -> None:
        """Keep in the project which rules were worth it, where verdicts are recorded."""
        if not self.settings.record:
            return
        try:
            learn(self.project.root, verdicts)
        except PerfoptError as error:
            self.listener.note(f"what rules are worth is not kept: {error}")

    def _record(self, verdict: Verdict, module_source: str) -> None:
        """Keep the verdict in the project where that is wanted; failing at it stops nothing."""
        if not self.settings.record or not was_judged(verdict):
            return
        try:
            record_verdict(self.project.root, verdict, module_source)
        except PerfoptError as error:
            self.settings = replace(self.settings, record=False)
            self.listener.note(f"verdicts are not recorded: {error}")

    def _kept(self) -> Kept:
        self.listener.stage("looking for what earlier runs found")
        return open_kept(self.project, self.interpreter, self.settings, self.listener)

    def _lab(self, kept: Kept, stack: ExitStack) -> Lab:
        parts = self.project, self.interpreter, self.settings, self.listener
        return Lab(*parts, kept, stack)

    def _wanted(self) -> tuple[list[str], set[tuple[str, str]]]:
        """Return the files whose functions are looked at, and the functions that were named."""
        globs = self.settings.exclude, self.settings.include
        files = python_files(self.project, self.selections, *globs)
        names = [self.project.relative(path) for path in files]
        functions = {
            (self.project.relative(one.path), one.qualname)
            for one in self.selections
            if one.qualname is not None
        }
        return names, functions

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
        for remark in getattr(source, "remarks", ()):
            self.listener.note(remark)

    def _note_unknown(self, located: Located, sources: Sequence[Proposer]) -> None:
        known = {(target.path, target.qualname) for target in located.targets}
        for path, qualname in sorted(named_targets(sources) - known):
            self.listener.note(f"the replay file names {path}::{qualname}, which is not there")

    def _finish(self, lab: Lab, chosen: Sequence[Target], outcomes: list[Outcome]) -> None:
        """Run the suite with all accepted rewrites together, then write the files."""
        assert self.summary is not None
        kept, dropped = self._settle(lab, chosen, best(outcomes))
        folder = lab.folder
        paths = {one.target.path for one in kept}
        root = self.project.root if self.write_files else self.project.files
        digests = {root / path: lab.digest(path) for path in paths}
        diffs = [diff(plan(folder, rewrites([outcome]))) for outcome in kept]
        edits = plan(root, rewrites(kept), digests)
        written = write(edits, self.id, self.project.root) if self.write_files else ()
        done = {one.path for one in written if one.state is FileState.WRITTEN}
        for one in written:
            if one.state is not FileState.WRITTEN:
                self.listener.note(f"{one.path} was left alone: {one.detail or one.state.value}")
        final = []
        for outcome in outcomes:
            mine = next((d for d in dropped if same_candidate(d, outcome)), None)
            shown = next((text for k, text in zip(kept, diffs, strict=True) if k is outcome), "")
            if self.write_files and outcome.target.path not in done:
                shown = ""
            final.append(mine or replace(outcome, applied=bool(shown), diff=shown))
        self.summary = replace(self.summary, outcomes=tuple(final), patch=diff(edits))

    def _settle(
        self, lab: Lab, chosen: Sequence[Target], accepted: list[Outcome]
    ) -> tuple[list[Outcome], list[Outcome]]:
        """Return which rewrites stay, and which are dropped, of those that were accepted."""
        if len(accepted) < 2:
            return accepted, []
        baseline = lab.located.baseline
        found = lab.kept.together(baseline, accepted)
        if found is not None:
            pairs = list(zip(accepted, found, strict=True))
            staying = [one for one, other in pairs if is_accepted(other)]
            return staying, [other for _, other in pairs if not is_accepted(other)]
        verifier, _ = lab.gates(chosen)
        self.listener.stage("running all tests with all rewrites together")
        kept, dropped = settle(verifier, lab.folder, accepted)
        lab.kept.keep_together(baseline, accepted, dropped)
        return kept, dropped


def check_writable(root: Path) -> None:
    """Raise PerfoptError where edits could not be written: said before any work is done."""
    folder = root / ".perfopt"
    if not os.access(folder if folder.is_dir() else root, os.W_OK):
        raise PerfoptError(
            f"{root} can't be written to: --check, --diff and --no-apply look for rewrites and "
            "write nothing there"
        )


def is_accepted(outcome: Outcome) -> bool:
    """Tell whether the outcome's candidate was accepted."""
    return outcome.verdict is not None and outcome.verdict.status is Status.ACCEPTED


def same_candidate(one: Outcome, other: Outcome) -> bool:
    """Tell whether two outcomes are about the same candidate."""
    if one.verdict is None or other.verdict is None:
        return False
    return one.verdict.rewrite == other.verdict.rewrite

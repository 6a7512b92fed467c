"""A change that somebody else made, judged: the order of the stages of ``verify``.

The project as of a commit takes the part of the unchanged project: it is
profiled, recorded and replayed. The working tree takes that of a candidate:
its tests are run, and the recorded calls are replayed in it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from perfopt_cli.config import Settings
from perfopt_cli.core import Baseline, Judged, Listener, PerfoptError, Review, Target
from perfopt_cli.locate import Located
from perfopt_cli.pipeline import outcomes, speed
from perfopt_cli.pipeline.differences import Differences, differences
from perfopt_cli.pipeline.lock import alone
from perfopt_cli.pipeline.pair import Pair, make_pair
from perfopt_cli.pipeline.trees import Side, Trees
from perfopt_cli.pipeline.workshop import Workshop, new_run_id, open_workshop
from perfopt_cli.project import (
    Interpreter,
    Project,
    Revision,
    Selection,
    copy_project,
    put_back,
    read_revision,
)
from perfopt_cli.sandbox.judge import Judge
from perfopt_cli.sandbox.place import code_state
from perfopt_cli.sandbox.verify import SuiteRun, Verifier
from perfopt_cli.source import read_source


@dataclass
class Change:
    """A change to a project, from the commit ``base`` to the working tree; to be used once.

    ``timing``: also tell whether equivalent functions are faster or slower.
    """

    project: Project
    interpreter: Interpreter
    selections: Sequence[Selection]
    settings: Settings
    listener: Listener
    base: str = "HEAD"
    timing: bool = False
    id: str = field(default_factory=new_run_id)

    def verify(self) -> Review:
        """Judge each function that differs.

        Raises BaselineError where the base's own tests fail or are flaky,
        SandboxError where there is no isolation, PerfoptError for what the
        user can mend. Where nothing differs, nothing is run.
        """
        start = time.monotonic()
        budget = self.settings.budget
        with tempfile.TemporaryDirectory(prefix="perfopt-") as folder:
            self.listener.stage(f"comparing with {self.base}")
            revision = read_revision(self.project, self.base, Path(folder).resolve())
            globs = self.settings.exclude, self.settings.include
            found = differences(self.project, revision, self.selections, *globs)
            changes = found.changes
            for note in changes.notes:
                self.listener.note(note)
            review = Review(
                self.id,
                self.interpreter.path,
                revision.commit,
                problems=tuple(changes.problems),
                notes=tuple(changes.notes),
            )
            if not changes:
                return review
            parts = self.project, self.interpreter, self.settings, self.listener
            # What is only compared disturbs nobody's clock.
            turn = alone(self.project.root, self.listener, budget) if self.timing else nullcontext()
            with turn, open_workshop(*parts) as shop:
                deadline = None if budget is None else start + budget
                stages = Stages(self, shop, revision, found, deadline)
                return stages.run(review)


class Stages:
    """The stages of one change, in the workshop."""

    def __init__(
        self,
        change: Change,
        shop: Workshop,
        revision: Revision,
        found: Differences,
        deadline: float | None,
    ) -> None:
        self.change = change
        self.shop = shop
        self.listener = shop.listener
        self.found = found
        self.deadline = deadline
        self.trees = Trees(shop.place)
        self.listener.stage("copying the project")
        for side in Side:
            copy_project(shop.project, self.trees.folder(side))
        put_back(revision, shop.project, self.trees.folder(Side.OLD))
        self._check_still_the_same()

    def run(self, review: Review) -> Review:
        """Do everything, old version first."""
        self.trees.put(Side.OLD)
        fresh = code_state(self.trees.folder(Side.OLD))
        located, old = self._locate()
        pairs = self._pairs(located)
        self._gather(pairs, old)
        written = {*code_state(self.trees.folder(Side.OLD))} - {*fresh}
        self.trees.put(Side.NEW)
        new = self._new_verifier(old, frozenset(written))
        run = self._run_tests(new)
        reached = {test for pair in pairs for test in pair.target.tests}
        problems = [*review.problems, *outcomes.problems(new, run, reached)]
        problems += [found.detail for found in new.workload_refusals() if found is not None]
        notes = list(outcomes.notes(located.baseline, run))
        for note in notes:
            self.listener.note(note)
        for pair in pairs:
            pair.others = [one.target for one in pairs if one is not pair]
        judged = tuple(self._judge(pair, old, new, run) for pair in pairs)
        ran = {name: outcome for name, outcome in run.outcomes.items() if "::" in name}
        return replace(
            review,
            baseline=located.baseline,
            suite=Baseline(ran, 0.0),
            judged=judged,
            problems=tuple(problems),
            notes=(*review.notes, *notes),
        )

    def _locate(self) -> tuple[Located, Verifier]:
        session, arguments = self.shop.open_session()
        functions = [(one.path, one.qualname) for one in self.found.comparable()]
        files = sorted({path for path, _ in functions})
        located = self.shop.locate(session, arguments, files, functions)
        verifier = Verifier(
            session,
            located.baseline,
            arguments,
            self._nothing_to_renew,
            located.seconds,
            programs=self.shop.programs(),
        )
        return located, verifier

    def _pairs(self, located: Located) -> list[Pair]:
        targets = {(target.path, target.qualname): target for target in located.targets}
        pairs = []
        for number, one in enumerate(self.found.changes.functions):
            plain = Target(one.path, one.qualname, one.old.node.lineno, one.old.source)
            target = targets.get((one.path, one.qualname), plain)
            pairs.append(make_pair(one, target, number, *self.found.texts[one.path]))
        return pairs

    def _gather(self, pairs: Sequence[Pair], verifier: Verifier) -> None:
        chosen = [pair for pair in pairs if pair.open]
        if not chosen:
            verifier.expect(())
            return
        recording = self.shop.record(verifier, [pair.target for pair in chosen])
        least = self.shop.settings.min_speedup
        for number, pair in enumerate(chosen):
            if self._late():
                return
            self.listener.stage(f"{pair.target.path}::{pair.target.qualname} as it was")
            judge = Judge(verifier, pair.target, number, pair.old, recording, least)
            pair.gather(judge, verifier.session)

    def _new_verifier(self, old: Verifier, artefacts: frozenset[str]) -> Verifier:
        session, arguments = self.shop.open_session()
        session.memory_bytes = old.session.memory_bytes
        arguments = [outcomes.GO_ON, *arguments]
        return Verifier(
            session,
            old.baseline,
            arguments,
            self._renew,
            old.seconds,
            artefacts,
            old.programs,
        )

    def _run_tests(self, verifier: Verifier) -> SuiteRun:
        """Run the change's tests; where they write to code, replay in a copy made anew."""
        self.listener.stage("running the tests of the change")
        copy = self.shop.place.copy
        # The sandbox would do so at its start, and change the change time by it.
        self.shop.sandbox.own([copy])
        before = code_state(copy)
        run = verifier.run_suite(None)
        written = {name for name, _ in before.items() ^ code_state(copy).items()}
        if written - verifier.artefacts:
            verifier.renew()
        return outcomes.with_lost(verifier.baseline, run)

    def _judge(self, pair: Pair, old: Verifier, new: Verifier, run: SuiteRun) -> Judged:
        self.listener.stage(f"{pair.target.path}::{pair.target.qualname}")
        judged = pair.check(new, run, late=self._late())
        if judged.equivalent and self.change.timing:
            if self._late():
                judged = speed.with_detail(judged, "not timed: the time budget ran out")
            else:
                least = self.shop.settings.min_speedup
                judged = speed.time_pair(pair, judged, old, new, self.trees, least)
        self.listener.verdict(judged.verdict)
        return judged

    def _late(self) -> bool:
        return self.deadline is not None and time.monotonic() > self.deadline

    def _nothing_to_renew(self) -> None:
        """The old version runs in trusted workers alone."""

    def _renew(self) -> None:
        folder = self.trees.folder(Side.NEW)
        shutil.rmtree(folder)
        copy_project(self.shop.project, folder)
        self._check_still_the_same()

    def _check_still_the_same(self) -> None:
        """Raise PerfoptError where a file was edited after it was compared."""
        folder = self.trees.folder(Side.NEW)
        for path, (_, new) in self.found.texts.items():
            if read_source(folder / path).digest != new.digest:
                raise PerfoptError(f"{path} was changed while perfopt read it: run it again")

"""What earlier runs found out of a project in exactly this state, and what is kept of this run.

A state is everything that a verdict can depend on (``surroundings`` and
``tree``); nothing is taken over from any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from perfopt_cli.config import Settings
from perfopt_cli.core import (
    Baseline,
    Listener,
    Outcome,
    PerfoptError,
    Reason,
    Rewrite,
    Status,
    Target,
    Verdict,
)
from perfopt_cli.locate import Located
from perfopt_cli.pipeline.cache.plain import decode, encode
from perfopt_cli.pipeline.cache.state import read_state
from perfopt_cli.pipeline.cache.store import Store, key
from perfopt_cli.pipeline.cache.tree import Tree, read_tree
from perfopt_cli.project import Interpreter, Project
from perfopt_cli.sandbox.checked import keep_docstring
from perfopt_cli.sandbox.stats import waits

# The others tell of the machine in that hour, or of no judgement at all.
FACTS = frozenset(
    {
        Reason.FASTER,
        Reason.INVALID,
        Reason.UNSAFE,
        Reason.TESTS_FAILED,
        Reason.DIVERGED,
        Reason.TIMED_OUT,
        Reason.SANDBOX,
        Reason.NOT_FASTER,
        Reason.SLOWER_SOMEWHERE,
        Reason.UNTESTED,
        Reason.FLAKY,
    }
)
OF_THE_RUN = ("rewrite", "cached")


class Kept:
    """What is kept of one state of a project; where ``store`` is None nothing is.

    ``reading``: also take what is there. ``used``: something was taken.
    """

    def __init__(
        self, store: Store | None, tree: Tree | None, around: Mapping[str, Any], *, reading: bool
    ) -> None:
        self.store = store
        self.tree = tree
        self.around = around
        self.reading = reading
        self.used = False
        self.state = "" if tree is None else key(tree.digest, around)
        if store is not None:
            store.touch(self.state)

    def check_copy(self, copy: Path) -> None:
        """Make sure that the working copy is of this state.

        Where it is not, and nothing was taken yet, the copy's state is the one
        from here on. Raises PerfoptError where something was.
        """
        if self.store is None or self.tree is None:
            return
        tree = read_tree(copy)
        if tree.digest == self.tree.digest:
            return
        if self.used:
            raise PerfoptError("the project was changed while perfopt read it: run it again")
        self.tree = tree
        self.state = key(tree.digest, self.around)

    def check_renewed(self, copy: Path) -> None:
        """Keep and take nothing from here on where a new working copy is of another state."""
        if self.tree is not None and read_tree(copy).digest != self.tree.digest:
            self.store = None

    def located(self, wanted: object) -> Located | None:
        """Return what the tests showed when they were run for these files and functions."""
        try:
            found: Located = decode(Located, self.read(f"located-{key(wanted)}"))
        except (TypeError, ValueError):
            return None
        return found

    def keep_located(self, wanted: object, located: Located, scratch: Path) -> None:
        """Keep what the tests showed, unless it holds names of this run's own folders."""
        data = encode(located)
        if str(scratch) not in json.dumps(data, ensure_ascii=False):
            self.write(f"located-{key(wanted)}", data)

    def verdict(self, baseline: Baseline, rewrite: Rewrite) -> Verdict | None:
        """Return the verdict that this candidate was given."""
        data = self.read(candidate_name(baseline, rewrite))
        rewrite = keep_docstring(rewrite)
        try:
            return verdict_of(rewrite, data)
        except (KeyError, TypeError, ValueError):
            return None

    def keep_verdict(self, baseline: Baseline, rewrite: Rewrite, verdict: Verdict) -> None:
        """Keep the verdict on a candidate, which ``rewrite`` is as it was proposed."""
        if is_fact(verdict):
            self.write(candidate_name(baseline, rewrite), row_of(verdict))

    def together(self, baseline: Baseline, accepted: Sequence[Outcome]) -> list[Outcome] | None:
        """Return these outcomes with the verdicts they had when put in together."""
        data = self.read(together_name(baseline, accepted))
        if not isinstance(data, list) or len(data) != len(accepted):
            return None
        found = []
        for outcome, row in zip(accepted, data, strict=True):
            assert outcome.verdict is not None
            try:
                verdict = verdict_of(outcome.verdict.rewrite, row) if row else outcome.verdict
            except (KeyError, TypeError, ValueError):
                return None
            found.append(replace(outcome, verdict=verdict))
        return found

    def keep_together(
        self, baseline: Baseline, accepted: Sequence[Outcome], dropped: Sequence[Outcome]
    ) -> None:
        """Keep which of these outcomes were dropped when put in together."""
        verdicts = {place(outcome): outcome.verdict for outcome in dropped}
        rows = [verdicts.get(place(outcome)) for outcome in accepted]
        if all(verdict is None or is_fact(verdict) for verdict in rows):
            name = together_name(baseline, accepted)
            self.write(name, [verdict and row_of(verdict) for verdict in rows])

    def forget(self) -> None:
        """Drop all that is kept of this state."""
        if self.store is not None:
            self.store.forget(self.state)

    def prune(self) -> None:
        """Bound what is kept of all projects."""
        if self.store is not None:
            self.store.prune()

    def read(self, name: str) -> Any:
        """Return what is kept of this state under the name, or None."""
        if self.store is None or not self.reading:
            return None
        found = self.store.read(self.state, name)
        self.used = self.used or found is not None
        return found

    def write(self, name: str, data: Any) -> None:
        """Keep JSON under the name."""
        if self.store is not None:
            self.store.write(self.state, name, data)


def not_kept() -> Kept:
    """Return what takes nothing and keeps nothing."""
    return Kept(None, None, {}, reading=False)


def open_kept(
    project: Project, interpreter: Interpreter, settings: Settings, listener: Listener
) -> Kept:
    """Look at the project's state and open what is kept of it.

    Where nothing can be kept the listener hears why, and the run goes on without.
    """
    try:
        state = read_state(project, interpreter, settings)
    except PerfoptError as error:
        listener.note(f"verdicts are not kept for later runs: {error}")
        return not_kept()
    return Kept(state.store, state.tree, state.around, reading=settings.cache)


def is_fact(verdict: Verdict) -> bool:
    """Tell whether a verdict would be the same another day, on the same machine."""
    if verdict.reason is Reason.NOISY and verdict.timing is not None:
        quads = [quad for part in verdict.timing.samples for quad in part]
        return bool(quads) and waits(quads)
    return verdict.reason in FACTS and verdict.status is not Status.SKIPPED


def row_of(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON, less what the candidate itself says."""
    row = {f.name: getattr(verdict, f.name) for f in fields(verdict) if f.name not in OF_THE_RUN}
    return {**encode(row), "source": verdict.rewrite.source}


def verdict_of(rewrite: Rewrite, data: Mapping[str, Any]) -> Verdict:
    """Return the verdict that ``row_of`` made the data of.

    Raises KeyError, TypeError or ValueError for other data, or of other source.
    """
    row = dict(data)
    if row.pop("source") != rewrite.source:
        raise ValueError("of another candidate")
    hints = get_type_hints(Verdict)
    values = {name: decode(hints[name], value) for name, value in row.items()}
    verdict = Verdict(rewrite=rewrite, cached=True, **values)
    if not is_fact(verdict):
        raise ValueError("nothing to be kept")
    return verdict


def candidate_name(baseline: Baseline, rewrite: Rewrite) -> str:
    """Return the name of a candidate's verdict, from all of the run that it depends on."""
    whole = [described(rewrite.target), rewrite.source, list(rewrite.imports)]
    return f"verdict-{key(whole, sorted(baseline.outcomes.items()))}"


def together_name(baseline: Baseline, accepted: Sequence[Outcome]) -> str:
    """Return the name of what became of these candidates together."""
    chosen = [outcome.verdict.rewrite for outcome in accepted if outcome.verdict is not None]
    return f"together-{key([candidate_name(baseline, rewrite) for rewrite in chosen])}"


def place(outcome: Outcome) -> tuple[str, str]:
    """Return path and qualname of the outcome's function."""
    return outcome.target.path, outcome.target.qualname


def described(target: Target) -> list[Any]:
    """Return what of a target a verdict depends on, as JSON."""
    named = [target.path, target.qualname, target.line, target.source, target.module, target.skip]
    return [*named, sorted(target.tests), sorted(target.workloads)]

"""Which functions are worth it, and which candidates of theirs are judged."""

from __future__ import annotations

import math
from collections.abc import Sequence

from perfopt_cli.config import Settings
from perfopt_cli.core import PerfoptError, Proposer, Reason, Rewrite, Status, Target, Verdict
from perfopt_cli.model.normal import normal_form
from perfopt_cli.pipeline.rounds import Question


def choose_targets(
    targets: Sequence[Target], settings: Settings, sources: Sequence[Proposer]
) -> list[Target]:
    """Return the targets to work on, hottest first.

    The ``top`` hottest with at least ``min_share`` of the tests' time, and
    whatever a replay file names: an explicit list is judged whole.
    """
    named = named_targets(sources)
    searching = any(not hasattr(source, "targets") for source in sources)
    chosen: list[Target] = []
    for target in targets:
        wanted = (target.path, target.qualname) in named
        hot = searching and target.skip is None and target.share >= settings.min_share
        if wanted or (hot and sum(t.share >= settings.min_share for t in chosen) < settings.top):
            chosen.append(target)
    return chosen


def named_targets(sources: Sequence[Proposer]) -> set[tuple[str, str]]:
    """Return (path, qualname) of what the sources have explicit candidates for."""
    named: set[tuple[str, str]] = set()
    for source in sources:
        if hasattr(source, "targets"):
            named |= source.targets()
    return named


def has_never_worked(source: Proposer) -> bool:
    """Tell whether the source failed for good before it answered anything."""
    return getattr(source, "failure", None) is not None and not getattr(source, "answered", 0)


def failure_note(source: Proposer, target: Target, error: PerfoptError) -> str:
    """Return what the user is told when a source has failed at a target."""
    if getattr(source, "failure", None) is None:
        return f"{source.name} gave nothing for {target.path}::{target.qualname}: {error}"
    return f"{source.name} is not asked any more: {error}"


Guesses = tuple[Question, list[Rewrite]]


def by_worth(asked: Sequence[Guesses]) -> list[tuple[Question, Rewrite]]:
    """Return all candidates; of those about the same start the one worth most goes first.

    Each source's own keep their order. Sources that do not say what a candidate
    is ``worth`` keep their place, after those before them that do.
    """
    found: list[tuple[Question, Rewrite]] = []
    waiting: list[Guesses] = []
    for question, rewrites in asked:
        if waiting and waiting[0][0].start is not question.start:
            found += _merged(waiting)
            waiting = []
        if hasattr(question.source, "worth"):
            waiting.append((question, rewrites))
        else:
            found += _merged(waiting)
            waiting = []
            found += [(question, one) for one in rewrites]
    return found + _merged(waiting)


def _merged(asked: Sequence[Guesses]) -> list[tuple[Question, Rewrite]]:
    """Return the candidates by worth: the best first, of equal ones that of the first source."""
    found = []
    for question, rewrites in asked:
        worth = getattr(question.source, "worth", None)
        least = math.inf
        for rewrite in rewrites:
            # What comes later in its source's order is worth no more.
            least = min(least, worth(rewrite) if worth is not None else 0.0)
            found.append((least, question, rewrite))
    found.sort(key=lambda one: -one[0])
    return [(question, rewrite) for _, question, rewrite in found]


class Distinct:
    """Tells candidates that say the same in other words: comments, layout, docstring apart.

    The same code with other imports is another candidate.
    """

    def __init__(self, target: Target) -> None:
        self.original = normal_form(target.source)
        self.seen: dict[tuple[str, frozenset[str]], Rewrite] = {}

    def duplicate(self, rewrite: Rewrite) -> Verdict | None:
        """Return the verdict on a candidate that was seen before, or None and remember it."""
        form = normal_form(rewrite.source)
        first = self.seen.setdefault((form, frozenset(rewrite.imports)), rewrite)
        if form == self.original:
            detail = "the same code as the original"
        elif first is not rewrite:
            detail = f"the same code as candidate {first.number} of {first.origin}"
        else:
            return None
        return Verdict(rewrite, Status.SKIPPED, Reason.DUPLICATE, detail)

    def forget(self, rewrite: Rewrite) -> None:
        """Judge a candidate that was passed over if it comes again."""
        self.seen.pop((normal_form(rewrite.source), frozenset(rewrite.imports)), None)

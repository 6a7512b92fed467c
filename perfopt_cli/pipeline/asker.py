"""All questions about one target: what sources are told, and their candidates in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from perfopt_cli.core import Facts, Known, PerfoptError, Proposer, Rewrite, Target, Verdict
from perfopt_cli.pipeline.ask import proposals, shown_to
from perfopt_cli.pipeline.cache.asked import Look
from perfopt_cli.pipeline.choose import Distinct, by_worth, failure_note, has_never_worked
from perfopt_cli.pipeline.lab import Lab
from perfopt_cli.pipeline.rounds import Question, Search, is_dear


class Asker:
    """Asks sources about a target whose module's text is ``text``.

    ``see`` looks at recorded calls of the target, or of a rewrite of it, and
    ``types`` at no more than the types that they gave the target. ``ask`` is for
    the thread that started the run.
    """

    def __init__(
        self,
        lab: Lab,
        sources: Sequence[Proposer],
        target: Target,
        text: str,
        see: Callable[[Rewrite | None], Look],
        types: Callable[[], Look],
    ) -> None:
        self.lab = lab
        self.sources = sources
        self.target = target
        self.text = text
        self.distinct = Distinct(target)
        self._see = see
        self._types = types
        self._typed: Look | None = None
        self._arrived = 0
        self._looks: dict[str, Look] = {}

    def ask(
        self, questions: Sequence[Question], known: Sequence[Known | None], search: Search
    ) -> list[tuple[Rewrite, Verdict | None]]:
        """Return the candidates that come of the questions; duplicates have a verdict.

        The search hears of sources that have nothing new.
        """
        found: list[tuple[Rewrite, Verdict | None]] = []
        useful: set[int] = set()
        asked = [
            (question, self._proposed(question, told))
            for question, told in zip(questions, known, strict=True)
        ]
        for question, proposed in by_worth(asked):
            rewrite = self._numbered(question, proposed)
            duplicate = self.distinct.duplicate(rewrite)
            found.append((rewrite, duplicate))
            if duplicate is None:
                useful.add(id(question.source))
        for question in questions:
            if id(question.source) not in useful:
                search.end(question.source)
        return found

    def _proposed(self, question: Question, known: Known | None) -> list[Rewrite]:
        """Return a source's candidates; a source that fails is a note.

        Where no source ever worked, its error is raised.
        """
        source = question.source
        if is_dear(source):
            name = f"{self.target.path}::{self.target.qualname}"
            self.lab.listener.stage(f"asking {source.name} about {name}")
        try:
            return proposals(question, self.target, self.text, known, self.lab.kept)
        except PerfoptError as error:
            if all(has_never_worked(one) for one in self.sources):
                raise
            self.lab.listener.note(failure_note(source, self.target, error))
            return []

    def _numbered(self, question: Question, rewrite: Rewrite) -> Rewrite:
        """Return the candidate with its number, unless its source has numbered it."""
        if hasattr(question.source, "targets"):
            return rewrite
        self._arrived += 1
        return replace(rewrite, number=self._arrived - 1)

    def known(self, question: Question, search: Search) -> Known | None:
        """Return what a source is told: of the function that it is asked about, and of others."""
        tried = search.tried()
        if not is_dear(question.source):
            return self._known_to_cheap(question, tried)
        if not getattr(question.source, "listens", True):
            return Known(tried=tried)
        facts = self.look(question.start).facts
        best = search.best if question.start is None else None
        return Known(facts, tried, None if best is None else self.look(best).facts)

    def _known_to_cheap(self, question: Question, tried: tuple[Verdict, ...]) -> Known | None:
        """Return what may change what a source that is no model says; a look takes long."""
        source = question.source
        types, lines = getattr(source, "wants_types", None), getattr(source, "wants_lines", None)
        if types is not None:
            return Known(self._types_for(question, types), tried)
        if lines is None or self.target.skip is not None or not self.target.tests:
            return None
        try:
            shown, _ = shown_to(question, self.target, self.text)
        except PerfoptError:
            return None
        return Known(self.look(question.start).facts if lines(shown) else None, tried)

    def _types_for(self, question: Question, wants: Callable[[Target, str], bool]) -> Facts | None:
        """Return the types of recorded calls where they may change what the source says."""
        if self._typed is None:
            try:
                shown, text = shown_to(question, self.target, self.text)
            except PerfoptError:
                return None
            if not wants(shown, text):
                return None
            # Rewrites of the target are given what it is given.
            self._typed = self._looks.get("") or self._types()
        return self._typed.facts

    def look(self, start: Verdict | None) -> Look:
        """Return what recorded calls show of the target, or of a verified candidate."""
        rewrite = None if start is None else start.rewrite
        name = "" if rewrite is None else rewrite.source
        if name not in self._looks:
            self._looks[name] = self._see(rewrite)
        return self._looks[name]

"""The judge of one target of a run, and what it sees for those that propose candidates."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from perfopt_cli.core import Rewrite
from perfopt_cli.pipeline.ask import text_with
from perfopt_cli.pipeline.cache.asked import Look, keep_look, kept_look
from perfopt_cli.pipeline.lanes import Desk
from perfopt_cli.sandbox.facts import facts_of
from perfopt_cli.sandbox.judge import Judge

if TYPE_CHECKING:
    from perfopt_cli.pipeline.bench import Bench


class Seat:
    """Holds the judge of a target, which is made when it is first needed.

    Where another target's candidate has disturbed what it saw, another judge
    follows. ``timed`` counts candidates that were timed and of which the judge
    does not know.
    """

    def __init__(self, bench: Bench, number: int) -> None:
        self.bench = bench
        self.number = number
        self.target = bench.chosen[number]
        self.judge: Judge | None = None
        self.timed = 0
        self._told = False

    @contextmanager
    def taken(self, desk: Desk) -> Iterator[None]:
        """Keep until then what stands ready for the judge; ``desk`` is where judges are made."""
        with ExitStack() as stack:
            self._desk, self._stack = desk, stack
            if self.judge is not None:
                self._resume(self.judge)
            yield
            self._tell_why_slow()

    def present(self) -> Judge:
        """Return the judge."""
        if self.judge is None:
            judge = self._desk.ask(lambda: self.bench.judge(self.number))
            self._stack.enter_context(judge.session.holding(judge.request["target"]))
            self.judge = judge
        return self.judge

    def leave(self, judge: Judge) -> None:
        """Have another judge follow this one, which was disturbed."""
        self.timed += judge.tried
        self.judge = None

    def see(self, rewrite: Rewrite | None) -> Look:
        """Look at recorded calls of the target, or of a rewrite that was verified."""
        kept = self.bench.lab.kept
        found = self._desk.ask(lambda: kept_look(kept, self.target, rewrite))
        if found is None:
            found = self._looked(rewrite)
            keep_look(kept, self.target, rewrite, found)
        return found

    def see_types(self) -> Look:
        """Look at the types that recorded calls gave the target; at none if they can't judge."""
        if self.target.skip is not None or not (self.target.tests or self.target.workloads):
            return Look()
        kept = self.bench.lab.kept
        found = self._desk.ask(lambda: kept_look(kept, self.target, None, brief=True))
        if found is None:
            if self.bench.late():
                return Look()
            found = self._undisturbed(
                lambda judge: Look(facts_of(judge.session, judge.request, brief=True))
            )
            if found.facts is not None:
                keep_look(kept, self.target, None, found, brief=True)
        return found

    def _looked(self, rewrite: Rewrite | None) -> Look:
        text = None
        if rewrite is not None:
            text = text_with(self.bench.modules[self.number].text, rewrite)
        imports = () if rewrite is None else rewrite.imports

        def look(judge: Judge) -> Look:
            weak = judge.weak()
            if weak:
                return Look(weak=weak)
            return Look(facts_of(judge.session, judge.request, text=text, imports=imports))

        return self._undisturbed(look)

    def _undisturbed(self, look: Callable[[Judge], Look]) -> Look:
        """Look by a judge, until no other candidate has disturbed that."""
        while True:
            judge = self.present()
            with judge.session.turns.reading():
                found = look(judge)
            if judge.undisturbed():
                return found
            self.leave(judge)

    def _resume(self, judge: Judge) -> None:
        """Go on with the judge there was, unless the copy was made anew since."""
        if judge.undisturbed():
            self._stack.enter_context(judge.session.holding(judge.request["target"]))
        else:
            self.leave(judge)

    def _tell_why_slow(self) -> None:
        if self._told or self.judge is None or not self.judge.slow_because:
            return
        self._told = True
        note = f"{self.target.path}::{self.target.qualname}: each candidate's tests ran in a"
        note = f"{note} process of its own, as {self.judge.slow_because}"
        self._desk.ask(lambda: self.bench.lab.listener.note(note))

"""What stages ask of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from perfopt_cli.core.facts import Known
from perfopt_cli.core.verdicts import Rewrite, Target, Verdict


class Listener(Protocol):
    """Hears how a run goes; the command shows it, a library user may not care."""

    def stage(self, text: str) -> None:
        """A new part of the work begins."""

    def tests(self, done: int, total: int) -> None:
        """So many tests of the current stage have run."""

    def verdict(self, verdict: Verdict) -> None:
        """A candidate was judged."""

    def note(self, text: str) -> None:
        """Something the user should know, which stops nothing."""


class Backend(Protocol):
    """A language model, local or served, seen from the prompt's side."""

    name: str

    def generate(self, prompt: str, *, n: int) -> Sequence[str]:
        """Return up to n replies to the prompt. Raise PerfoptError where it can't."""


class Proposer(Protocol):
    """A source of candidates for a target."""

    name: str

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        """Return up to n candidates, best guess first.

        ``module_source`` is the file's text. Sources that have no use for what
        is ``known`` of the target ignore it.
        """

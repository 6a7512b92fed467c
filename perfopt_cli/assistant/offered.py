"""Candidates that an assistant hands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import Known, PerfoptError, Rewrite, Target
from perfopt_cli.source import definitions, read_source

ORIGIN = "assistant"
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate: ``source`` is the whole new definition; ``path`` is relative to the project."""

    path: str
    qualname: str
    source: str
    imports: tuple[str, ...] = ()


class OfferedProposer:
    """Hands on what was offered; each candidate keeps its place in the list as its number."""

    name = ORIGIN

    def __init__(self, offers: Sequence[Offer]) -> None:
        self.offers = offers

    def targets(self) -> set[tuple[str, str]]:
        """Return (path, qualname) of every function that there is a candidate for."""
        return {(one.path, one.qualname) for one in self.offers}

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        """Return all candidates of the target, be they more than n."""
        return [
            Rewrite(target, one.source, one.imports, ORIGIN, number)
            for number, one in enumerate(self.offers)
            if (one.path, one.qualname) == (target.path, target.qualname)
        ]


def check_named(root: Path, offers: Sequence[Offer]) -> None:
    """Raise PerfoptError for a candidate of a function that is not in its file."""
    for one in offers:
        try:
            found = definitions(read_source(root / one.path).text)
        except SyntaxError as error:
            raise PerfoptError(f"{one.path} does not parse: {error}") from error
        if one.qualname not in found:
            names = ", ".join(sorted(found)[:SHOWN]) or "none"
            raise PerfoptError(
                f"{one.path} has no function {one.qualname}; the functions there: {names}"
            )

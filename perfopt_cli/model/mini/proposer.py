"""Candidates from the small model that perfopt brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from perfopt_cli.core import Known, PerfoptError, Rewrite, Target
from perfopt_cli.model.extract import imports_of
from perfopt_cli.model.mini.weights import NAME, SHIPPED, find_weights, identity_of
from perfopt_cli.model.normal import normal_form
from perfopt_cli.model.worth import MINI, expected, table_of

if TYPE_CHECKING:
    from perfopt_cli.model.mini.beam import Found
    from perfopt_cli.model.mini.language import Reading
    from perfopt_cli.model.mini.runner import Runner

Code = tuple[str, tuple[str, ...]]
"""A function's text, and the imports that it needs beside those that are there."""


class MiniProposer:
    """Asks the small model in a folder; it is loaded for the first question.

    ``root`` is that of the project, whose own outcomes count for what candidates
    are worth. ``failure`` is why the model is not asked any more, and None while
    it is; ``answered`` counts the functions that it was asked about. ``skipped``
    counts the others by the reason.
    """

    name = NAME

    def __init__(self, folder: Path = SHIPPED, root: Path | None = None) -> None:
        self.folder = folder
        self.failure: PerfoptError | None = None
        self.answered = 0
        self.skipped: Counter[str] = Counter()
        self._table = table_of(root)
        self._runner: Runner | None = None

    @property
    def identity(self) -> str | None:
        """What changes where the same function may get other candidates."""
        return identity_of(self.folder)

    @property
    def remarks(self) -> list[str]:
        """What the user is told at the end of a run."""
        return [
            f"{self.name}: {count} functions were left out: {why}"
            for why, count in sorted(self.skipped.items())
        ]

    def check(self) -> None:
        """Load the model. Raises PerfoptError where it can't run."""
        self._load()

    def worth(self, rewrite: Rewrite, place: int) -> float:
        """Return what judging a candidate is worth, beside those of other sources."""
        return expected(rewrite.origin, place, self._table)

    def wants_lines(self, target: Target) -> bool:
        """Tell whether the function is too long to be read whole, so that its hot lines count."""
        return self.failure is None and _reading(target.source, ()) is None

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> list[Rewrite]:
        """Return up to n rewrites that parse and differ, the most probable first.

        Of a function that is too long the part around the hot lines is read that
        are ``known``. Imports that the module has already are left out. Raises
        PerfoptError where the model can't run; from then on nothing is found.
        """
        if self.failure is not None:
            return []
        try:
            runner = self._load()
        except PerfoptError as error:
            self.failure = error
            raise
        reading = self._read(target, known)
        if reading is None:
            return []
        self.answered += 1
        present = frozenset(imports_of(module_source))
        found = replies(runner, reading, present, n=n)
        return [
            Rewrite(target, source, imports, f"{MINI}{family}", number)
            for number, (family, (source, imports)) in enumerate(found)
        ]

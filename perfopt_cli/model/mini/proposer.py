"""Candidates from the small model that perfopt brings."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from perfopt_cli.core import Known, PerfoptError, Rewrite, Target
from perfopt_cli.model.extract import imports_of
from perfopt_cli.model.mini.sense import makes_sense
from perfopt_cli.model.mini.weights import NAME, SHIPPED, identity_of
from perfopt_cli.model.normal import normal_form, syntax_tree
from perfopt_cli.model.worth import MINI, expected, table_of

if TYPE_CHECKING:
    from perfopt_cli.model.mini.beam import Found
    from perfopt_cli.model.mini.language import Reading
    from perfopt_cli.model.mini.runner import Runner


FAINT = 1e-3
"""A rewrite less likely than this is not proposed.

Of those between it and 1 in 100 about three of ten pass the tests of functions of
held-out problems, of fainter ones one of ten (benchmarks/small_model_passing.py); one
that fails costs a tenth of a second.
"""


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
            f"{self.name} did not read {count} of the functions: {why}"
            for why, count in sorted(self.skipped.items())
        ]

    def check(self) -> None:
        """Load the model. Raises PerfoptError where it can't run."""
        self._load()

    def worth(self, rewrite: Rewrite) -> float:
        """Return what judging a candidate is worth, beside those of other sources."""
        return expected(rewrite.origin, rewrite.chance, self._table)

    def wants_lines(self, target: Target) -> bool:
        """Tell whether the function is too long to be read whole, so that its hot lines count."""
        return self.failure is None and isinstance(_reading(target.source, ()), str)

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
        found = hopeful(replies(runner, reading, module_source, n=n + 1))[:n]
        return [
            Rewrite(
                target,
                one.result.source,
                one.result.imports,
                f"{MINI}{one.result.family}",
                number,
                chance=math.exp(one.total),
            )
            for number, one in enumerate(found)
        ]

    def _load(self) -> Runner:
        if self._runner is None:
            from perfopt_cli.model.mini.runner import Runner
            from perfopt_cli.model.mini.vocabulary import VOCABULARY

            self._runner = Runner(self.folder, VOCABULARY)
        return self._runner

    def _read(self, target: Target, known: Known | None) -> Reading | None:
        facts = known.facts if known is not None else None
        hot = [one.number for one in facts.lines] if facts is not None else []
        found = _reading(target.source, hot)
        if isinstance(found, str):
            self.skipped[found] += 1
            return None
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes of a reply; two are the same where the code and its imports are."""

    form: str
    imports: tuple[str, ...]
    source: str = field(compare=False)
    family: str = field(compare=False)


def replies(runner: Runner, reading: Reading, module_source: str, *, n: int) -> list[Found[Reply]]:
    """Return up to n different rewrites of what was read, the most probable first.

    That there is nothing to do is one of them: the code as it was.
    """
    from perfopt_cli.model.mini.beam import search
    from perfopt_cli.model.mini.grammar import Grammar
    from perfopt_cli.model.mini.language import NOTHING, apply_reply
    from perfopt_cli.model.mini.vocabulary import IDS, VOCABULARY, tokens

    present = frozenset(imports_of(module_source))
    original, before = normal_form(reading.source), syntax_tree(reading.source)

    def finish(words: tuple[int, ...]) -> Reply | None:
        if words == (IDS[NOTHING],):
            return Reply(original, (), reading.source, NOTHING)
        written = apply_reply(reading, " ".join(VOCABULARY[word] for word in words))
        after = None if written is None else syntax_tree(written.source)
        if written is None or before is None or after is None or not makes_sense(before, after):
            return None
        form = normal_form(written.source)
        if form == original:
            return None
        imports = tuple(one for one in written.imports if one not in present)
        return Reply(form, imports, written.source, written.family)

    writing = runner.read(tokens(reading.text))
    return search(writing, Grammar(reading), finish, n=n)


def hopeful(found: Sequence[Found[Reply]]) -> list[Found[Reply]]:
    """Return the rewrites that are likely enough."""
    from perfopt_cli.model.mini.language import NOTHING

    least = math.log(FAINT)
    return [one for one in found if one.result.family != NOTHING and one.total >= least]


def _reading(source: str, hot: Sequence[int]) -> Reading | str:
    """Return the function as the model reads it, or why it can't be read."""
    from perfopt_cli.model.mini.language import Unreadable, read

    try:
        return read(source, hot=hot)
    except Unreadable as error:
        return str(error)

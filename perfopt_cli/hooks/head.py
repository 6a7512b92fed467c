"""The functions as HEAD has them, as candidates for the functions as they are staged.

One that passes every gate does what the staged function does, and is proved to
be faster: the commit would make the function slower, by the ratio measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from perfopt_cli.core import Known, Outcome, Proposer, Reason, Rewrite, Status, Target
from perfopt_cli.pipeline import Run
from perfopt_cli.pipeline.lab import Lab
from perfopt_cli.pipeline.speed import lacking
from perfopt_cli.project import Touched

ORIGIN = "HEAD"


class AtHead:
    """Proposes for each touched function what it was."""

    name = ORIGIN

    def __init__(self, touched: Iterable[Touched]) -> None:
        self._touched = {(one.path, one.qualname): one for one in touched}

    def propose(
        self, target: Target, module_source: str, *, n: int, known: Known | None = None
    ) -> Sequence[Rewrite]:
        """Return the old version with the imports it needs; nothing where it can't run here."""
        one = self._touched.get((target.path, target.qualname))
        if one is None or one.old is None or one.old.fault:
            return ()
        imports = lacking(module_source, one.old_text, target.qualname, one.old.node)
        return () if imports is None else (Rewrite(target, one.old.source, imports, ORIGIN),)


def is_old(outcome: Outcome) -> bool:
    """Tell whether the outcome is about a function as it was at HEAD."""
    return outcome.verdict is not None and outcome.verdict.rewrite.origin == ORIGIN


def is_faster(outcome: Outcome) -> bool:
    """Tell whether a candidate does the same on all calls there are, and is proved to be faster.

    Timing comes before the question whether the calls would show every
    mistake; to say what they show now, that need not be answered.
    """
    verdict = outcome.verdict
    if verdict is None or verdict.speedup is None:
        return False
    return verdict.status is Status.ACCEPTED or verdict.reason is Reason.UNTESTED


@dataclass
class StagedRun(Run):
    """A run over staged functions; ``found`` has every outcome, as soon as it is there."""

    def __post_init__(self) -> None:
        self.found: list[Outcome] = []

    def check(self, sources: Sequence[Proposer]) -> None:
        """Do the whole job."""
        for outcome in self.optimize(sources):
            self.found.append(outcome)

    def slower(self) -> Iterator[Outcome]:
        """Yield the outcomes that show a function to be slower than at HEAD."""
        yield from (one for one in self.found if is_old(one) and is_faster(one))

    def _finish(self, lab: Lab, chosen: Sequence[Target], outcomes: list[Outcome]) -> None:
        """Write what is new; nobody wants the commit undone."""
        super()._finish(lab, chosen, [one for one in outcomes if not is_old(one)])

"""What the rows of candidates of a run's targets have in common, and its work in pieces."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from perfopt_cli.config import Settings
from perfopt_cli.core import Proposer, Target, Verdict
from perfopt_cli.pipeline.lab import Lab
from perfopt_cli.pipeline.lanes import Desk
from perfopt_cli.pipeline.rounds import is_dear
from perfopt_cli.pipeline.row import Row
from perfopt_cli.sandbox.judge import Judge
from perfopt_cli.source import SourceText

Part = Callable[[Row, Desk], Iterator[Verdict]]

SHARES = 2.0
"""A target gets so many times its even share of the time that is left; then others go first.

More than once, as most use less than theirs.
"""


@dataclass
class Bench:
    """What is needed to judge candidates of the chosen targets of a run.

    Several threads may judge a target each; ``modules`` are those of the
    targets, and ``jobs`` how many may use the working copy at once. The work
    comes in pieces: cheap sources for each target, and after them models for
    each, so that a model is asked only about what the others left. With a time
    budget, a target whose candidates take long goes on once all others had a turn.
    """

    lab: Lab
    chosen: Sequence[Target]
    sources: Sequence[Proposer]
    settings: Settings
    deadline: float | None
    modules: Sequence[SourceText]
    jobs: int

    def __post_init__(self) -> None:
        self.rows = [Row(self, number) for number in range(len(self.chosen))]

    @property
    def pieces(self) -> list[int]:
        """For each piece of the work the number of its target."""
        return [*range(len(self.chosen))] * len(self._parts())

    def judge_piece(self, piece: int, desk: Desk) -> Iterator[Verdict]:
        """Yield a verdict on each candidate of a piece of the work, in order.

        It is the kept verdict where there is one.
        """
        part, number = divmod(piece, len(self.chosen))
        yield from self._parts()[part](self.rows[number], desk)

    def is_known_to_be_done(self, piece: int) -> bool:
        """Tell whether nothing comes of a piece, before which all others have ended."""
        part, number = divmod(piece, len(self.chosen))
        return self._parts()[part] is Row.of_what_is_left and not self.rows[number].cut_short

    def _parts(self) -> list[Part]:
        """Return what is done for each target before anything more is done for any."""
        parts: list[Part] = [Row.of_cheap_sources, Row.of_what_is_left]
        if any(map(is_dear, self.sources)):
            parts.append(Row.of_models)
        return parts

    def share_end(self, number: int) -> float | None:
        """Return when a target that begins now is to let others go first; None without a budget."""
        if self.deadline is None:
            return None
        now, waiting = time.monotonic(), len(self.chosen) - number
        even = (self.deadline - now) * min(self.jobs, waiting) / waiting
        return now + SHARES * even

    def late(self) -> bool:
        """Tell whether the time budget is used up."""
        return self.deadline is not None and time.monotonic() > self.deadline

    def judge(self, number: int) -> Judge:
        """Return a judge of the target; the first time the tests are run for all of them."""
        verifier, recording = self.lab.gates(self.chosen)
        verifier.session.turns.limit = self.jobs
        least, ulps = self.settings.min_speedup, self.settings.float_ulps
        parts = verifier, self.chosen[number], number, self.modules[number], recording
        return Judge(*parts, least, ulps, warm=True)

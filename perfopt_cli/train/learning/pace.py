"""How fast a stage learns at each step, and when it ends: by steps, or by the clock."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SCHEDULES = ("linear", "cosine", "wsd")
DECAY = 0.4
"""The share of a stage at whose end ``wsd`` (warm-up, stable, decay) falls to 0."""


def falling(schedule: str, progress: float, warmup: float) -> float:
    """Return the share of the learning rate after a share of a stage, once it has risen.

    It is 1 until the share ``warmup``, and 0 at the end.
    """
    progress = min(max(progress, warmup), 1.0)
    if schedule == "wsd":
        return min(1.0, (1 - progress) / DECAY)
    gone = (progress - warmup) / (1 - warmup) if warmup < 1 else 1.0
    return 0.5 + 0.5 * math.cos(math.pi * gone) if schedule == "cosine" else 1 - gone


@dataclass(slots=True)
class Pace:
    """How far a stage is: by its steps, or by the time since its beginning if that is further.

    ``seconds`` (0: unbounded) is how long the stage takes at most, ``before`` how
    long it took in earlier processes, of which it goes on.
    """

    schedule: str = "linear"
    warmup: float = 0.0
    seconds: float = 0.0
    before: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _begun: float | None = field(default=None, init=False)

    def begin(self) -> None:
        """Start the clock."""
        self._begun = self.clock()

    @property
    def elapsed(self) -> float:
        """The seconds that the stage has taken."""
        return self.before + (0.0 if self._begun is None else self.clock() - self._begun)

    @property
    def is_over(self) -> bool:
        """Whether its time is up."""
        return 0 < self.seconds <= self.elapsed

    def factor(self, step: int, steps: int) -> float:
        """Return the share of the learning rate after so many steps.

        It rises in a line for the share ``warmup``, and is above 0 at the first step.
        """
        by_clock = self.elapsed / self.seconds if self.seconds else 0.0
        share = falling(self.schedule, max(step / max(1, steps), by_clock), self.warmup)
        if not self.warmup:
            return share
        return share * min(1.0, max((step + 1) / max(1, steps), by_clock) / self.warmup)

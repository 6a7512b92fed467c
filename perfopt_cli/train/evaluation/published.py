"""Figures that papers report, for the table of an evaluation. None was measured here."""

from __future__ import annotations

from dataclasses import dataclass

MARK = "published, not measured here"


@dataclass(frozen=True, slots=True)
class Published:
    """A row of a paper. ``optimised`` and ``rtr`` are in percent; None: not given there.

    ``over`` says what the speedup is a mean over: the improved programs only,
    or all of them. ``note`` says what else stands between it and another row.
    """

    name: str
    source: str
    optimised: float | None
    speedup: float | None
    over: str
    rtr: float | None
    note: str


_PERFRL = "Duan et al., PerfRL, arXiv 2312.05657"
_PIE = "Shypula et al., Learning performance-improving code edits, arXiv 2302.07867"
_PYTHON = "PIE v1, Python"
_SIMULATED = "PIE v2, C++, best of 8, simulated processor"

PUBLISHED = (
    Published("PerfRL (CodeT5 60M, SFT + RRHF)", _PERFRL, 2.8, 4.93, "improved", 79.72, _PYTHON),
    Published("PerfRL before RL (CodeT5 60M, SFT)", _PERFRL, 0.5, 2.27, "improved", 55.95, _PYTHON),
    Published("Codex", _PERFRL, 14.3, 2.7, "improved", 62.96, _PYTHON),
    Published("CodeGen-16B, greedy", _PERFRL, 14.6, 1.69, "improved", 40.83, _PYTHON),
    Published("PIE, CodeLlama-13B, conditioned", _PIE, None, 5.65, "all", None, _SIMULATED),
    Published("PIE, GPT-3.5, self-play", _PIE, None, 6.86, "all", None, _SIMULATED),
)
"""The rows of Codex and CodeGen are as PerfRL's paper gives them."""

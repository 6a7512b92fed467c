"""Verdicts that perfopt gave on candidates of a project, recorded one JSON object a line.

``{"path", "qualname", "slow", "candidate", "imports", "status", "reason",
"speedup", "origin"}``, with status and reason as in ``--format json`` and
speedup ``{"ratio", "low", "high"}`` or null. An optional ``context`` holds the
module's imports and constants that the prompt showed. Nothing of it is run:
the verdict is the score.
"""

from __future__ import annotations

from dataclasses import dataclass

from perfopt_cli.core import Reason, Speedup, Status
from perfopt_cli.model.normal import syntax_tree
from perfopt_cli.train.formats.rows import (
    BadRow,
    Draft,
    Row,
    checked_text,
    name_of,
    positive,
    program_of,
    split_of,
)
from perfopt_cli.train.records import REWARDS, Level, Pair, Tests

COLUMNS = frozenset({"path", "qualname", "slow", "candidate", "status", "reason"})
NAME = "verdicts.jsonl"

LEVELS = {
    Reason.FASTER: Level.FASTER,
    Reason.EQUIVALENT: Level.PASSED,
    Reason.NOT_FASTER: Level.PASSED,
    Reason.SLOWER_SOMEWHERE: Level.PASSED,
    Reason.NOISY: Level.PASSED,
    Reason.INVALID: Level.FAILED,
    Reason.UNSAFE: Level.FAILED,
    Reason.TESTS_FAILED: Level.FAILED,
    Reason.DIVERGED: Level.FAILED,
    Reason.TIMED_OUT: Level.FAILED,
    Reason.CRASHED: Level.FAILED,
    Reason.SANDBOX: Level.FAILED,
}
"""What a verdict says of a candidate; DUPLICATE, UNTESTED, FLAKY and BUDGET say nothing."""


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """A recorded candidate for the function ``slow``.

    ``group`` is ``path::qualname``. ``code`` is what a model would have to
    reply: the imports, then the definition.
    """

    group: str
    slow: str
    code: str
    level: Level
    reason: Reason
    speedup: Speedup | None = None
    origin: str = ""
    where: str = ""

    @property
    def reward(self) -> float:
        """PerfRL's reward of the level."""
        return REWARDS[self.level]


@dataclass(frozen=True, slots=True)
class ReadVerdict:
    """A verdict with the draft that carries its slow and new code, whatever its status."""

    draft: Draft
    scored: ScoredCandidate

    @property
    def accepted(self) -> bool:
        """Whether it is a pair to learn from."""
        return self.scored.level is Level.FASTER


def read_verdict(row: Row) -> ReadVerdict:
    """Read a line. Raises BadRow, also for verdicts that say nothing of the candidate."""
    group = f"{name_of(row, 'path')}::{name_of(row, 'qualname')}"
    slow = with_context(_text(row, "context"), program_of(row, "slow"))
    candidate = program_of(row, "candidate")
    code = with_context("\n".join(_imports(row)), candidate)
    level, reason = _level(row, candidate)
    speedup = _speedup(row.values.get("speedup"))
    origin = _text(row, "origin")
    scored = ScoredCandidate(group, slow, code, level, reason, speedup, origin, row.where)
    ratio = speedup.ratio if speedup else None
    pair = Pair(group, slow, code, Tests(), row.where, ratio)
    return ReadVerdict(Draft(pair, row.excerpt, split_of(row)), scored)


def with_context(above: str, source: str) -> str:
    """Return the source with these statements above it, as a prompt shows them."""
    return f"{above.rstrip()}\n\n{source}" if above.strip() else source


def _level(row: Row, candidate: str) -> tuple[Level, Reason]:
    try:
        status, reason = Status(row.values.get("status")), Reason(row.values.get("reason"))
    except ValueError:
        raise BadRow("status or reason is none that perfopt gives") from None
    good = reason in (Reason.FASTER, Reason.EQUIVALENT)
    if good != (status is Status.ACCEPTED):
        raise BadRow("status and reason contradict each other")
    if reason not in LEVELS:
        raise BadRow(f"the verdict {reason.value} says nothing of the candidate")
    broken = reason is Reason.INVALID and syntax_tree(candidate) is None
    return (Level.BROKEN if broken else LEVELS[reason]), reason


def _imports(row: Row) -> list[str]:
    value = row.values.get("imports") or []
    if not isinstance(value, list):
        raise BadRow("imports is no list")
    return [checked_text(one, "an import") for one in value]


def _text(row: Row, column: str) -> str:
    return checked_text(row.values.get(column) or "", column)


def _speedup(value: object) -> Speedup | None:
    if value is None:
        return None
    numbers = (
        [positive(value.get(key)) for key in ("ratio", "low", "high")]
        if isinstance(value, dict)
        else [None]
    )
    if None in numbers:
        raise BadRow("speedup is not null and lacks ratio, low or high")
    return Speedup(*(number for number in numbers if number is not None))

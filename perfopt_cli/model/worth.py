"""How much a candidate is worth judging, learned from what became of earlier ones.

The worth of a rule is its expected gain (mean logarithm of the proved
speedups) times the chance that its candidate is accepted, over the time that
judging one takes. Over the same candidates that is the sum of the logarithms
over the sum of the times; a prior stands in for rules that were never tried.
A candidate of several rules counts to each of them by its part. The families
of the small model are counted as rules are, under ``mini:FAMILY``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

PREFIX = "rules:"
MINI = "mini:"
SHIPPED = Path(__file__).with_name("worth.json")
OWN = Path(".perfopt/worth.json")
OWN_COUNTS = 5.0
"""How many times a project's own outcomes count against those that perfopt brings."""
OFTEN = 8
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the candidates of a rule, or of a family of the small model.

    ``judged`` and ``accepted`` count them; ``gain`` sums the natural logarithms
    of the speedups of those accepted, ``seconds`` the time that judging all took.
    """

    judged: float = 0.0
    accepted: float = 0.0
    gain: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.judged + other.judged,
            self.accepted + other.accepted,
            self.gain + other.gain,
            self.seconds + other.seconds,
        )

    def times(self, factor: float) -> Tally:
        """Return the tally as if all had happened so many times."""
        return Tally(*(getattr(self, field.name) * factor for field in fields(self)))

    @property
    def worth(self) -> float:
        """A rule's expected gain for a millisecond of judging, where times are scaled."""
        return self.worth_after(PRIOR)

    def worth_after(self, prior: Tally) -> float:
        """Return the expected gain for a millisecond, by what was taken for granted before."""
        return (self.gain + prior.gain) / (self.seconds + prior.seconds) / 1000

    @property
    def poor(self) -> bool:
        """Whether it was tried often enough to know that it is worth little."""
        return self.judged >= OFTEN and self.worth < Tally().worth / 2


Table = Mapping[str, Tally]

PRIOR = Tally(judged=4, accepted=1, gain=math.log(1.3), seconds=12)
"""What is taken for granted of every rule: one of four candidates is accepted, with 1.3x."""

MINI_PRIOR = Tally(judged=6, accepted=1, gain=math.log(1.3), seconds=18)
"""The same of a family of the small model: one of six."""
TYPICAL = 0.1
"""How probable a guess of the small model is whose family's outcomes hold for it as they are.

The square root of how much more probable another one is counts: on held-out packages
guesses are right as often as they are probable, on functions of problems the faint ones
far more often (benchmarks/small_model_exact.py, small_model_passing.py).
"""
SUREST = 3.0
"""A guess is taken to be accepted at most so many times as often as its family's are."""


def names_of(origin: str) -> list[str]:
    """Return what a candidate counts to: its rules, or its family as ``mini:FAMILY``."""
    if origin.startswith(PREFIX):
        return origin.removeprefix(PREFIX).split("+")
    return [origin] if origin.startswith(MINI) else []


def counted(origin: str, *, accepted: bool, ratio: float | None, seconds: float) -> Table:
    """Return what one judged candidate says of its rules or its family; nothing without these.

    ``ratio`` is the proved speedup.
    """
    names = names_of(origin)
    if not names:
        return {}
    gain = math.log(ratio) if accepted and ratio and ratio > 0 else 0.0
    one = Tally(1.0, float(accepted), gain, seconds).times(1 / len(names))
    return dict.fromkeys(names, one)


def expected(origin: str, chance: float, table: Table) -> float:
    """Return what a candidate is worth that its source holds to be right with this chance.

    Rules together gain what they gain alone. Guesses of the small model are accepted the
    more often the more probable they are.
    """
    if origin.startswith(MINI):
        rate = table.get(origin, Tally()).worth_after(MINI_PRIOR)
        return rate * min(math.sqrt(chance / TYPICAL), SUREST)
    return sum(table.get(name, Tally()).worth for name in names_of(origin))


def added(tables: Iterable[Table]) -> dict[str, Tally]:
    """Return all tables as one."""
    found: dict[str, Tally] = {}
    for table in tables:
        for name, tally in table.items():
            found[name] = found.get(name, Tally()) + tally
    return found


def merged(shipped: Table, own: Table) -> dict[str, Tally]:
    """Return the table that perfopt brings with a project's own, which counts more."""
    mine = {name: tally.times(OWN_COUNTS) for name, tally in scaled(own).items()}
    return added([scaled(shipped), mine])


def scaled(table: Table) -> dict[str, Tally]:
    """Return the table with times as the prior has them: 3 s for a candidate in the mean.

    Machines and projects differ in speed; what counts is which candidates are dearer.
    """
    judged = sum(tally.judged for tally in table.values())
    seconds = sum(tally.seconds for tally in table.values())
    factor = PRIOR.seconds / PRIOR.judged * judged / seconds if seconds else 1.0
    return {name: replace(tally, seconds=tally.seconds * factor) for name, tally in table.items()}


def ordered(names: Iterable[str], table: Table) -> list[str]:
    """Return the rules, what is worth most first; equal ones as they came."""
    return sorted(names, key=lambda name: -table.get(name, Tally()).worth)


def table_text(table: Table) -> str:
    """Return the table as JSON, a line for each rule."""
    rows = []
    for name in sorted(table):
        numbers = {field: round(value, 4) for field, value in asdict(table[name]).items()}
        rows.append(f"  {json.dumps(name)}: {json.dumps(numbers)}")
    return "{\n" + ",\n".join(rows) + "\n}\n" if rows else "{}\n"


def read_table(path: Path) -> dict[str, Tally]:
    """Return the table in a file; what is missing or not as it should be is left out.

    A project's file may be anybody's: it says in which order to try, and no more.
    """
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST:
            return {}
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    rows = data.items() if isinstance(data, dict) else ()
    read = {str(name): _tally(row) for name, row in rows}
    return {name: tally for name, tally in read.items() if tally is not None}


def table_of(root: Path | None) -> dict[str, Tally]:
    """Return the table for a project, or the one that perfopt brings; times are scaled."""
    return merged(read_table(SHIPPED), {} if root is None else read_table(root / OWN))


def _tally(row: Any) -> Tally | None:
    names = {field.name for field in fields(Tally)}
    if not isinstance(row, dict) or set(row) != names:
        return None
    values = [row[name] for name in (field.name for field in fields(Tally))]
    plain = all(type(value) in (int, float) for value in values)
    if not plain or not all(0 <= value < math.inf for value in values):
        return None
    return Tally(*map(float, values))

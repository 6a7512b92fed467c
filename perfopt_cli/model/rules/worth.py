"""How much a rule is worth trying, learned from what became of its candidates.

The worth of a rule is its expected gain (mean logarithm of the proved
speedups) times the chance that its candidate is accepted, over the time that
judging one takes. Over the same candidates that is the sum of the logarithms
over the sum of the times; a prior stands in for rules that were never tried.
A candidate of several rules counts to each of them by its part.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

PREFIX = "rules:"
SHIPPED = Path(__file__).with_name("worth.json")
OWN = Path(".perfopt/worth.json")
OWN_COUNTS = 5.0
"""How many times a project's own outcomes count against those that perfopt brings."""
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a rule's candidates.

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
        """The expected gain for a millisecond of judging."""
        return (self.gain + PRIOR.gain) / (self.seconds + PRIOR.seconds) / 1000


Table = Mapping[str, Tally]

PRIOR = Tally(judged=4, accepted=1, gain=math.log(1.3), seconds=12)
"""What is taken for granted of every rule: one of four candidates is accepted, with 1.3x."""


def counted(origin: str, *, accepted: bool, ratio: float | None, seconds: float) -> Table:
    """Return what one judged candidate says of its rules; nothing where it is of no rules.

    ``ratio`` is the proved speedup.
    """
    if not origin.startswith(PREFIX):
        return {}
    names = origin.removeprefix(PREFIX).split("+")
    gain = math.log(ratio) if accepted and ratio and ratio > 0 else 0.0
    one = Tally(1.0, float(accepted), gain, seconds).times(1 / len(names))
    return dict.fromkeys(names, one)


def added(tables: Iterable[Table]) -> dict[str, Tally]:
    """Return all tables as one."""
    found: dict[str, Tally] = {}
    for table in tables:
        for name, tally in table.items():
            found[name] = found.get(name, Tally()) + tally
    return found


def merged(shipped: Table, own: Table) -> dict[str, Tally]:
    """Return the table that perfopt brings with a project's own, which counts more."""
    return added([shipped, {name: tally.times(OWN_COUNTS) for name, tally in own.items()}])


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
    """Return the table for a project, or the one that perfopt brings."""
    shipped = read_table(SHIPPED)
    return shipped if root is None else merged(shipped, read_table(root / OWN))


def _tally(row: Any) -> Tally | None:
    names = {field.name for field in fields(Tally)}
    if not isinstance(row, dict) or set(row) != names:
        return None
    values = [row[name] for name in (field.name for field in fields(Tally))]
    plain = all(type(value) in (int, float) for value in values)
    if not plain or not all(0 <= value < math.inf for value in values):
        return None
    return Tally(*map(float, values))

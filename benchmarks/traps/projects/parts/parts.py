"""Parts, the bins that they lie in, and what they cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any

RATES = {"steel": 3, "brass": 7, "wood": 1}
HISTORY: list[tuple[str, int]] = []


class Code(str):
    """The code of a part: family, dash, number."""

    __slots__ = ()

    @property
    def family(self) -> str:
        """What stands before the dash."""
        return self.partition("-")[0]


@dataclass(frozen=True)
class Part:
    """A part; notes make no difference between parts."""

    code: str
    size: int
    note: str = field(default="", compare=False)


class Bin:
    """A box with numbered parts. Bins are equal if the same numbers lie in them."""

    __slots__ = ("label", "numbers", "taken")

    def __init__(self, label: str, numbers: list[int]) -> None:
        self.label = label
        self.numbers = numbers
        self.taken = 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Bin):
            return NotImplemented
        if len(self.numbers) != len(other.numbers):
            return False
        left = list(other.numbers)
        for number in self.numbers:
            if number not in left:
                return False
            left.remove(number)
        return True

    __hash__ = None  # type: ignore[assignment]

    def take(self, count: int) -> list[int]:
        """Take that many numbers out, oldest first; fewer where there are not so many."""
        out: list[int] = []
        for _ in range(count):
            if self.numbers:
                out = out + [self.numbers.pop(0)]
                self.taken += 1
        return out


def counted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Count the calls of a function in its attribute ``calls``."""

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        wrapper.calls += 1
        return function(*args, **kwargs)

    wrapper.calls = 0
    return wrapper


def distinct(parts: list[Part]) -> list[Part]:
    """Return the parts without later equal ones."""
    kept: list[Part] = []
    for part in parts:
        if part not in kept:
            kept.append(part)
    return kept


def by_family(codes: list[Code]) -> dict[str, list[Code]]:
    """Return the codes of each family, once each, families in order of their first codes."""
    families: dict[str, list[Code]] = {}
    for code in codes:
        same = [other for other in codes if other.family == code.family]
        once: list[Code] = []
        for other in same:
            if other not in once:
                once.append(other)
        families[code.family] = once
    return families


@counted
def cost(rows: list[tuple[str, int]], skip: list[str]) -> int:
    """Return the cost at today's rates of what is not skipped; note it in the history."""
    total = 0
    for material, size in rows:
        if material in skip:
            continue
        for name in RATES:
            if name == material:
                total = total + RATES[name] * size
    HISTORY.append(("cost", total))
    return total


def tag(names: list[str], used: list[str]) -> list[str]:
    """Return names that are not used yet, by numbers behind them; count in ``tag.made``."""
    given: list[str] = []
    for name in names:
        number = 1
        new = name
        while new in used or new in given:
            number += 1
            new = f"{name}-{number}"
        given.append(new)
        tag.made += 1
    return given


tag.made = 0  # type: ignore[attr-defined]


@lru_cache(maxsize=None)
def cuts(length: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the fewest sizes that make up a length, largest first; none where it can't be."""
    best: list[list[int] | None] = [[]]
    for whole in range(1, length + 1):
        found: list[int] | None = None
        for size in sizes:
            if 0 < size <= whole:
                rest = best[whole - size]
                if rest is not None and (found is None or len(rest) + 1 < len(found)):
                    found = rest + [size]
        best.append(found)
    fewest = best[-1]
    return () if fewest is None else tuple(sorted(fewest, reverse=True))


def drop_repeats(names: list[str]) -> None:
    """Take out, in place, each name that stood further ahead already."""
    place = 0
    while place < len(names):
        if names[place] in names[:place]:
            del names[place]
        else:
            place += 1


def add_all(target: dict[str, list[int]], more: dict[str, list[int]]) -> dict[str, list[int]]:
    """Add the numbers that are not there yet to the lists of target; return target."""
    for name in more:
        if name not in target:
            target[name] = []
        for number in list(more[name]):
            if number not in target[name]:
                target[name].append(number)
    return target


def grid(width: int, height: int, walls: list[tuple[int, int]]) -> list[list[str]]:
    """Return rows of cells, with walls."""
    rows: list[list[str]] = []
    for y in range(height):
        row: list[str] = []
        for x in range(width):
            row = row + ["#" if (x, y) in walls else "."]
        rows.append(row)
    return rows


def postage(weights: list[int], zone: str, express: list[int]) -> list[int]:
    """Return the postage in cents of parcels by weight in grams; express costs half more."""
    prices: list[int] = []
    for weight in weights:
        if weight <= 500:
            price = 250
        elif weight <= 2000:
            price = 480
        elif weight <= 10000:
            price = 950
        else:
            price = 1800 + (weight - 10000) // 1000 * 40
        if zone == "abroad":
            price *= 2
        if weight in express:
            price += price // 2
        prices.append(price)
    return prices

"""Choose among pairs: families, packages and splits in proportion."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from perfopt_cli.train.pairs.make import NOTHING, digest, skeleton

NOTHING_SHARE = 0.14
HELD_OUT = 0.05
DONE_SHARE = 0.3
"""Of so many pairs the fast side is an example by itself: there is nothing to do any more."""

Row = dict[str, Any]


def split_of(origin: str, seed: int) -> str:
    """Return the split that all pairs of a package or problem are in: train, val or test."""
    number = int.from_bytes(hashlib.sha256(f"{seed} {origin}".encode()).digest()[:4], "big") / 2**32
    if number < HELD_OUT:
        return "test"
    return "val" if number < 2 * HELD_OUT else "train"


def balanced(rows: Iterable[Row], count: int, seed: int) -> list[Row]:
    """Return at most ``count`` rows: a family has a share like the square root of what it has.

    Of texts that differ by names only, one is kept. Packages share each family
    likewise. Pairs with nothing to do are 14 %.
    """
    unique: dict[str, Row] = {}
    for row in rows:
        key = digest(skeleton(f"{row['slow']}\n{row['fast']}"))
        unique.setdefault(key, row)
    by_family: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for row in unique.values():
        by_family[row["family"]].append((digest(f"{seed} {row['slow']}"), row))
    for kept in by_family.values():
        kept.sort(key=lambda one: one[0])
    nothing = [row for _, row in by_family.pop(NOTHING, [])]
    slow = _shared({name: [row for _, row in kept] for name, kept in by_family.items()}, count)
    nothing = _spread(nothing, round(len(slow) * NOTHING_SHARE / (1 - NOTHING_SHARE)))
    chosen = [*slow, *nothing]
    chosen.sort(key=lambda row: digest(f"{seed} order {row['slow']}"))
    return chosen


def done(rows: Iterable[Row], seed: int) -> list[Row]:
    """Return the fast sides of some of the pairs as examples with nothing to do.

    Without them a model learns that code of such a shape always has to be rewritten.
    """
    wanted = DONE_SHARE * 16**8
    return [
        {**row, "slow": row["fast"], "family": NOTHING, "ratio": 1.0}
        for row in rows
        if row["family"] != NOTHING and int(digest(f"{seed} done {row['slow']}")[:8], 16) < wanted
    ]


def _shared(by_family: dict[str, list[Row]], count: int) -> list[Row]:
    """Share out ``count`` by the square root of sizes; what a family can't fill goes to others."""
    wanted = round(count * (1 - NOTHING_SHARE))
    chosen: dict[str, int] = dict.fromkeys(by_family, 0)
    left = wanted
    while left > 0:
        open_ones = [name for name, rows in by_family.items() if chosen[name] < len(rows)]
        weight = sum(len(by_family[name]) ** 0.5 for name in open_ones)
        if not open_ones:
            break
        given = 0
        for name in open_ones:
            share = max(1, int(left * len(by_family[name]) ** 0.5 / weight))
            more = min(share, len(by_family[name]) - chosen[name], left - given)
            chosen[name] += more
            given += more
        left -= given
    return [row for name, rows in by_family.items() for row in _spread(rows, chosen[name])]


def _spread(rows: Sequence[Row], count: int) -> list[Row]:
    """Return ``count`` rows: a package has a share like the square root of what it has."""
    if count >= len(rows):
        return list(rows)
    sizes = Counter(row["origin"] for row in rows)
    taken: Counter[str] = Counter()
    ranked = []
    for at, row in enumerate(rows):
        taken[row["origin"]] += 1
        ranked.append((taken[row["origin"]] / sizes[row["origin"]] ** 0.5, at, row))
    ranked.sort(key=lambda one: one[:2])
    return [row for _, _, row in ranked[:count]]

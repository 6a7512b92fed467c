"""Made-up (slow, fast) programs for benchmarks/train_small.py: many problems of a few kinds.

A program reads numbers, changes them or not, works something out the slow way
(its family), and prints it, changed or not. A problem is the family, the two
changes and their constants; names vary as well. Test problems are held out by
their composition of family and changes, which no training problem has.
Outputs are what the slow program printed when it was run here; the fast one is
never asked.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from perfopt_cli.train.records import Check, Pair, Tests

LISTS = ("values", "items", "data", "costs", "ages")
OTHERS = ("wanted", "keys", "known", "allowed")
ONES = ("x", "v", "n", "item")
SECONDS = ("y", "w", "part")
TOTALS = ("total", "found", "acc", "out")
INDEXES = ("i", "j", "k")
SMALL = (2, 3, 5, 7, 9)
LARGE = (11, 13, 50, 64, 97)


@dataclass(frozen=True, slots=True)
class Family:
    """A way to be slow. ``size`` numbers make the slow one take some milliseconds; 0: reads n."""

    slow: str
    fast: str
    size: int
    lists: int = 1
    most: int = 1000


FAMILIES = {
    "membership in a list": Family(
        "{t} = 0\nfor {x} in {a}:\n    if {x} in {b}:\n        {t} += {c}",
        "{t} = 0\n{b} = set({b})\nfor {x} in {a}:\n    if {x} in {b}:\n        {t} += {c}",
        700,
        lists=2,
        most=100_000,
    ),
    "unique by a list": Family(
        "{b} = []\nfor {x} in {a}:\n    if {x} not in {b}:\n        {b}.append({x})\n"
        "{t} = sum({b}) * {c}",
        "{t} = sum(set({a})) * {c}",
        900,
        most=100_000,
    ),
    "sum of a range": Family(
        "{t} = 0\nfor {i} in range({a}):\n    {t} += {c} * {i}",
        "{t} = {c} * {a} * ({a} - 1) // 2",
        0,
        lists=0,
        most=90_000,
    ),
    "invariant in a loop": Family(
        "{t} = 0\nfor {x} in {a}:\n    {t} += {x} * sum({a}) + {c}",
        "{t} = 0\n{y} = sum({a})\nfor {x} in {a}:\n    {t} += {x} * {y} + {c}",
        900,
    ),
    "repeated sorting": Family(
        "{t} = 0\nfor {i} in range(len({a})):\n    {t} += sorted({a})[{i}] * ({i} + {c})",
        "{t} = 0\n{a}.sort()\nfor {i} in range(len({a})):\n    {t} += {a}[{i}] * ({i} + {c})",
        250,
    ),
    "sums of prefixes": Family(
        "{t} = 0\nfor {i} in range(len({a})):\n    {t} += sum({a}[:{i}]) * {c}",
        "{t} = 0\n{y} = 0\nfor {x} in {a}:\n    {t} += {y} * {c}\n    {y} += {x}",
        1200,
    ),
    "maximum of prefixes": Family(
        "{t} = 0\nfor {i} in range(len({a})):\n    {t} += max({a}[:{i} + 1]) + {c}",
        "{t} = 0\n{y} = 0\nfor {x} in {a}:\n    {y} = max({y}, {x})\n    {t} += {y} + {c}",
        900,
    ),
    "counting by scans": Family(
        "{t} = 0\nfor {x} in {a}:\n    if {a}.count({x}) > {c}:\n        {t} += {x}",
        "{t} = 0\n{y} = {{}}\nfor {x} in {a}:\n    {y}[{x}] = {y}.get({x}, 0) + 1\n"
        "for {x} in {a}:\n    if {y}[{x}] > {c}:\n        {t} += {x}",
        900,
        most=90,
    ),
    "pairs of equals": Family(
        "{t} = 0\nfor {x} in {a}:\n    for {y} in {b}:\n        if {x} == {y}:\n"
        "            {t} += {c}",
        "{t} = 0\n{y} = {{}}\nfor {x} in {b}:\n    {y}[{x}] = {y}.get({x}, 0) + {c}\n"
        "for {x} in {a}:\n    {t} += {y}.get({x}, 0)",
        350,
        lists=2,
    ),
    "text put before": Family(
        '{t} = ""\nfor {x} in {a}:\n    {t} = str({x} + {c}) + {t}\n{t} = len({t}) + int({t}[:3])',
        '{y} = [str({x} + {c}) for {x} in {a}]\n{t} = "".join({y}[::-1])\n'
        "{t} = len({t}) + int({t}[:3])",
        6000,
    ),
}

BEFORE = {
    "plain": "",
    "scaled": "{a} = [{x} * {k} for {x} in {a}]\n",
    "raised": "{a} = [{x} + {k} for {x} in {a}]\n",
}
BEFORE_NUMBER = {"plain": "", "scaled": "{a} = {a} * {k}\n", "raised": "{a} = {a} + {k}\n"}
AFTER = {
    "plain": "print({t})",
    "remainder": "print({t} % {m})",
    "more": "print({t} + {m})",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a program is to do."""

    family: str
    before: str
    after: str
    constants: tuple[int, int, int]

    @property
    def composition(self) -> tuple[str, str, str]:
        """What test problems share with no training problem."""
        return self.family, self.before, self.after


def make_pairs(
    train: int, test: int, *, seed: int, families: Sequence[str] = tuple(FAMILIES)
) -> tuple[list[Pair], list[Pair]]:
    """Return pairs to train on and pairs of held-out problems, one pair of each problem."""
    draw = random.Random(f"pairs {seed}")
    held = _held_out(families, seed)
    kept: tuple[list[Pair], list[Pair]] = ([], [])
    seen: set[Problem] = set()
    for problem in _problems(families, draw):
        part = kept[problem.composition in held]
        if len(part) < (test if part is kept[1] else train) and problem not in seen:
            seen.add(problem)
            part.append(make_pair(problem, draw))
        if len(kept[0]) == train and len(kept[1]) == test:
            return kept
    raise AssertionError("problems never run out")


def _held_out(families: Sequence[str], seed: int) -> set[tuple[str, str, str]]:
    """Return two compositions of each family, of the nine it has."""
    draw = random.Random(f"held out {seed}")
    every = [(before, after) for before in BEFORE for after in AFTER]
    return {(family, *each) for family in families for each in draw.sample(every, 2)}


def _problems(families: Sequence[str], draw: random.Random) -> Iterator[Problem]:
    while True:
        family, before, after = (draw.choice(list(one)) for one in (families, BEFORE, AFTER))
        constants = (draw.choice(SMALL), draw.choice(SMALL), draw.choice(LARGE))
        yield Problem(family, before, after, constants)


def make_pair(problem: Problem, draw: random.Random) -> Pair:
    """Return the problem's programs, with names and inputs that are drawn."""
    family = FAMILIES[problem.family]
    c, k, m = problem.constants
    names: dict[str, object] = {
        "a": "n" if not family.lists else draw.choice(LISTS),
        "b": draw.choice(OTHERS),
        "x": draw.choice([one for one in ONES if family.lists or one != "n"]),
        "y": draw.choice(SECONDS),
        "t": draw.choice(TOTALS),
        "i": draw.choice(INDEXES),
        "c": c,
        "k": k,
        "m": m,
    }
    read = "{a} = int(input())\n"
    if family.lists:
        lines = [f"{{{name}}} = list(map(int, input().split()))\n" for name in "ab"[: family.lists]]
        # Either list can be read first, as the input has both on lines of one length.
        draw.shuffle(lines)
        read = "".join(lines)
    before = (BEFORE if family.lists else BEFORE_NUMBER)[problem.before]
    slow, fast = (
        f"{read}{before}{core}\n{AFTER[problem.after]}\n".format(**names)
        for core in (family.slow, family.fast)
    )
    texts = [_input(family, size, draw) for size in (1, 7, 12)]
    checks = tuple(Check(text, printed(slow, text)) for text in texts)
    large = _input(family, family.size, draw)
    group = " ".join([*problem.composition, *map(str, problem.constants)])
    return Pair(group, slow, fast, Tests(runs=checks, inputs=(large,)), where="made up")


def _input(family: Family, size: int, draw: random.Random) -> str:
    if not family.lists:
        return f"{size if size else draw.randint(family.most // 2, family.most)}\n"
    most = family.most if size == family.size else 9
    rows = [[draw.randint(1, most) for _ in range(size)] for _ in range(family.lists)]
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)


def printed(program: str, text: str) -> str:
    """Run one of this module's own programs here, and return what it prints."""
    out = io.StringIO()
    kept = sys.stdin
    sys.stdin = io.StringIO(text)
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(program, "<made up>", "exec"), {"__name__": "__main__"})
    finally:
        sys.stdin = kept
    return out.getvalue()


def with_idle_targets(pairs: Sequence[Pair], share: float, *, seed: int) -> list[Pair]:
    """Return the pairs, this share of them with the slow program itself, renamed, as the target.

    In PIE, too, many targets are near-copies that are no faster.
    """
    draw = random.Random(f"idle {seed}")
    return [
        replace(pair, fast=_renamed(pair.slow, draw)) if draw.random() < share else pair
        for pair in pairs
    ]


def _renamed(program: str, draw: random.Random) -> str:
    used = [name for name in LISTS if re.search(rf"\b{name}\b", program)]
    free = [name for name in LISTS if name not in used]
    old = used[0] if used else "n"
    return re.sub(rf"\b{old}\b", draw.choice(free), program)

"""Which programs of a problem are set beside each other: those that are nearest in text.

What a small model can learn of a pair is a few changed lines; of two programs
that have nothing in common it learns nothing.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from perfopt_cli.model.mini.language import Unreadable, read, write_lesson
from perfopt_cli.model.normal import syntax_tree
from perfopt_cli.train.pairs.measured_names import abstract_lines, aligned, length

MOST_LINES = 60
MOST_TOKENS = 450
MOST_COMPARED = 70
MOST_RUN = 30
"""So many programs of a problem are run."""
MOST_EACH = 4
"""A program is the slow side of no more pairs, nor the fast side."""
MOST_REPLY = 120
MOST_READ = 250
"""So many pairs of a problem are looked at for such a reply."""
LEAST_RATIO = 1.2
MOST_EDIT = 150
"""Tokens in changed lines; of pairs that differ in more nothing is run."""


def short(programs: Sequence[str]) -> list[str]:
    """Return the programs that a small model could read whole."""
    return [
        one for one in programs if one.count("\n") <= MOST_LINES and _tokens(one) <= MOST_TOKENS
    ]


def _tokens(text: str) -> int:
    try:
        return length(ast.unparse(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return MOST_TOKENS + 1


def near(programs: Sequence[str], entry: str, seed: int) -> list[str]:
    """Return up to ``MOST_RUN`` programs, those first that have others near to them."""
    if len(programs) == 2 and not _either(programs[0], programs[1], entry):
        return []
    some = Random(seed).sample(programs, min(len(programs), MOST_COMPARED))
    lines = {program: abstract_lines(program) for program in some}
    distances = sorted(
        (distance, one, other)
        for number, one in enumerate(some)
        for other in some[number + 1 :]
        if 0 < (distance := _distance(lines[one], lines[other])) <= MOST_EDIT
    )
    chosen: dict[str, None] = {}
    for _, one, other in distances:
        chosen |= {one: None, other: None}
        if len(chosen) >= MOST_RUN:
            break
    return list(chosen)[:MOST_RUN]


def _distance(one: Counter[str], other: Counter[str]) -> int:
    """Return about how many tokens are in lines of one only; 0 for the same program."""
    return sum(
        length(line) * count for side in (one - other, other - one) for line, count in side.items()
    )


def worth_racing(
    spent: Mapping[str, int], entry: str, least: float, most: int
) -> dict[tuple[str, str], str]:
    """Return pairs (slow, fast) that one run each shows to be apart, the nearest in text first.

    With each goes the fast program with the slow one's names, from which the
    small model's reply is short enough.
    """
    lines = {program: abstract_lines(program) for program in spent}
    found = sorted(
        (distance, slow, fast)
        for slow in spent
        for fast in spent
        if spent[slow] >= least * spent[fast]
        if (distance := _distance(lines[slow], lines[fast])) <= MOST_EDIT
    )
    slows: Counter[str] = Counter()
    fasts: Counter[str] = Counter()
    chosen: dict[tuple[str, str], str] = {}
    for _, slow, fast in found[:MOST_READ]:
        if slows[slow] < MOST_EACH and fasts[fast] < MOST_EACH and len(chosen) < most:
            renamed = with_names(slow, fast, entry)
            if reply_length(slow, renamed) <= MOST_REPLY:
                chosen[slow, fast] = renamed
                slows[slow] += 1
                fasts[fast] += 1
    return chosen


def with_names(slow: str, fast: str, entry: str) -> str:
    """Return the fast program with the slow one's names, but for those by which it is called."""
    fixed = parameters(slow, entry) | parameters(fast, entry) if entry else set()
    return aligned(slow, fast, fixed)


def reply_length(slow: str, fast: str) -> int:
    """Return how many words the small model's reply has; beyond all bounds where there is none."""
    try:
        return len(write_lesson(read(slow), fast).split())
    except Unreadable:
        return MOST_REPLY + 1


def can_be_read(program: str) -> bool:
    """Tell whether the small model can read the program whole."""
    try:
        read(program)
    except Unreadable:
        return False
    return True


def _either(one: str, other: str, entry: str) -> bool:
    """Tell whether one of two programs can be made of the other by a short reply."""
    return any(
        reply_length(slow, with_names(slow, fast, entry)) <= MOST_REPLY
        for slow, fast in ((one, other), (other, one))
    )


def parameters(text: str, entry: str) -> set[str]:
    """Return the names by which a function is called, its own and its parameters'."""
    name = entry.rpartition(".")[2]
    tree = syntax_tree(text)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.FunctionDef) and node.name == name:
            arguments = node.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            return {name, *(each.arg for each in every)}
    return {name}

"""The fixed words of the small model's language; a word's place in the list is its id.

Ids never change meaning: a family that is added takes the next free one of the
words that are kept for families.
"""

from __future__ import annotations

import keyword

from perfopt_cli.model.mini.families import KEPT_FAMILIES
from perfopt_cli.model.mini.words import LATER, NUMBERS, STRINGS, WORDS

PAD, START, END, UNKNOWN = "<pad>", "<s>", "</s>", "<unk>"
SET, ADD, DELETE = "<set>", "<add>", "<del>"
"""They begin an edit: lines are replaced, put after a line, or taken out."""
GAP = "<gap>"
"""It stands for lines that a window leaves out."""
INNER, OUTER = "{f", "f}"
"""Around the local names that an f-string reads."""
NOTHING = "nothing"
"""The reply that says: nothing to do."""
OWN = "F0"
"""The name of the one function that the source consists of."""

SIZE = 2048
"""How many words there are; those to spare stand at the end."""
LINES, DEPTHS = 160, 12
POOLS = {"v": 48, "g": 24, "a": 32, "s": 32, "n": 24, "f": 12}
"""How many placeholders there are: local names, global ones, attributes, strings, numbers
and f-strings."""
NEW = 8
"""How many names a reply can add: w0, w1, ..."""

_OPERATORS = """
    ( ) [ ] { } , : . ; = == != < > <= >= + - * / // % ** @ & | ^ ~ << >> := -> ...
    += -= *= /= //= %= **= @= &= |= ^= <<= >>=
"""
_KEYWORDS = """
    False None True and as assert async await break class continue def del elif else except
    finally for from global if import in is lambda nonlocal not or pass raise return try while
    with yield
"""
OPERATORS = tuple(_OPERATORS.split())
KEYWORDS = tuple(_KEYWORDS.split())
KEPT = frozenset(("self", "cls", "_"))
"""Local names that are words as they are: they say what they are for."""


def _all() -> tuple[str, ...]:
    made = [
        *(f"L{number}" for number in range(LINES)),
        *(f"I{number}" for number in range(DEPTHS)),
        *(f"f:{number}" for number in range(KEPT_FAMILIES)),
        *(f"{kind}{number}" for kind, size in POOLS.items() for number in range(size)),
        *(f"w{number}" for number in range(NEW)),
    ]
    special = [PAD, START, END, UNKNOWN, SET, ADD, DELETE, GAP, INNER, OUTER, NOTHING, OWN]
    plain = [*KEYWORDS, *OPERATORS, *sorted(KEPT), *STRINGS, *NUMBERS, *WORDS]
    words = [*special, *made, *plain, *LATER]
    return (*words, *(f"<spare{number}>" for number in range(SIZE - len(words))))


VOCABULARY: tuple[str, ...] = _all()
IDS: dict[str, int] = {word: number for number, word in enumerate(VOCABULARY)}
IDENTIFIERS = frozenset(WORDS) | KEPT
LITERALS = frozenset(STRINGS) | frozenset(NUMBERS) | frozenset(LATER)
PLAIN = IDENTIFIERS | LITERALS | frozenset(OPERATORS) | frozenset(KEYWORDS)
"""Words that stand for themselves in code."""
RESERVED = frozenset(VOCABULARY) - PLAIN
PYTHON_KEYWORDS = frozenset(keyword.kwlist)


def tokens(text: str) -> list[int]:
    """Return the ids of a reading or a reply."""
    return [IDS.get(word, IDS[UNKNOWN]) for word in text.split()]


def text(ids: list[int]) -> str:
    """Return the text of ids, without padding, start and end."""
    return " ".join(VOCABULARY[one] for one in ids if not 0 <= one < IDS[UNKNOWN])

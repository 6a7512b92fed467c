"""The fixed words of the small model's language; a word's place in the list is its id.

Ids never change meaning: a family that is added takes the next free one of the
words that are kept for families.
"""

from __future__ import annotations

import keyword

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
LINES, DEPTHS, KEPT_FAMILIES = 160, 12, 208
POOLS = {"v": 48, "g": 24, "a": 32, "s": 32, "n": 24, "f": 12}
"""How many placeholders there are: local names, global ones, attributes, strings, numbers
and f-strings."""
NEW = 8
"""How many names a reply can add: w0, w1, ..."""

FAMILIES: tuple[str, ...] = (
    "other",
    "nothing",
    "measured",
    "affix-tuple",
    "answer-loop",
    "bit-count",
    "bulk-extend",
    "char-count",
    "common-call",
    "common-item",
    "compiled-pattern",
    "constant-call",
    "count-default",
    "count-dict",
    "count-items",
    "count-key",
    "counted-items",
    "counter-get",
    "counter-table",
    "dict-comprehension",
    "dict-items",
    "dict-keys",
    "direct-iteration",
    "divisor-pairs",
    "divmod-parts",
    "eager-generator",
    "euclid",
    "extreme-choice",
    "extreme-update",
    "flag-break",
    "flatten",
    "format-string",
    "generator-list",
    "group-dict",
    "hoist-arithmetic",
    "hoist-assignment",
    "hoist-invariant",
    "hoist-subscript",
    "hoist-test",
    "index-join",
    "insert-front",
    "int-product",
    "int-sum",
    "key-getter",
    "lambda-wrapper",
    "list-append",
    "list-comprehension",
    "list-count",
    "literal-pattern",
    "local-subscript",
    "map-builtin",
    "map-lambda",
    "member-answer",
    "member-copy",
    "negative-key",
    "one-of",
    "operator-function",
    "pair-count",
    "pair-index",
    "place-table",
    "queue-deque",
    "range-sum",
    "rank-count",
    "recursion-table",
    "redundant-copy",
    "repeat-list",
    "reversed-slice",
    "rising-lengths",
    "same-items",
    "seen-set",
    "set-comprehension",
    "set-membership",
    "shallow-copy",
    "sieve-slice",
    "slice-count",
    "slice-sum",
    "sliced-items",
    "sorted-extreme",
    "sorted-insert",
    "sorting-loop",
    "split-part",
    "square",
    "string-join",
    "text-filter",
    "trial-division",
    "unique-items",
    "value-count",
    "while-range",
    "any-flag",
    "all-flag",
    "sum-loop",
    "local-value",
    "return-test",
    "dict-get",
    "text-find",
    "set-operation",
    "math-call",
    "isinstance-tuple",
    "first-match",
    "repeat-text",
    "loop-fusion",
    "dict-zip",
    "top-items",
    "text-split",
    "power-modulo",
    "hoist-length",
    "hoist-attribute",
    "dict-fromkeys",
    "bulk-update",
    "any-all",
    "unpack",
    "slice",
    "enumerate",
    "extremes",
    "absolute",
    "affix",
    "bisect",
    "factorial",
    "islice",
    "literal",
    "remainder",
    "zip",
    "merging",
    "matrix-sum",
    "key-look-up",
    "key-join",
    "prefix-sums",
    "largest-part-sum",
    "common-items",
    "divisors",
    "ranks",
    "polynomial",
    "rising-length",
    "dot-product",
    "duplicates",
    "transposed",
    "dedupe-key",
    "inversions",
    "most-common",
    "places-of",
    "missing-items",
    "best-trade",
    "part-sum-count",
    "difference-count",
    "histogram",
    "sum-to",
    "dedupe",
    "smallest-difference",
    "column-sums",
    "anagrams",
    "repeat-rows",
    "scaling",
    "next-greater",
    "only-digits",
    "char-test",
    "split-passes",
    "hoist-extreme",
    "window-sum",
    "common-prefix",
    "heap-queue",
    "longest-run",
    "deep-copy",
    "running-maximum",
    "nested-append",
    "grouping",
    "hoist-sorted",
    "cumulative",
    "fibonacci",
    "removed-items",
    "set-exclusion",
    "filtered-loop",
    "key-membership",
    "digit-sum",
    "vowels",
    "two-sums",
    "run-lengths",
    "caesar",
    "range-sums",
    "breadth-first",
    "char-replace",
    "table-maximum",
    "grid-paths",
    "pivot",
    "primes",
    "palindrome",
    "is-prime",
    "pair-sum",
    "has-duplicates",
    "pair-places",
    "first-unique",
    "subsequence",
    "is-anagram",
)
"""Families in the order of their words ``f:0``, ``f:1``, ...; the first is any other."""

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


def family_word(family: str) -> str:
    """Return the word of a family; one that is not in the table has the word of any other."""
    return f"f:{FAMILIES.index(family) if family in FAMILIES else 0}"


def family_of(word: str) -> str:
    """Return the family of a word; "other" where it has none yet."""
    number = int(word.removeprefix("f:"))
    return FAMILIES[number] if number < len(FAMILIES) else FAMILIES[0]


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

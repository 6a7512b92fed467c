"""member-answer: any() and all() that ask for members become `in` or a question to a set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "member-answer"

NOOP = [
    pytest.param(
        """
        def f(xs: list, x: int) -> bool:
            return any(y == x for y in xs)
        """,
        id="the items may be anything",
    ),
    pytest.param(
        """
        def f(xs: list[float], x: float) -> bool:
            return any(y == x for y in xs)
        """,
        id="nan is found by in, but not equal to itself",
    ),
    pytest.param(
        """
        def f(xs: list[int], x: int) -> bool:
            return all(y == x for y in xs)
        """,
        id="all are equal",
    ),
    pytest.param(
        """
        def f(text: str, part: str) -> bool:
            return any(c == part for c in text)
        """,
        id="the text that is looked for may be longer than a character",
    ),
    pytest.param(
        """
        def f(xs: list[int], sets: list[set[int]]) -> bool:
            return all(x in sets[x] for x in xs)
        """,
        id="the set depends on the item",
    ),
    pytest.param(
        """
        def f(xs: list[int], s: set[int]) -> bool:
            return all(x in s for x in xs if x)
        """,
        id="some items are left out",
    ),
    pytest.param(
        """
        def f(text: str) -> bool:
            return all(c.isupper() for c in text)
        """,
        id="a text is upper with some characters that are not",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> bool:
            return all(x in ys for x in xs)
        """,
        id="a list has no such questions",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], x: int) -> bool:
            return any(y == x for y in xs) and not all(x != y for y in xs)
        """,
        """
        def f(xs: list[int], x: int) -> bool:
            return (x in xs) and not (x not in xs)
        """,
        [
            "f([], 1)",
            "f([2, True], 1)",
            "f([2], 1)",
        ],
        id="a value in a list",
    ),
    pytest.param(
        """
        def f(xs: list[str], s: set[str]) -> tuple:
            return all(x in s for x in xs), any(x in s for x in xs)
        """,
        """
        def f(xs: list[str], s: set[str]) -> tuple:
            return (s.issuperset(xs)), (not s.isdisjoint(xs))
        """,
        [
            "f([], set())",
            "f(['a'], {'a', 'b'})",
            "f(['a', 'c'], {'a'})",
        ],
        id="all in a set",
    ),
    pytest.param(
        """
        def f(xs: list[str], s: frozenset[str]) -> tuple:
            return all(x not in s for x in xs), any(x not in s for x in xs)
        """,
        """
        def f(xs: list[str], s: frozenset[str]) -> tuple:
            return (s.isdisjoint(xs)), (not s.issuperset(xs))
        """,
        [
            "f([], frozenset())",
            "f(['a'], frozenset('ab'))",
            "f(['a', 'c'], frozenset('a'))",
        ],
        id="none in a set",
    ),
    pytest.param(
        """
        def f(text: str) -> bool:
            return all(c.isdigit() for c in text) and all([c.isalnum() for c in text])
        """,
        """
        def f(text: str) -> bool:
            return (not text or text.isdigit()) and (not text or text.isalnum())
        """,
        [
            "f('')",
            "f('12')",
            "f('1a')",
            "f('²')",
        ],
        id="characters of a kind",
    ),
    pytest.param(
        """
        def f(text: str) -> bool:
            return all(c in "01" for c in text)
        """,
        """
        def f(text: str) -> bool:
            return {"0", "1"}.issuperset(text)
        """,
        [
            "f('')",
            "f('0101')",
            "f('012')",
        ],
        id="characters",
    ),
]


@pytest.mark.parametrize("text", NOOP)
def test_is_left_alone(noop: Callable[..., None], text: str) -> None:
    noop(NAME, text)


@pytest.mark.parametrize(("before", "after", "calls"), REWRITES)
def test_is_rewritten(
    rewrites: Callable[..., None], before: str, after: str, calls: Sequence[str]
) -> None:
    rewrites(NAME, before, after, calls)

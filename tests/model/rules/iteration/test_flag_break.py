"""flag-break: a loop that sets a flag stops once it is set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "flag-break"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            found = False
            for x in xs:
                if 10 % x == 0:
                    found = True
            return found
        """,
        id="the test may raise for a later item",
    ),
    pytest.param(
        """
        def f(xs, y) -> bool:
            found = False
            for x in xs:
                if x == y:
                    found = True
            return found
        """,
        id="comparing unknown items may do anything",
    ),
    pytest.param(
        """
        from collections.abc import Iterator
        def f(xs: Iterator[int]) -> bool:
            found = False
            for x in xs:
                if x == 3:
                    found = True
            return found
        """,
        id="an iterator would not be used up",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            found = 0
            for x in xs:
                if x > 3:
                    found = x
            return found
        """,
        id="the last match is kept",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            found = False
            for x in xs:
                if x == 3:
                    found = True
            return found, x
        """,
        id="the loop variable is read later",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            found = False
            n = 0
            for x in xs:
                n += 1
                if x == 3:
                    found = True
            return found, n
        """,
        id="the loop does more",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            found = False
            for x in xs:
                if x == 3:
                    found = True
            else:
                print("all")
            return found
        """,
        id="an else of the loop would be skipped",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            odd = True
            for x in xs:
                if odd and x > 1:
                    odd = False
            return odd
        """,
        id="the flag is tested",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            found = False
            for x in xs:
                if x > 1:
                    found = True
                else:
                    found = False
            return found
        """,
        id="an else sets it back",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], y: int) -> bool:
            found = False
            for x in xs:
                if x == y or x > 99:
                    found = True
            return found
        """,
        """
        def f(xs: list[int], y: int) -> bool:
            found = False
            for x in xs:
                if x == y or x > 99:
                    found = True
                    break
            return found
        """,
        [
            "f([1, 2, 3], 2)",
            "f([1], 2)",
            "f([], 0)",
        ],
        id="a search among ints",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> bool:
            late = True
            for i, word in enumerate(words):
                if word == "x" and i < 3:
                    late = False
            return late
        """,
        """
        def f(words: list[str]) -> bool:
            late = True
            for i, word in enumerate(words):
                if word == "x" and i < 3:
                    late = False
                    break
            return late
        """,
        [
            "f(['a', 'x', 'x'])",
            "f(['a', 'b', 'c', 'x'])",
        ],
        id="pairs from enumerate",
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

"""equal-chain: comparing with several constants becomes one look-up in a set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "equal-chain"

NOOP = [
    pytest.param(
        """
        def f(x: int) -> bool:
            return x == 1 or x == 2
        """,
        id="two are too few",
    ),
    pytest.param(
        """
        def f(x) -> bool:
            return x == 1 or x == 2 or x == 3
        """,
        id="the value may be anything",
    ),
    pytest.param(
        """
        def f(x: int, y: int) -> bool:
            return x == 1 or y == 2 or x == 3
        """,
        id="different values",
    ),
    pytest.param(
        """
        def f(x: int) -> bool:
            return x == 1 or x == 2 or x > 3
        """,
        id="different tests",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            return xs[0] == 1 or xs[0] == 2 or xs[0] == 3
        """,
        id="a value that may fail",
    ),
    pytest.param(
        """
        def f(x: int, y: int) -> bool:
            return x == 1 or x == 2 or x == y
        """,
        id="a constant that has a name",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(x: int) -> bool:
            return x == 1 or x == 2 or 3 == x
        """,
        """
        def f(x: int) -> bool:
            return x in {1, 2, 3}
        """,
        [
            "f(1)",
            "f(3)",
            "f(4)",
            "f(True)",
        ],
        id="one of three",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> list[str]:
            return [w for w in words if w != "a" and w != "b" and w != "c"]
        """,
        """
        def f(words: list[str]) -> list[str]:
            return [w for w in words if w not in {"a", "b", "c"}]
        """,
        [
            "f([])",
            "f(['a', 'd', ''])",
        ],
        id="none of them",
    ),
    pytest.param(
        """
        def f(x: float, y: int) -> bool:
            return not (x == 1 or x == 2 or x == 3 or y)
        """,
        """
        def f(x: float, y: int) -> bool:
            return not ((x in {1, 2, 3}) or y)
        """,
        [
            "f(1.0, 0)",
            "f(float('nan'), 0)",
            "f(4, 1)",
        ],
        id="a float is looked up as well",
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

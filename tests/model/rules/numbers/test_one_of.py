"""one-of: comparing a variable with constants becomes a look-up in a set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "one-of"

NOOP = [
    pytest.param(
        """
        def f(x):
            return x == 1 or x == 2 or x == 3 or x == 4
        """,
        id="anything may be equal in its own way, or not hashable",
    ),
    pytest.param(
        """
        def f(x: int):
            return x == 1 or x == 2
        """,
        id="two are no more than a look-up",
    ),
    pytest.param(
        """
        def f(x: int, y: int):
            return x == 1 or x == 2 or x == 4 or y == 3
        """,
        id="two variables",
    ),
    pytest.param(
        """
        def f(x: int, y: int):
            return x == 1 or x == 2 or x == 4 or x == y
        """,
        id="a variable is no constant",
    ),
    pytest.param(
        """
        def f(x: int):
            return x == 1 and x == 2 and x == 3 and x == 4
        """,
        id="all at once",
    ),
    pytest.param(
        """
        def f(x: int):
            return x == 1 or x == 2 or x == 4 or x > 3
        """,
        id="another comparison",
    ),
    pytest.param(
        """
        def f(x: list[int]):
            return x == 1 or x == 2 or x == 3 or x == 4
        """,
        id="a list can't be looked up",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(c: str):
            if c == 'a' or c == 'e' or 'o' == c or c == 'u':
                return 1
            return 0
        """,
        """
        def f(c: str):
            if c in {'a', 'e', 'o', 'u'}:
                return 1
            return 0
        """,
        [
            "f('a')",
            "f('b')",
            "f('o')",
            "f('')",
        ],
        id="strings",
    ),
    pytest.param(
        """
        def f(x: int):
            return not x or (x != 1 and x != 2 and x != 2 and x != 'a')
        """,
        """
        def f(x: int):
            return not x or (x not in {1, 2, 'a'})
        """,
        [
            "f(0)",
            "f(1)",
            "f(True)",
            "f(3)",
        ],
        id="none of them",
    ),
    pytest.param(
        """
        def f(x: float):
            return x == 1 or x == 2 or x == 0 or x == 5
        """,
        """
        def f(x: float):
            return x in {1, 2, 0, 5}
        """,
        [
            "f(1.0)",
            "f(float('nan'))",
            "f(-0.0)",
            "f(True)",
            "f(1.5)",
        ],
        id="a float",
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

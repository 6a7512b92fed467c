"""map-builtin: a builtin called for each item is mapped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "map-builtin"

NOOP = [
    pytest.param(
        """
        def f(xs: list) -> int:
            return sum(len(x) for x in xs)
        """,
        id="the items may be anything",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> str:
            return "".join(str(x) for x in xs)
        """,
        id="a str is made faster in place",
    ),
    pytest.param(
        """
        def g(x):
            return x

        def f(xs: list[int]) -> int:
            return sum(g(x) for x in xs)
        """,
        id="a function of the project",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> int:
            return sum(int(x) for x in xs if x)
        """,
        id="some items are left out",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> bool:
            return any([int(x) for x in xs])
        """,
        id="a list is made whole before it is asked",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> int:
            return sum(int(x, 2) for x in xs)
        """,
        id="another argument",
    ),
    pytest.param(
        """
        def f(xs: list[str], int) -> object:
            return sum(int(x) for x in xs)
        """,
        id="a name that is not the builtin",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int) -> int:
            return sum(int(c) for c in str(n))
        """,
        """
        def f(n: int) -> int:
            return sum(map(int, str(n)))
        """,
        [
            "f(0)",
            "f(987)",
            "f(-1)",
        ],
        id="digits",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> int:
            return max([len(w) for w in words])
        """,
        """
        def f(words: list[str]) -> int:
            return max(map(len, words))
        """,
        [
            "f([])",
            "f(['a', 'bcd'])",
        ],
        id="lengths in a list",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> bool:
            return any(int(w) for w in words)
        """,
        """
        def f(words: list[str]) -> bool:
            return any(map(int, words))
        """,
        [
            "f([])",
            "f(['0', '1', 'x'])",
            "f(['0', 'x', '1'])",
        ],
        id="lazily asked",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> list[int]:
            out: list[int] = []
            out.extend(ord(w) for w in words)
            return out
        """,
        """
        def f(words: list[str]) -> list[int]:
            out: list[int] = []
            out.extend(map(ord, words))
            return out
        """,
        [
            "f([])",
            "f(['a', 'b'])",
            "f(['a', 'bc'])",
        ],
        id="a list is extended",
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

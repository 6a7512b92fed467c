"""list-repeat: a list of one value is repeated instead of filled."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "list-repeat"

NOOP = [
    pytest.param(
        """
        def f(n: int) -> list:
            return [[] for _ in range(n)]
        """,
        id="each item is another list",
    ),
    pytest.param(
        """
        def f(n) -> list:
            return [0 for _ in range(n)]
        """,
        id="the number may be anything",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            return [i for i in range(n)]
        """,
        id="the item depends on the round",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            return [0 for _ in range(2, n)]
        """,
        id="a start",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            return [0 for i in range(n) if i % 2]
        """,
        id="some rounds are left out",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            if n:
                x = 1
            return [x for _ in range(n)]
        """,
        id="a variable that may have no value",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int) -> list:
            return [0 for _ in range(n)]
        """,
        """
        def f(n: int) -> list:
            return [0] * n
        """,
        [
            "f(0)",
            "f(3)",
            "f(-2)",
            "f(True)",
        ],
        id="zeros",
    ),
    pytest.param(
        """
        def f(n: int, m: int) -> list:
            rows = [[-1 for j in range(m + 1)] for i in range(0, n)]
            rows[0][0] = 5
            return rows
        """,
        """
        def f(n: int, m: int) -> list:
            rows = [[-1] * (m + 1) for i in range(0, n)]
            rows[0][0] = 5
            return rows
        """,
        [
            "f(2, 2)",
            "f(0, 2)",
        ],
        id="rows",
    ),
    pytest.param(
        """
        def f(n: int, fill) -> list:
            return [fill for _ in range(n)]
        """,
        """
        def f(n: int, fill) -> list:
            return [fill] * n
        """,
        [
            "f(2, 'a')",
            "f(0, None)",
            "f(2, [])",
        ],
        id="a parameter",
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

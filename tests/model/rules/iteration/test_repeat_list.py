"""repeat-list: equal items are repeated."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "repeat-list"

NOOP = [
    pytest.param(
        """
        def f(n: int) -> list:
            return [[] for _ in range(n)]
        """,
        id="every item is a list of its own",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            return [i for i in range(n)]
        """,
        id="the item depends on the variable",
    ),
    pytest.param(
        """
        def f(n: int, make) -> list:
            return [make() for _ in range(n)]
        """,
        id="the item is made by a call each time",
    ),
    pytest.param(
        """
        def f(n) -> list:
            return [0 for _ in range(n)]
        """,
        id="the count may be no whole number",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            return [0 for i in range(n) if i % 2]
        """,
        id="there is a condition",
    ),
    pytest.param(
        """
        def f(xs) -> list:
            return [0 for _ in xs]
        """,
        id="a generator can be gone through once only",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            return [0 for _ in range(0, n, 2)]
        """,
        id="the steps are longer",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            if n > 3:
                x = 1
            return [x for _ in range(n)]
        """,
        id="a variable that may have no value",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(m: int, n: int) -> list[list[int]]:
            rows = [[0 for _ in range(n + 1)] for _ in range(m)]
            if m > 1:
                rows[0].append(1)
            return rows
        """,
        """
        def f(m: int, n: int) -> list[list[int]]:
            rows = [[0] * (n + 1) for _ in range(m)]
            if m > 1:
                rows[0].append(1)
            return rows
        """,
        [
            "f(2, 3)",
            "f(0, 3)",
            "f(3, -1)",
            "f(3, -5)",
            "f(True, False)",
        ],
        id="rows of zeros",
    ),
    pytest.param(
        """
        def f(xs: list[str], x) -> list:
            return [x for _ in xs] + [float("inf") for _ in range(2, len(xs))]
        """,
        """
        def f(xs: list[str], x) -> list:
            return [x] * len(xs) + [float("inf")] * (len(xs) - 2)
        """,
        [
            "f([], 1)",
            'f(["a"], [])',
            'f(["a", "b", "c"], [1])',
        ],
        id="as many as there are items",
    ),
    pytest.param(
        """
        def f(m: int, n: int) -> list:
            return [[i for _ in range(0, n)] for i in range(m)]
        """,
        """
        def f(m: int, n: int) -> list:
            return [[i] * n for i in range(m)]
        """,
        [
            "f(2, 3)",
            "f(0, 0)",
            "f(2, -1)",
        ],
        id="an outer variable",
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

"""repeat-list: a list of equal items made by a loop becomes a repeated list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "repeat-list"

NOOP = [
    pytest.param(
        """
        def f(n: int):
            return [[] for _ in range(n)]
        """,
        id="every item is a list of its own",
    ),
    pytest.param(
        """
        def f(n: int):
            return [i for i in range(n)]
        """,
        id="the items differ",
    ),
    pytest.param(
        """
        def f(n: int, make):
            return [make() for _ in range(n)]
        """,
        id="a call may give something else each time",
    ),
    pytest.param(
        """
        def f(xs):
            return [0 for _ in xs]
        """,
        id="anything may be gone through",
    ),
    pytest.param(
        """
        def f(n: int):
            return [0 for i in range(n) if i % 3]
        """,
        id="a condition",
    ),
    pytest.param(
        """
        def f(n: int, x):
            return [x for _ in range(n)]
        """,
        id="the item may have no value yet, or be changed",
    ),
    pytest.param(
        """
        def f(n: int):
            for _ in range(n):
                if n > 3:
                    x = 0
            return [x for _ in range(n)]
        """,
        id="a variable that may have no value",
    ),
    pytest.param(
        """
        def f(n: int, range):
            return [0 for _ in range(n)]
        """,
        id="another range",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int, m: int):
            table = [[0 for j in range(n + 1)] for i in range(m)]
            return table + [None for _ in range(m)]
        """,
        """
        def f(n: int, m: int):
            table = [[0] * (n + 1) for i in range(m)]
            return table + ([None] * m)
        """,
        [
            "f(2, 3)",
            "f(-5, 2)",
            "f(3, 0)",
            "f(True, True)",
        ],
        id="ints",
    ),
    pytest.param(
        """
        def f(n, m):
            return [-1 for _ in range(n)], ['x' for _ in range(n, m, 2)]
        """,
        """
        def f(n, m):
            return [-1] * len(range(n)), ['x'] * len(range(n, m, 2))
        """,
        [
            "f(2, 9)",
            "f(9, 2)",
            "f(1.5, 2)",
            "f('a', 2)",
            "f(1, None)",
        ],
        id="what may be no int fails as before",
    ),
    pytest.param(
        """
        def f(xs: list[str], unit: int):
            ones = [unit for x in xs]
            ones.append(len([(0, 1.5) for x in 'abc']))
            return ones
        """,
        """
        def f(xs: list[str], unit: int):
            ones = [unit] * len(xs)
            ones.append(len([(0, 1.5)] * len('abc')))
            return ones
        """,
        [
            "f(['a', 'b'], 7)",
            "f([], 7)",
        ],
        id="as many as a list has",
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

"""range-sum: the sum of a polynomial over a range becomes its closed form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "range-sum"

NOOP = [
    pytest.param(
        """
        def f(n):
            return sum([i * i for i in range(n)])
        """,
        id="the end may be no int",
    ),
    pytest.param(
        """
        def f(n: int):
            return sum([i * i for i in range(n) if i % 3])
        """,
        id="a condition",
    ),
    pytest.param(
        """
        def f(n: int):
            return sum([i / 2 for i in range(n)])
        """,
        id="a quotient is rounded",
    ),
    pytest.param(
        """
        def f(n: int):
            return sum([i * 0.5 for i in range(n)])
        """,
        id="floats are rounded",
    ),
    pytest.param(
        """
        def f(n: int, k: int):
            return sum([i for i in range(k, n)])
        """,
        id="an unknown start",
    ),
    pytest.param(
        """
        def f(n: int):
            return sum([i for i in range(0, n, 2)])
        """,
        id="a step",
    ),
    pytest.param(
        """
        def f(n: int, sum):
            return sum([i for i in range(n)])
        """,
        id="another sum",
    ),
    pytest.param(
        """
        def f(n: int):
            return sum([i ** 9 for i in range(n)])
        """,
        id="too high a power to be short",
    ),
    pytest.param(
        """
        def f(n: int):
            return sum([i for i in range(n)], 7)
        """,
        id="a start value",
    ),
    pytest.param(
        """
        def f(n: int):
            def g():
                nonlocal n
                n = 2.5
            g()
            return sum([i for i in range(n)])
        """,
        id="a variable that other code shares",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int):
            return sum([i * i for i in range(1, n + 1)])
        """,
        """
        def f(n: int):
            return ((2 * n + 3) * n + 1) * n // 6 if n > 0 else 0
        """,
        [
            "f(0)",
            "f(1)",
            "f(2)",
            "f(3)",
            "f(4)",
            "f(9)",
            "f(12)",
            "f(-3)",
            "f(True)",
        ],
        id="squares",
    ),
    pytest.param(
        """
        def f(n: int):
            return 5 - sum(range(3, n))
        """,
        """
        def f(n: int):
            return 5 - (((n - 1) * n - 6) // 2 if n > 3 else 0)
        """,
        [
            "f(0)",
            "f(1)",
            "f(2)",
            "f(3)",
            "f(4)",
            "f(9)",
            "f(12)",
            "f(-3)",
            "f(True)",
        ],
        id="a range as it is",
    ),
    pytest.param(
        """
        def f(n: int):
            total = sum((2 * i + 1) ** 3 - i for i in range(n - 2))
            return total, sum([7 for _ in range(2, n)])
        """,
        """
        def f(n: int):
            total = ((((4 * n - 32) * n + 93) * n - 115) * n + 50) // 2 if n > 2 else 0
            return total, (7 * n - 14 if n > 2 else 0)
        """,
        [
            "f(0)",
            "f(1)",
            "f(2)",
            "f(3)",
            "f(4)",
            "f(9)",
            "f(12)",
            "f(-3)",
            "f(True)",
        ],
        id="polynomials",
    ),
    pytest.param(
        """
        def f(n: int):
            return sum([i ** 5 for i in range(1, n + 1)])
        """,
        """
        def f(n: int):
            return (((2 * n + 6) * n + 5) * n * n - 1) * n * n // 12 if n > 0 else 0
        """,
        [
            "f(0)",
            "f(1)",
            "f(2)",
            "f(3)",
            "f(4)",
            "f(9)",
            "f(12)",
            "f(-3)",
            "f(True)",
        ],
        id="fifth powers",
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

"""divisor-pairs: the divisors of a number are found in pairs, up to its square root."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "divisor-pairs"

NOOP = [
    pytest.param(
        """
        def f(n):
            return [i for i in range(1, n + 1) if n % i == 0]
        """,
        id="a number that may be no int",
    ),
    pytest.param(
        """
        def f(n: int, m: int):
            return [i for i in range(1, m) if n % i == 0]
        """,
        id="another end",
    ),
    pytest.param(
        """
        def f(n: int):
            return [i for i in range(3, n) if n % i == 0]
        """,
        id="another start",
    ),
    pytest.param(
        """
        def f(n: int):
            return [i * 2 for i in range(1, n) if n % i == 0]
        """,
        id="something else of each",
    ),
    pytest.param(
        """
        def f(n: int):
            return [i for i in range(1, n) if n % i == 1]
        """,
        id="another remainder",
    ),
    pytest.param(
        """
        def f(n: int):
            return [i for i in range(1, n, 2) if n % i == 0]
        """,
        id="a step",
    ),
    pytest.param(
        """
        def f(n: int):
            return [i for i in range(1, n) if i % n == 0]
        """,
        id="multiples",
    ),
    pytest.param(
        """
        def f(n: int):
            return (i for i in range(1, n) if n % i == 0)
        """,
        id="a generator",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int):
            return [i for i in range(1, n + 1) if n % i == 0]
        """,
        """
        from math import isqrt
        def f(n: int):
            return sorted({divisor for i in range(1, isqrt(max(n, 0)) + 1) if n % i == 0 for divisor in (i, n // i)})
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
            "f(36)",
            "f(97)",
        ],
        id="all, in order",
    ),
    pytest.param(
        """
        import math
        def f(n: int):
            if n <= 0:
                return 0
            return sum(i for i in range(2, n) if not n % i)
        """,
        """
        def f(n: int):
            if n <= 0:
                return 0
            return sum({divisor for i in range(1, math.isqrt(n) + 1) if n % i == 0 for divisor in (i, n // i)} - {1, n})
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
            "f(36)",
            "f(97)",
        ],
        id="the sum of those within",
    ),
    pytest.param(
        """
        def f(n: int):
            return sum([1 for i in range(1, n // 2 + 1) if 0 == n % i])
        """,
        """
        from math import isqrt
        def f(n: int):
            return len({divisor for i in range(1, isqrt(max(n, 0)) + 1) if n % i == 0 for divisor in (i, n // i)} - {n})
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
            "f(36)",
            "f(97)",
        ],
        id="how many up to the half",
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

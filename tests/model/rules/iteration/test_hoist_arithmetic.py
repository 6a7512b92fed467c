"""hoist-arithmetic: arithmetic with the same result in every round is done once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "hoist-arithmetic"

NOOP = [
    pytest.param(
        """
        def f(n: int) -> int:
            total = 0
            for i in range(n):
                total += i * n
            return total
        """,
        id="it changes in every round",
    ),
    pytest.param(
        """
        def f(a, b, n: int) -> list:
            return [a + b for _ in range(n)]
        """,
        id="adding may run any code",
    ),
    pytest.param(
        """
        def f(a: float, b: float, n: int) -> list[float]:
            return [a * b for _ in range(n)]
        """,
        id="rounding and overflow of fractions are left to the loop",
    ),
    pytest.param(
        """
        def f(a: int, b: int, n: int) -> list[int]:
            return [a // b for _ in range(n)]
        """,
        id="dividing may fail",
    ),
    pytest.param(
        """
        def f(k: int, n: int) -> int:
            total = 0
            for i in range(n):
                total += k * k
                k = i
            return total
        """,
        id="the variable is set in the loop",
    ),
    pytest.param(
        """
        def f(n: int, xs: list[int]) -> int:
            total = 0
            if xs:
                k = len(xs)
            for i in range(n):
                if i > 10:
                    total += k * k
            return total
        """,
        id="the variable may have no value before",
    ),
    pytest.param(
        """
        def f(k: int) -> int:
            total = 0
            for i in range(k * k):
                total += i
            return total
        """,
        id="the head of a loop computes it once",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            for x in xs:
                if x == k:
                    return k + 1
            return 0
        """,
        id="the statement leaves the loop",
    ),
    pytest.param(
        """
        def f(n: int) -> list[int]:
            return [k * k for k in range(n)]
        """,
        id="a comprehension has a variable of that name",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            for x in xs:
                total += x - (k + 1)
            return total
        """,
        id="one addition is no gain",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int, limit: int) -> int:
            found = 0
            for a in range(1, n):
                for b in range(a, n):
                    if a * a + b * b <= limit * limit:
                        found += a * a - 1
            return found
        """,
        """
        def f(n: int, limit: int) -> int:
            found = 0
            limit_times_limit = limit * limit
            for a in range(1, n):
                a_times_a = a * a
                for b in range(a, n):
                    if a_times_a + b * b <= limit_times_limit:
                        found += a_times_a - 1
            return found
        """,
        [
            "f(0, 3)",
            "f(9, 5)",
            "f(3, -4)",
        ],
        id="out of one loop and out of two",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            i = 0
            while i < k - 1 and xs[i] != k - 1:
                i += 1
            return i
        """,
        """
        def f(xs: list[int], k: int) -> int:
            i = 0
            k_minus_1 = k - 1
            while i < k_minus_1 and xs[i] != k_minus_1:
                i += 1
            return i
        """,
        [
            "f([], 0)",
            "f([], 2)",
            "f([1, 2, 3], 3)",
            "f([1, 2, 3], True)",
        ],
        id="from the test of a while loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> list[int]:
            return [x + (k + 2) * k for x in xs]
        """,
        """
        def f(xs: list[int], k: int) -> list[int]:
            product = (k + 2) * k
            return [x + product for x in xs]
        """,
        [
            "f([], 3)",
            "f([1, 2], 3)",
        ],
        id="in a comprehension",
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

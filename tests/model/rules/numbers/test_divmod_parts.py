"""divmod-parts: divmod() of an int by a constant becomes a quotient and a remainder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "divmod-parts"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]):
            return [y for x in xs for y in [divmod(x, 10)]]
        """,
        id="floats",
    ),
    pytest.param(
        """
        def f(n: int, k: int):
            while n:
                n, r = divmod(n, k)
            return r
        """,
        id="a divisor that may be 0 fails with another message",
    ),
    pytest.param(
        """
        def f(n: int):
            while n:
                n, r = divmod(n, 0)
            return r
        """,
        id="0 fails with another message",
    ),
    pytest.param(
        """
        def f(n: int):
            both = divmod(n, 10)
            return both
        """,
        id="the tuple itself",
    ),
    pytest.param(
        """
        def f(n: int):
            q, r = divmod(n, 10)
            return q + r
        """,
        id="once only",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            for i in range(3):
                q, r = divmod(xs[i], 10)
            return q
        """,
        id="a computed number",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int):
            total = 0
            while n > 0:
                n, r = divmod(n, 10)
                total += r
            return total
        """,
        """
        def f(n: int):
            total = 0
            while n > 0:
                n, r = n // 10, n % 10
                total += r
            return total
        """,
        [
            "f(0)",
            "f(12345)",
            "f(True)",
        ],
        id="digits",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            out = []
            for x in xs:
                (a, b) = divmod(x, 7)
                out.append(a - b)
            return out
        """,
        """
        def f(xs: list[int]):
            out = []
            for x in xs:
                (a, b) = x // 7, x % 7
                out.append(a - b)
            return out
        """,
        [
            "f([])",
            "f([-8, 8, 7, 0, True])",
        ],
        id="of negative numbers too",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            total = 0
            for x in xs:
                total, xs[0] = divmod(x, 3)
            return total
        """,
        """
        def f(xs: list[int]):
            total = 0
            for x in xs:
                total, xs[0] = x // 3, x % 3
            return total
        """,
        [
            "f([])",
            "f([5, 11])",
        ],
        id="into an item",
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

"""bit-count: a loop that counts the bits of an int becomes a count in its binary text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "bit-count"

NOOP = [
    pytest.param(
        """
        def f(n):
            count = 0
            while n:
                count += n & 1
                n >>= 1
            return count
        """,
        id="a number that may be no int",
    ),
    pytest.param(
        """
        def f(n: int):
            count = 0
            while n:
                count += n & 1
                n >>= 2
            return count
        """,
        id="every other bit",
    ),
    pytest.param(
        """
        def f(n: int):
            count = 0
            while n:
                n >>= 1
                count += n & 1
            return count
        """,
        id="the first bit is left out",
    ),
    pytest.param(
        """
        def f(n: int):
            count = 0
            while n > 1:
                count += n & 1
                n >>= 1
            return count
        """,
        id="the last bit is left out",
    ),
    pytest.param(
        """
        def f(n: int):
            count = 0
            while n:
                count += 1
                n >>= 1
            return count
        """,
        id="the length",
    ),
    pytest.param(
        """
        def f(n: int):
            count = 0
            while n:
                if n % 2 == 0:
                    count += 1
                n //= 2
            return count
        """,
        id="the other bits",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int):
            count = 0
            while n:
                count += n & 1
                n >>= 1
            return count, n
        """,
        """
        def f(n: int):
            count = 0
            if n > 0:
                count += bin(n).count("1")
                n = 0
            return count, n
        """,
        [
            "f(0)",
            "f(1)",
            "f(255)",
            "f(2 ** 70 + 5)",
            "f(True)",
            "f(False)",
        ],
        id="the last bit",
    ),
    pytest.param(
        """
        def f(n: int):
            count = 3
            while n > 0:
                if n % 2 == 1:
                    count = count + 1
                n = n // 2
            return count, n
        """,
        """
        def f(n: int):
            count = 3
            if n > 0:
                count += bin(n).count("1")
                n = 0
            return count, n
        """,
        [
            "f(0)",
            "f(1)",
            "f(255)",
            "f(2 ** 70 + 5)",
            "f(True)",
            "f(False)",
            "f(-5)",
        ],
        id="the remainder",
    ),
    pytest.param(
        """
        def f(n: int):
            count = 0
            while n != 0:
                n &= n - 1
                count += 1
            return count, n
        """,
        """
        def f(n: int):
            count = 0
            if n > 0:
                count += bin(n).count("1")
                n = 0
            return count, n
        """,
        [
            "f(0)",
            "f(1)",
            "f(255)",
            "f(2 ** 70 + 5)",
            "f(True)",
            "f(False)",
        ],
        id="taking away bits",
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

"""trial-division: a search for any divisor of a number stops at its square root."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "trial-division"

NOOP = [
    pytest.param(
        """
        def f(n):
            for i in range(2, n):
                if n % i == 0:
                    return False
            return True
        """,
        id="a number that may be no int",
    ),
    pytest.param(
        """
        def f(n: int):
            for i in range(2, n):
                if n % i == 0:
                    return i
            return 0
        """,
        id="which divisor is found matters",
    ),
    pytest.param(
        """
        def f(n: int):
            for i in range(2, n):
                if n % i == 0:
                    break
            return i
        """,
        id="the divisor is read after the loop",
    ),
    pytest.param(
        """
        def f(n: int):
            count = 0
            for i in range(2, n):
                if n % i == 0:
                    count += 1
            return count
        """,
        id="all divisors count",
    ),
    pytest.param(
        """
        def f(n: int):
            for i in range(3, n):
                if n % i == 0:
                    return False
            return True
        """,
        id="the factor 2 is left out",
    ),
    pytest.param(
        """
        def f(n: int):
            for i in range(3, n, 2):
                if n % i == 0:
                    return False
            return True
        """,
        id="even factors are left out",
    ),
    pytest.param(
        """
        def f(n: int):
            for i in range(2, n + 1):
                if n % i == 0:
                    return False
            return True
        """,
        id="the number itself counts",
    ),
    pytest.param(
        """
        def f(n: int, m: int):
            for i in range(2, m):
                if n % i == 0:
                    return False
            return True
        """,
        id="another end",
    ),
    pytest.param(
        """
        def f(n: int):
            for i in range(2, n):
                if n % i == 0:
                    return False
                else:
                    print(i)
            return True
        """,
        id="something is done with the others",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int):
            if n < 2:
                return False
            for i in range(2, n):
                if n % i == 0:
                    return False
            return True
        """,
        """
        from math import isqrt
        def f(n: int):
            if n < 2:
                return False
            for i in range(2, isqrt(n) + 1):
                if n % i == 0:
                    return False
            return True
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
            "[f(n) for n in range(60)]",
        ],
        id="a prime test",
    ),
    pytest.param(
        """
        def f(n: int):
            count = 0
            for m in range(n):
                for i in range(2, m // 2 + 1):
                    if not m % i:
                        break
                else:
                    count += 1
            return count
        """,
        """
        from math import isqrt
        def f(n: int):
            count = 0
            for m in range(n):
                for i in range(2, isqrt(m) + 1):
                    if not m % i:
                        break
                else:
                    count += 1
            return count
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
            "f(60)",
        ],
        id="with an else",
    ),
    pytest.param(
        """
        def f(n: int):
            found = False
            for i in range(2, n // 2):
                if n % i == 0:
                    found = True
                else:
                    continue
            for i in range(2, n - 1):
                if n % i == 0:
                    raise ValueError(n)
            return found
        """,
        """
        from math import isqrt
        def f(n: int):
            found = False
            for i in range(2, min(n // 2, isqrt(max(n, 0)) + 1)):
                if n % i == 0:
                    found = True
                else:
                    continue
            for i in range(2, isqrt(max(n, 0)) + 1):
                if n % i == 0:
                    raise ValueError(n)
            return found
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
            "f(5)",
            "f(6)",
            "f(7)",
            "f(8)",
            "f(25)",
            "f(49)",
            "f(53)",
        ],
        id="the half of 4 does not reach its root",
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

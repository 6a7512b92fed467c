"""while-range: a loop that counts goes over a range."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "while-range"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            i = 0
            while i < len(xs):
                xs.pop()
                i += 1
            return i
        """,
        id="the limit changes",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            total = 0
            i = 0
            while i < n:
                if total > 5:
                    total -= 5
                    continue
                total += i
                i += 1
            return total
        """,
        id="a round may skip the step",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            total = 0
            i = 0
            while i < n:
                if total > 5:
                    i += 2
                total += i
                i += 1
            return total
        """,
        id="the body sets the counter too",
    ),
    pytest.param(
        """
        def f(n: float) -> int:
            total = 0
            i = 0
            while i < n:
                total += i
                i += 1
            return total
        """,
        id="the limit may be a fraction",
    ),
    pytest.param(
        """
        def f(i: int, n: int) -> list[int]:
            out = []
            while i < n:
                out.append(i)
                i += 1
            return out
        """,
        id="the counter may be a bool at first",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            i = 0
            while i < n:
                n -= 1
                i -= 1
            return i
        """,
        id="the step leads away from the limit",
    ),
    pytest.param(
        """
        def f(n: int) -> list[int]:
            out = []
            i = 0
            def put():
                out.append(i)
            while i < n:
                put()
                i += 1
            return out
        """,
        id="another function may read the counter",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            total = 0
            i = 0
            while i < n:
                total += i
                i += 1
            else:
                total = -total
            return total
        """,
        id="there is an else",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            total = 0
            i = 1
            while i < n - i:
                total += i
                i += 1
            return total
        """,
        id="the limit is compared with the counter itself",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = 0
            i = 0
            while i < len(xs):
                # odd ones only
                if xs[i] % 2:
                    total += i
                i += 1
            return total
        """,
        """
        def f(xs: list[int]) -> int:
            total = 0
            for i in range(len(xs)):
                # odd ones only
                if xs[i] % 2:
                    total += i
            return total
        """,
        [
            "f([])",
            "f([1, 2, 3])",
        ],
        id="from the start",
    ),
    pytest.param(
        """
        def f(n: int, k: int) -> tuple[int, int]:
            total = 0
            i = k + 1
            while i <= n:
                total += i
                if total > 20:
                    break
                i += 1
            return total, i
        """,
        """
        def f(n: int, k: int) -> tuple[int, int]:
            total = 0
            i = k + 1
            for i in range(i, n + 1):
                total += i
                if total > 20:
                    break
            else:
                i = max(i, n + 1)
            return total, i
        """,
        [
            "f(5, 0)",
            "f(0, 0)",
            "f(0, 5)",
            "f(9, 1)",
            "f(100, 3)",
            "f(4, 4)",
        ],
        id="read afterwards",
    ),
    pytest.param(
        """
        def f(xs: list[int], x: int) -> int:
            i = len(xs) - 1
            while i >= 0 and xs[i] > x:
                i = i - 1
            return i
        """,
        """
        def f(xs: list[int], x: int) -> int:
            i = len(xs) - 1
            for i in range(i, -1, -1):
                if not (xs[i] > x):
                    break
            else:
                i = min(i, -1)
            return i
        """,
        [
            "f([], 3)",
            "f([1, 2], 0)",
            "f([1, 5, 7], 4)",
            "f([9], 4)",
        ],
        id="downwards with more to hold",
    ),
    pytest.param(
        """
        def f(n: int) -> list[int]:
            out = []
            i = 3
            while n > i:
                out.append(i)
                i += 2
            return out
        """,
        """
        def f(n: int) -> list[int]:
            out = []
            for i in range(3, n, 2):
                out.append(i)
            return out
        """,
        [
            "f(10)",
            "f(9)",
            "f(3)",
            "f(-3)",
        ],
        id="by more than one, with the limit on the left",
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

"""hoist-test: a condition with the same outcome in every round is tested once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "hoist-test"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            for x in xs:
                if x > k:
                    total += x
            return total
        """,
        id="the outcome differs",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            for x in xs:
                if total < k:
                    total += x
            return total
        """,
        id="the loop changes what is tested",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            for x in xs:
                if 10 // k > 2:
                    total += x
            return total
        """,
        id="the condition may fail",
    ),
    pytest.param(
        """
        def f(xs, k: int) -> int:
            total = 0
            for x in xs:
                if k > 2:
                    total += x
            return total
        """,
        id="a generator would no longer be used up",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            x = 0
            for x in xs:
                if k > 2:
                    print(x)
            return x
        """,
        id="the last item is read afterwards",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            for x in xs:
                if 10 // x > 2 and k > 2:
                    total += x
            return total
        """,
        id="what comes first may fail",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            for x in xs:
                if k > 2:
                    total += x
                else:
                    total -= x
            return total
        """,
        id="there is an else",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            if k:
                y = 1
            for x in xs:
                if y > 2:
                    total += x
            return total
        """,
        id="the variable may have no value",
    ),
    pytest.param(
        """
        def f(xs: list[int], k) -> int:
            total = 0
            for x in xs:
                if k > 2:
                    total += x
            return total
        """,
        id="comparing may run any code",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], ys: list[int], k: int) -> list[int]:
            out = []
            for x in xs:
                # pairs
                for y in ys:
                    if x > 2 and x + y == k:
                        out.append(y)
            return out
        """,
        """
        def f(xs: list[int], ys: list[int], k: int) -> list[int]:
            out = []
            for x in xs:
                # pairs
                if x > 2:
                    for y in ys:
                        if x + y == k:
                            out.append(y)
            return out
        """,
        [
            "f([], [1], 2)",
            "f([1, 2], [1], 2)",
            "f([1, 3, 4], [1, 2, 3], 6)",
        ],
        id="out of the inner loop",
    ),
    pytest.param(
        """
        def f(pairs: list[tuple[int, int]], deep: bool) -> int:
            total = 0
            for x, y in pairs:
                if deep:
                    total += x * y
            return total
        """,
        """
        def f(pairs: list[tuple[int, int]], deep: bool) -> int:
            total = 0
            if deep:
                for x, y in pairs:
                    total += x * y
            return total
        """,
        [
            "f([], True)",
            "f([(1, 2)], False)",
            "f([(1, 2)], True)",
        ],
        id="the only condition",
    ),
    pytest.param(
        """
        def f(n: int, names: list[str], k: int) -> int:
            total = 0
            for i in range(n):
                if i > 2 and (names or k) and i % k == 0:
                    total += i
            return total
        """,
        """
        def f(n: int, names: list[str], k: int) -> int:
            total = 0
            if (names or k):
                for i in range(n):
                    if i > 2 and i % k == 0:
                        total += i
            return total
        """,
        [
            "f(0, [], 0)",
            "f(9, [], 0)",
            'f(9, ["a"], 0)',
            'f(9, ["a"], 2)',
            'f(2, ["a"], 0)',
        ],
        id="one of three",
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

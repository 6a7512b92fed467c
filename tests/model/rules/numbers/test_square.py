"""square: the square of an int becomes a product."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "square"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]):
            return [x ** 2 for x in xs]
        """,
        id="the power of a float may be rounded otherwise",
    ),
    pytest.param(
        """
        def f(xs):
            return [x ** 2 for x in xs]
        """,
        id="anything",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            return [x ** 3 for x in xs]
        """,
        id="another power",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            return [2 ** x for x in xs]
        """,
        id="a power of two",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            total = 0
            for x in xs:
                total += x
            return total ** 2
        """,
        id="once after the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            return [10 ** 2 + x for x in xs]
        """,
        id="constants are worked out before",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            return [y for x in xs for y in range((x + 1) ** 2)]
        """,
        id="what a comprehension goes through can bind nothing",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], y: int):
            total = 0
            for x in xs:
                total += x ** 2 - (x - y) ** 2
            return total
        """,
        """
        def f(xs: list[int], y: int):
            total = 0
            for x in xs:
                total += (x * x) - ((base := x - y) * base)
            return total
        """,
        [
            "f([], 2)",
            "f([1, -3], 2)",
            "f([True, False], True)",
        ],
        id="of a variable and of a difference",
    ),
    pytest.param(
        """
        def f(x: int, y: int):
            return -x ** 2 + y ** 2
        """,
        """
        def f(x: int, y: int):
            return -(x * x) + (y * y)
        """,
        [
            "f(2, 3)",
            "f(True, -1)",
        ],
        id="below a sign",
    ),
    pytest.param(
        """
        def f(x: int):
            return [(y ** 2) for y in range(x ** 2)]
        """,
        """
        def f(x: int):
            return [(y * y) for y in range(x * x)]
        """,
        [
            "f(2)",
            "f(0)",
            "f(-2)",
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

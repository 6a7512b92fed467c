"""int-product: multiplying ints in a loop becomes math.prod()."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "int-product"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]):
            total = 1.0
            for x in xs:
                total *= x
            return total
        """,
        id="floats",
    ),
    pytest.param(
        """
        def f(xs):
            total = 1
            for x in xs:
                total *= x
            return total
        """,
        id="anything",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            total = 1
            for x in xs:
                total *= x + total
            return total
        """,
        id="the variable itself is in the value",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            total = 1
            for x in xs:
                total *= x
            return total, x
        """,
        id="the loop's variable is read after it",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            total = 1
            try:
                for x in xs:
                    total *= xs[x]
            except IndexError:
                pass
            return total
        """,
        id="a handler would see how far it came",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            total = 9
            for x in xs:
                total = x - total
            return total
        """,
        id="another operator",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]):
            total = 1
            # all
            for x in xs:
                total = total * x
            return total
        """,
        """
        from math import prod
        def f(xs: list[int]):
            # all
            total = prod(xs)
            return total
        """,
        [
            "f([])",
            "f([0])",
            "f([3, 1, 2])",
            "f([True, False, 5])",
            "f([-4, 7])",
        ],
        id="a product",
    ),
    pytest.param(
        """
        import math
        def f(xs: list[int], total: int):
            total += 1
            for x in xs:
                if x:
                    total *= x + 1
            return total
        """,
        """
        def f(xs: list[int], total: int):
            total += 1
            total = math.prod([x + 1 for x in xs if x], start=total)
            return total
        """,
        [
            "f([], 3)",
            "f([2, 0, 3], 4)",
            "f([True], 0)",
        ],
        id="a product that goes on",
    ),
    pytest.param(
        """
        def f(n: int):
            total = 3
            for x in range(n, 0, -1):
                total = x * total
            return total
        """,
        """
        from math import prod
        def f(n: int):
            total = prod(range(n, 0, -1), start=3)
            return total
        """,
        [
            "f(0)",
            "f(5)",
            "f(30)",
            "f(-2)",
        ],
        id="a product that starts elsewhere",
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

"""int-sum: adding up ints in a loop becomes sum()."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "int-sum"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]) -> float:
            total = 0.0
            for x in xs:
                total += x
            return total
        """,
        id="floats are summed with compensation since Python 3.12",
    ),
    pytest.param(
        """
        def f(xs: list[float]) -> float:
            total = 0
            for x in xs:
                total += x
            return total
        """,
        id="a float may be annotated where ints start",
    ),
    pytest.param(
        """
        def f(xs):
            total = 0
            for x in xs:
                total += x
            return total
        """,
        id="the items may be anything",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = 0
            for x in xs:
                if total < 10:
                    total += x
            return total
        """,
        id="the total is read in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], start: bool) -> int:
            if start:
                total = 0
            for x in xs:
                total += x
            return total
        """,
        id="the total need not exist",
    ),
    pytest.param(
        """
        from math import fsum as sum
        def f(xs: list[int]) -> int:
            total = 0
            for x in xs:
                total += x
            return total
        """,
        id="sum means something else",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = 0
            for x in xs:
                total -= x
            return total
        """,
        id="it subtracts",
    ),
    pytest.param(
        """
        def f(xs: list[int], total: int) -> int:
            for x in xs:
                total += x
            return total
        """,
        id="the total may be a bool, which no rounds leave alone",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = 0
            for x in xs:
                total = total + x
            for x in xs:
                total = 2 * x + total
            return total
        """,
        """
        def f(xs: list[int]) -> int:
            total = sum(xs)
            total += sum([2 * x for x in xs])
            return total
        """,
        [
            "f([1, 2])",
            "f([])",
            "f([True])",
        ],
        id="written in full",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = 0
            for x in xs:
                total += x
            return total
        """,
        """
        def f(xs: list[int]) -> int:
            total = sum(xs)
            return total
        """,
        [
            "f([1, 2])",
            "f([])",
            "f([True])",
        ],
        id="plain items",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> int:
            count = 10
            for word in words:
                if word.startswith("a"):
                    count += 1
            return count
        """,
        """
        def f(words: list[str]) -> int:
            count = 10 + sum([1 for word in words if word.startswith("a")])
            return count
        """,
        [
            "f(['ab', 'b'])",
            "f([])",
        ],
        id="counting, from another start",
    ),
    pytest.param(
        """
        def f(xs, measure) -> int:
            size = len(xs) + 1
            for x in xs:
                size += len(measure(x))
            return size
        """,
        """
        def f(xs, measure) -> int:
            size = len(xs) + 1
            size += sum([len(measure(x)) for x in xs])
            return size
        """,
        [
            "f([1, 22], str)",
            "f([], str)",
            "f([1], len)",
        ],
        id="onto a total that exists, with unknown code",
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

"""eager-generator: a generator that is used up at once becomes a list comprehension."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "eager-generator"

NOOP = [
    pytest.param(
        """
        def f(xs, make):
            return sum(make(x) for x in xs)
        """,
        id="the items may do anything",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            return any(x > 3 for x in xs)
        """,
        id="any stops early",
    ),
    pytest.param(
        """
        def f(xs: list):
            return sum(x for x in xs)
        """,
        id="adding anything may do anything between two items",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            return (x for x in xs)
        """,
        id="the generator is kept",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> list[int]:
            return list(next(y for y in ys if y > x) for x in xs)
        """,
        id="a StopIteration inside it",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> tuple[float, str]:
            return sum(x * 0.5 for x in xs), ", ".join(str(x) for x in xs if x)
        """,
        """
        def f(xs: list[int]) -> tuple[float, str]:
            return sum([x * 0.5 for x in xs]), ", ".join([str(x) for x in xs if x])
        """,
        [
            "f([1, 0, 2])",
            "f([])",
        ],
        id="sum and join",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> list[str]:
            return list((w for w in words)) + sorted((w.lower() for w in words))
        """,
        """
        def f(words: list[str]) -> list[str]:
            return [w for w in words] + sorted([w.lower() for w in words])
        """,
        [
            "f(['b', 'A'])",
        ],
        id="list, and a generator in its own parentheses",
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

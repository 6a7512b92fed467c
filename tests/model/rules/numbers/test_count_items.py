"""count-items: sum() of ones or of truths becomes len() of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "count-items"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]):
            return sum([2 for x in xs])
        """,
        id="another number",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            return sum([1 for x in xs], 5)
        """,
        id="a start value",
    ),
    pytest.param(
        """
        def f(xs):
            return sum([x == 1 for x in xs])
        """,
        id="a comparison of anything may give anything",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            return sum([x and x > 1 for x in xs])
        """,
        id="the truth of an int is no bool",
    ),
    pytest.param(
        """
        def f(xs, g):
            return sum(1 for x in xs if g(x))
        """,
        id="a StopIteration leaves a generator as another error",
    ),
    pytest.param(
        """
        def f(xs: list[int], sum):
            return sum([1 for x in xs])
        """,
        id="another sum",
    ),
    pytest.param(
        """
        def f(xs: list[int], len: int):
            return sum([1 for x in xs])
        """,
        id="len is something else here",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]):
            return sum(1 for x in xs if x > 1)
        """,
        """
        def f(xs: list[int]):
            return len([1 for x in xs if x > 1])
        """,
        [
            "f([])",
            "f([0])",
            "f([3, 1, 2])",
            "f([True, False, 5])",
            "f([-4, 7])",
        ],
        id="ones in a generator",
    ),
    pytest.param(
        """
        def f(xs, g):
            return sum([1 for x in xs if g(x)]) + 1
        """,
        """
        def f(xs, g):
            return len([1 for x in xs if g(x)]) + 1
        """,
        [
            "f([1, 2], lambda x: x > 1)",
            "f([], None)",
            "f([1], None)",
            "f(1, None)",
        ],
        id="ones in a list",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            return sum(x > 1 for x in xs), sum([not x for x in xs if x != 2 for _ in range(2)])
        """,
        """
        def f(xs: list[int]):
            return len([1 for x in xs if x > 1]), len([1 for x in xs if x != 2 for _ in range(2) if not x])
        """,
        [
            "f([])",
            "f([0])",
            "f([3, 1, 2])",
            "f([True, False, 5])",
            "f([-4, 7])",
        ],
        id="truths",
    ),
    pytest.param(
        """
        def f(text: str, n: int):
            return sum([1 for c in text]) + sum(1 for _ in range(n))
        """,
        """
        def f(text: str, n: int):
            return len(text) + len(range(n))
        """,
        [
            "f('abc', 3)",
            "f('', -2)",
        ],
        id="all items",
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

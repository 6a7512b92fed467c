"""same-items: a comprehension that takes the items as they are becomes a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "same-items"

NOOP = [
    pytest.param(
        """
        def f(xs) -> list:
            return [x for x in xs]
        """,
        id="an unknown object would be asked for its length",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            return [x + 1 for x in xs]
        """,
        id="the items are changed",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            return [x for x in xs if x]
        """,
        id="some are left out",
    ),
    pytest.param(
        """
        def f(d: dict[str, int]) -> list:
            return [(v, k) for k, v in d.items()]
        """,
        id="pairs the other way round",
    ),
    pytest.param(
        """
        def f(pairs: list) -> list:
            return [(a, b) for a, b in pairs]
        """,
        id="lists of two become tuples",
    ),
    pytest.param(
        """
        def f(xs: list[int], y: int) -> list:
            return [y for x in xs]
        """,
        id="another variable",
    ),
    pytest.param(
        """
        def f(xs: set[int]) -> set:
            return {x for x in xs}
        """,
        id="a set of a set may have another order",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int) -> list:
            return [i for i in range(n)]
        """,
        """
        def f(n: int) -> list:
            return list(range(n))
        """,
        [
            "f(0)",
            "f(3)",
        ],
        id="numbers",
    ),
    pytest.param(
        """
        def f(text: str) -> tuple:
            return [c for c in text], {c for c in text} == set(text)
        """,
        """
        def f(text: str) -> tuple:
            return list(text), set(text) == set(text)
        """,
        [
            "f('')",
            "f('abca')",
        ],
        id="a text and a set",
    ),
    pytest.param(
        """
        def f(xs, ys, d: dict[str, int]) -> tuple:
            return [(x, y) for x, y in zip(xs, ys)], [(k, v) for k, v in d.items()]
        """,
        """
        def f(xs, ys, d: dict[str, int]) -> tuple:
            return list(zip(xs, ys)), list(d.items())
        """,
        [
            "f([], [], {})",
            "f([1, 2], 'a', {'a': 1})",
            "f(1, [], {})",
        ],
        id="pairs",
    ),
    pytest.param(
        """
        def f(xs, ys) -> dict:
            return {x: y for x, y in zip(xs, ys)}
        """,
        """
        def f(xs, ys) -> dict:
            return dict(zip(xs, ys))
        """,
        [
            "f([], [])",
            "f([1, 1], 'ab')",
            "f([[]], 'ab')",
        ],
        id="a dict",
    ),
    pytest.param(
        """
        def f(xs) -> dict:
            return {i: x for i, x in enumerate(xs, 1)}
        """,
        """
        def f(xs) -> dict:
            return dict(enumerate(xs, 1))
        """,
        [
            "f([])",
            "f('ab')",
        ],
        id="numbered",
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

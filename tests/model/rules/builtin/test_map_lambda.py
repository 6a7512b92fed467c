"""map-lambda: map and filter with a lambda become comprehensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "map-lambda"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int], g) -> list:
            return list(map(lambda x: g(x), xs))
        """,
        id="an unknown function may end the iteration",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> list:
            return list(map(lambda x, y: x + y, xs, ys))
        """,
        id="two sources",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> object:
            return map(lambda x: x + 1, xs)
        """,
        id="the iterator is kept",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            return list(map(lambda x, y=2: x + y, xs))
        """,
        id="a parameter with a default",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            return list(map(lambda x: lambda: x, xs))
        """,
        id="a lambda in the lambda would see the last item",
    ),
    pytest.param(
        """
        def f(xs: list[int], list) -> object:
            return list(map(lambda x: x + 1, xs))
        """,
        id="a function that is no builtin here",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list) -> list:
            return list(map(lambda x: x * 2, xs))
        """,
        """
        def f(xs: list) -> list:
            return [x * 2 for x in xs]
        """,
        [
            "f([])",
            "f([1, 'a'])",
            "f([1, None])",
            "f(3)",
        ],
        id="a list",
    ),
    pytest.param(
        """
        def f(xs: list[int], low: int) -> list[int]:
            return list(filter(lambda x: x > low, xs))
        """,
        """
        def f(xs: list[int], low: int) -> list[int]:
            return [x for x in xs if x > low]
        """,
        [
            "f([], 1)",
            "f([1, 2, True, 3], 1)",
            "f(['a'], 1)",
        ],
        id="a filter",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return sum(map(lambda x: x * x, xs))
        """,
        """
        def f(xs: list[int]) -> int:
            return sum(x * x for x in xs)
        """,
        [
            "f([])",
            "f([1, 2])",
            "f([None])",
        ],
        id="added up",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> tuple:
            return tuple(map(lambda w: (w, len(w)), words)), ", ".join(map(lambda w: w.upper(), words))
        """,
        """
        def f(words: list[str]) -> tuple:
            return tuple([(w, len(w)) for w in words]), ", ".join([w.upper() for w in words])
        """,
        [
            "f([])",
            "f(['a', 'bc'])",
            "f([1])",
        ],
        id="a tuple and a text",
    ),
    pytest.param(
        """
        def f(x: list[int]) -> list:
            return list(map(lambda x: x + 1, x))
        """,
        """
        def f(x: list[int]) -> list:
            return [x + 1 for x in x]
        """,
        [
            "f([])",
            "f([1, 2])",
        ],
        id="items that are named like the parameter",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            return any(map(lambda x: x > 2 if x else False, xs))
        """,
        """
        def f(xs: list[int]) -> bool:
            return any((x > 2 if x else False) for x in xs)
        """,
        [
            "f([])",
            "f([0, 3, None])",
            "f([0, None])",
        ],
        id="a choice",
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

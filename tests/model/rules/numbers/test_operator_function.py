"""operator-function: a lambda that is one operator becomes the function of that operator."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "operator-function"

NOOP = [
    pytest.param(
        """
        def f(xs, ys):
            return list(map(lambda x, y: y - x, xs, ys))
        """,
        id="the other order",
    ),
    pytest.param(
        """
        def f(xs):
            return list(map(lambda x, y: x - y, xs))
        """,
        id="one argument too few",
    ),
    pytest.param(
        """
        def f(xs, ys):
            return list(map(lambda x, y: x - y + 1, xs, ys))
        """,
        id="more than one operator",
    ),
    pytest.param(
        """
        def f(xs, ys):
            return list(map(lambda x, y=2: x - y, xs))
        """,
        id="a default",
    ),
    pytest.param(
        """
        def f(xs, ys):
            return list(map(lambda *x: x[0] - x[1], xs, ys))
        """,
        id="any number of arguments",
    ),
    pytest.param(
        """
        def f(xs, ys, map):
            return list(map(lambda x, y: x - y, xs, ys))
        """,
        id="another map",
    ),
    pytest.param(
        """
        def f(xs, ys):
            return list(map(lambda x, y: x - x, xs, ys))
        """,
        id="one argument twice",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs, ys):
            return list(map(lambda x, y: x - y, xs, ys))
        """,
        """
        from operator import sub
        def f(xs, ys):
            return list(map(sub, xs, ys))
        """,
        [
            "f([1, 2], [3, 4])",
            "f([], [1])",
            "f([1], ['a'])",
            "f([[1]], [2])",
            "f([1.5, None], [2, 3])",
            "f(1, 2)",
        ],
        id="map",
    ),
    pytest.param(
        """
        from functools import reduce
        import operator
        def f(xs, ys):
            return reduce(lambda a, b: a * b, xs), [reduce(lambda a, b: a <= b, ys, 1)]
        """,
        """
        def f(xs, ys):
            return reduce(operator.mul, xs), [reduce(operator.le, ys, 1)]
        """,
        [
            "f([1, 2], [3, 4])",
            "f([], [1])",
            "f([1], ['a'])",
            "f([[1]], [2])",
            "f([1.5, None], [2, 3])",
            "f(1, 2)",
        ],
        id="reduce",
    ),
    pytest.param(
        """
        from itertools import accumulate
        def f(xs, sub):
            return list(accumulate(xs, lambda a, b: a - b))
        """,
        """
        import operator
        def f(xs, sub):
            return list(accumulate(xs, operator.sub))
        """,
        [
            "f([5, 2, 1], 0)",
            "f([], 0)",
            "f([1, ''], 0)",
        ],
        id="accumulate",
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

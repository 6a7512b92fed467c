"""key-getter: a sort key that reads an item or attribute becomes a getter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "key-getter"

NOOP = [
    pytest.param(
        """
        def f(xs):
            return sorted(xs, key=lambda x: -x[1])
        """,
        id="the key does more",
    ),
    pytest.param(
        """
        def f(xs, i):
            return sorted(xs, key=lambda x: x[i])
        """,
        id="the index is computed",
    ),
    pytest.param(
        """
        def f(xs, y):
            return sorted(xs, key=lambda x: y.size)
        """,
        id="another object is read",
    ),
    pytest.param(
        """
        class C:
            def f(self, xs):
                return sorted(xs, key=lambda x: x.__size)
        """,
        id="the name is private to the class",
    ),
    pytest.param(
        """
        def f(xs):
            xs.sort(key=lambda x: x[0])
        """,
        id="sort may be another method",
    ),
    pytest.param(
        """
        def f(xs):
            return sorted(xs, key=lambda x, y=0: x[0])
        """,
        id="the lambda has a default",
    ),
    pytest.param(
        """
        def f(xs):
            return sorted(xs, key=lambda x: x[1:])
        """,
        id="a slice",
    ),
    pytest.param(
        """
        def f(rows: list) -> list:
            return sorted(rows, key=lambda row: row.\ufb01eld)
        """,
        id="a name that Python reads as another",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs):
            return sorted(xs, key=lambda x: x[-1]), max(xs, key=lambda pair: (pair[1], pair[0]))
        """,
        """
        from operator import itemgetter
        def f(xs):
            return sorted(xs, key=itemgetter(-1)), max(xs, key=itemgetter(1, 0))
        """,
        [
            "f([(1, 2), (2, 1), (0, 2)])",
            "f([(1,)])",
            "f([1])",
            "f([])",
        ],
        id="an item",
    ),
    pytest.param(
        """
        import operator

        def f(xs: list):
            xs.sort(key=lambda x: x.real, reverse=True)
            return xs
        """,
        """
        def f(xs: list):
            xs.sort(key=operator.attrgetter("real"), reverse=True)
            return xs
        """,
        [
            "f([1, 2])",
            "f(['a'])",
        ],
        id="an attribute, of a list that is known",
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

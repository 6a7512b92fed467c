"""list-count: list.count() in a loop looks up a Counter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "list-count"

NOOP = [
    pytest.param(
        """
        def f(xs: list) -> list[int]:
            return [xs.count(x) for x in xs]
        """,
        id="the items may be unhashable",
    ),
    pytest.param(
        """
        def f(text: str) -> list[int]:
            return [text.count(c) for c in text]
        """,
        id="a text counts substrings",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = 0
            for x in [1, 2]:
                n += xs.count(x)
                xs.append(n)
            return n
        """,
        id="the list changes in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return xs.count(1)
        """,
        id="no loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys) -> list[int]:
            return [xs.count(y) for y in ys]
        """,
        id="the counted value may be anything",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[str]) -> list[str]:
            return [x for x in xs if xs.count(x) > 1]
        """,
        """
        from collections import Counter
        def f(xs: list[str]) -> list[str]:
            xs_counts = Counter(xs)
            return [x for x in xs if xs_counts[x] > 1]
        """,
        [
            "f(['a', 'b', 'a'])",
            "f([])",
        ],
        id="duplicates",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for y in ys:
                n = n * 10 + xs.count(y)
            return n
        """,
        """
        from collections import Counter
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            xs_counts = Counter(xs)
            for y in ys:
                n = n * 10 + xs_counts[y]
            return n
        """,
        [
            "f([1, True, 2], [1, 3, 2])",
        ],
        id="values that are not there",
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

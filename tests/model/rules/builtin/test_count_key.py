"""count-key: counting as a key is done once for all items."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "count-key"

NOOP = [
    pytest.param(
        """
        def f(xs: list) -> object:
            return max(set(xs), key=xs.count)
        """,
        id="the items may be anything",
    ),
    pytest.param(
        """
        def f(text: str, parts: list[str]) -> str:
            return max(parts, key=text.count)
        """,
        id="a text counts parts",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            xs.sort(key=xs.count)
            return xs
        """,
        id="a list that is sorted is empty meanwhile",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list) -> object:
            return max(ys, key=xs.count)
        """,
        id="what is asked for may be anything",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            return sorted(xs, key=lambda x: -xs.count(x))
        """,
        id="more than a count",
    ),
    pytest.param(
        """
        def f(xs: list[float]) -> float:
            return max(xs, key=xs.count)
        """,
        id="nan",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return max(xs, key=xs.count)
        """,
        """
        from collections import Counter
        def f(xs: list[int]) -> int:
            return max(xs, key=Counter(xs).__getitem__)
        """,
        [
            "f([])",
            "f([1, 2, True, 3])",
        ],
        id="the most common",
    ),
    pytest.param(
        """
        def f(xs: tuple[str, ...], ys: list[str]) -> list:
            return sorted(ys, key=lambda y: xs.count(y), reverse=True)
        """,
        """
        from collections import Counter
        def f(xs: tuple[str, ...], ys: list[str]) -> list:
            return sorted(ys, key=Counter(xs).__getitem__, reverse=True)
        """,
        [
            "f((), ['a'])",
            "f(('a', 'b', 'b'), ['c', 'a', 'b'])",
        ],
        id="of other items",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs: list[int]) -> int:
            return min(set(xs), key=xs.count)
        """,
        """
        def f(xs: list[int]) -> int:
            return min(set(xs), key=Counter(xs).__getitem__)
        """,
        [
            "f([])",
            "f([1, 2, 1])",
        ],
        id="of a set",
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

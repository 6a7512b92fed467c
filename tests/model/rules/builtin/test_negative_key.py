"""negative-key: sorting by a negative key becomes sorting in reverse."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "negative-key"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]) -> list:
            return sorted(xs, key=lambda x: -x)
        """,
        id="nan has no place",
    ),
    pytest.param(
        """
        def f(xs: list) -> list:
            return sorted(xs, key=lambda x: -x[0])
        """,
        id="the keys may be anything",
    ),
    pytest.param(
        """
        def f(xs: list[tuple[int, int]]) -> list:
            return sorted(xs, key=lambda x: (-x[0], x[1]))
        """,
        id="a pair of keys",
    ),
    pytest.param(
        """
        def f(xs: list[int], down: bool) -> list:
            return sorted(xs, key=lambda x: -x, reverse=down)
        """,
        id="the direction is not known",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return max(xs, key=lambda x: -x, default=0)
        """,
        id="a default",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return min(xs, key=lambda x: -x)
        """,
        id="of no items min and max tell their own name",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            return sorted(xs, key=lambda x: ~x)
        """,
        id="a key that is not negative",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            return sorted(xs, key=lambda x: -x)
        """,
        """
        def f(xs: list[int]) -> list:
            return sorted(xs, reverse=True)
        """,
        [
            "f([])",
            "f([1, True, 2, 0, False, 1])",
        ],
        id="the items themselves",
    ),
    pytest.param(
        """
        def f(xs: list[tuple[int, str]]) -> list:
            return sorted(xs, key=lambda x: -x[0]) + sorted(xs, key=lambda x: -x[0], reverse=True)
        """,
        """
        def f(xs: list[tuple[int, str]]) -> list:
            return sorted(xs, key=lambda x: x[0], reverse=True) + sorted(xs, key=lambda x: x[0])
        """,
        [
            "f([])",
            "f([(1, 'a'), (2, 'b'), (1, 'c'), (2, 'd')])",
        ],
        id="a part of them",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> list:
            words.sort(key=lambda w: -len(w))
            return words
        """,
        """
        def f(words: list[str]) -> list:
            words.sort(key=lambda w: len(w), reverse=True)
            return words
        """,
        [
            "f([])",
            "f(['a', 'bc', 'd', 'ef'])",
        ],
        id="in place, by length",
    ),
    pytest.param(
        """
        def f(xs: list[tuple[int, str]]) -> tuple | None:
            if not xs:
                return None
            return min(xs, key=lambda x: -x[0]), max(xs, key=lambda x: -(x[0] + 1))
        """,
        """
        def f(xs: list[tuple[int, str]]) -> tuple | None:
            if not xs:
                return None
            return max(xs, key=lambda x: x[0]), min(xs, key=lambda x: (x[0] + 1))
        """,
        [
            "f([])",
            "f([(1, 'a'), (2, 'b'), (1, 'c'), (2, 'd')])",
        ],
        id="the least becomes the greatest",
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

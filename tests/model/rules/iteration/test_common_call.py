"""common-call: a call that is repeated in a block is made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "common-call"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            a = sum(xs)
            xs.append(1)
            return a + sum(xs)
        """,
        id="the list changes between the two",
    ),
    pytest.param(
        """
        def f(xs: list[int], note) -> int:
            a = sum(xs)
            note()
            return a + sum(xs)
        """,
        id="unknown code runs between the two",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            return sorted(xs), sorted(xs)
        """,
        id="each use changes its own copy",
    ),
    pytest.param(
        """
        def f(xs: list[int], y: int) -> int:
            if y:
                return max(xs) + max(xs)
            return 0
        """,
        id="max may raise, and has not been proved not to",
    ),
    pytest.param(
        """
        def f(xs: list) -> int:
            return sum(xs) + sum(xs)
        """,
        id="the items may be anything",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[float]) -> tuple[float, float]:
            n = len(xs)
            low = sorted(xs)[n // 4]
            high = sorted(xs)[3 * n // 4]
            return low, high
        """,
        """
        def f(xs: list[float]) -> tuple[float, float]:
            n = len(xs)
            sorted_xs = sorted(xs)
            low = sorted_xs[n // 4]
            high = sorted_xs[3 * n // 4]
            return low, high
        """,
        [
            "f([4.0, 1.0, 2.0, 3.0])",
            "f([])",
        ],
        id="sorted twice, only read",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> float:
            if not xs:
                return 0.0
            return (xs[0] - min(xs)) / (max(xs) - min(xs) + 1)
        """,
        """
        def f(xs: list[int]) -> float:
            if not xs:
                return 0.0
            min_xs = min(xs)
            return (xs[0] - min_xs) / (max(xs) - min_xs + 1)
        """,
        [
            "f([2, 4, 1])",
            "f([])",
        ],
        id="one expression after a guard",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> list[str]:
            out = []
            for word in words:
                if word.replace("-", "") != word:
                    out.append(word.replace("-", ""))
            return out
        """,
        """
        def f(words: list[str]) -> list[str]:
            out = []
            for word in words:
                word_replace = word.replace("-", "")
                if word_replace != word:
                    out.append(word_replace)
            return out
        """,
        [
            "f(['a-b', 'c'])",
        ],
        id="in a loop's body",
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

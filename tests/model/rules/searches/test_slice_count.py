"""slice-count: counts of one item in slices use running counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "slice-count"

NOOP = [
    pytest.param(
        """
        def f(xs: str, k: int):
            out = []
            for i in range(len(xs)):
                out.append(0)
                out.append(xs[:i].count("aa"))
            return out
        """,
        id="two characters may overlap",
    ),
    pytest.param(
        """
        def f(xs: str, k: int):
            out = []
            for i in range(len(xs)):
                out.append(0)
                out.append(xs[:i].count(""))
            return out
        """,
        id="nothing is found between all",
    ),
    pytest.param(
        """
        def f(xs: list[float], k: int):
            out = []
            for i in range(len(xs)):
                out.append(0)
                out.append(xs[:i].count(1))
            return out
        """,
        id="floats may be nan",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int):
            out = []
            for i in range(len(xs)):
                out.append(0)
                out.append(xs[:i].count(i))
            return out
        """,
        id="what is counted changes",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int):
            out = []
            for i in range(len(xs)):
                xs[i] = 1
                out.append(xs[:i].count(1))
            return out
        """,
        id="the list changes",
    ),
    pytest.param(
        """
        def f(xs: str, k: int):
            out = []
            for i in range(len(xs)):
                out.append(0)
                out.append(xs[:k].count("a"))
            return out
        """,
        id="the slice stays the same",
    ),
    pytest.param(
        """
        def f(xs: str, k: int):
            out = []
            for i in range(len(xs)):
                out.append(0)
                out.append(xs[i::2].count("a"))
            return out
        """,
        id="a step",
    ),
    pytest.param(
        """
        def f(xs: object, k: int):
            out = []
            for i in range(len(xs)):
                out.append(0)
                out.append(xs[:i].count("a"))
            return out
        """,
        id="untyped",
    ),
    pytest.param(
        """
        def f(xs: str, k: int) -> int:
            return xs[:k].count("a")
        """,
        id="no loop",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: str, k: int):
            out = []
            for i in range(len(xs)):
                out.append(0)
                out.append(xs[:i].count("a") + xs[i:].count("a") * xs[i + 1:].count("b"))
            return out
        """,
        """
        from itertools import accumulate
        def f(xs: str, k: int):
            out = []
            xs_counts: list[int] = list(accumulate((item == "a" for item in xs), initial=0))
            xs_counts_2: list[int] = list(accumulate((counted_item == "b" for counted_item in xs), initial=0))
            for i in range(len(xs)):
                out.append(0)
                out.append(xs_counts[i] + (xs_counts[-1] - xs_counts[i]) * (xs_counts_2[-1] - xs_counts_2[i + 1]))
            return out
        """,
        [
            "f('abcab', 0)",
            "f('', 0)",
        ],
        id="before and after",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int):
            out = []
            for i in range(len(xs)):
                out.append(0)
                out.append(xs[i:i + k].count(1))
            return out
        """,
        """
        from itertools import accumulate
        def f(xs: list[int], k: int):
            out = []
            xs_counts: list[int] = list(accumulate((item == 1 for item in xs), initial=0))
            for i in range(len(xs)):
                out.append(0)
                out.append((xs_counts[i + k] - xs_counts[i] if 0 <= i <= i + k < len(xs_counts) else xs[i:i + k].count(1)))
            return out
        """,
        [
            "f([1, 2, 1, True, 1], 2)",
            "f([1, 1], -1)",
            "f([1], 0)",
            "f([], 1)",
        ],
        id="windows of a list",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> list[int]:
            return [xs[:i].count("on") for i in range(len(xs))]
        """,
        """
        from itertools import accumulate
        def f(xs: list[str]) -> list[int]:
            xs_counts: list[int] = list(accumulate((item == "on" for item in xs), initial=0))
            return [(xs_counts[i] if 0 <= i < len(xs_counts) else xs[:i].count("on")) for i in range(len(xs))]
        """,
        [
            "f(['on', 'off', 'on'])",
            "f([])",
        ],
        id="in a comprehension",
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

"""hoist-assignment: a variable with the same value in every round is set once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "hoist-assignment"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for y in ys:
                low = sorted(xs)
                low.append(y)
                n += len(low)
            return n
        """,
        id="the list is changed after it was made",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            for y in ys:
                low = sorted(xs)
                print(y, low[0])
            return len(low)
        """,
        id="the variable is read after the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for y in ys:
                if n:
                    n += low[0]
                low = sorted(xs)
                n += y
            return n
        """,
        id="the variable is read before it is set",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> list[list[int]]:
            out = []
            for y in ys:
                low = sorted(xs)
                out.append(low)
            return out
        """,
        id="each round hands out its own",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for y in ys:
                mean = sum(xs) // len(xs)
                n += y - mean
            return n
        """,
        id="a division may raise",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for y in ys:
                rows = [[x] for x in xs]
                for row in rows:
                    row.append(y)
                    n += len(row)
            return n
        """,
        id="each round makes new lists inside, and changes them",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for y in ys:
                low = sorted(xs)
                n += low[0]
                xs.append(y)
            return n
        """,
        id="the input changes in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], rate: float) -> list[float]:
            out = []
            for x in xs:
                twice = rate * 1.5
                out.append(twice + x)
            return out
        """,
        id="a float that may be a big int",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(scores: list[int]) -> list[int]:
            places = []
            for score in scores:
                # best first
                ranking = sorted(scores, reverse=True)
                places.append(ranking.index(score) + 1)
            return places
        """,
        """
        def f(scores: list[int]) -> list[int]:
            places = []
            # best first
            ranking = sorted(scores, reverse=True)
            for score in scores:
                places.append(ranking.index(score) + 1)
            return places
        """,
        [
            "f([3, 5, 3, 1])",
            "f([])",
        ],
        id="a sorted copy that is only looked at",
    ),
    pytest.param(
        """
        def f(rows: list[tuple[str, int]], names: list[str], least: int) -> list[str]:
            out = []
            for name in names:
                big = [row[0] for row in rows if row[1] >= least]
                if name not in big:
                    out.append(name)
            return out
        """,
        """
        def f(rows: list[tuple[str, int]], names: list[str], least: int) -> list[str]:
            out = []
            big = [row[0] for row in rows if row[1] >= least]
            for name in names:
                if name not in big:
                    out.append(name)
            return out
        """,
        [
            "f([('a', 1), ('b', 3)], ['a', 'b', 'c'], 2)",
            "f([], [], 0)",
        ],
        id="a filtered list",
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

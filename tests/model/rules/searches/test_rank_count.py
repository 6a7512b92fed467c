"""rank-count: counting the items below a value bisects a sorted list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "rank-count"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float], ys: list[float]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(y < x for y in ys))
            return out
        """,
        id="floats may be nan",
    ),
    pytest.param(
        """
        def f(xs: list, ys: list):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(y < x for y in ys))
            return out
        """,
        id="untyped items",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(1 for y in ys if y % x))
            return out
        """,
        id="another test",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(1 for y in ys if y == x))
            return out
        """,
        id="equal items have another rule",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(y for y in ys if y < x))
            return out
        """,
        id="items are added up",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                ys.append(x)
                out.append(sum(y < x for y in ys))
            return out
        """,
        id="the list changes in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(y < xs[x] for y in ys))
            return out
        """,
        id="the value may fail where there are no items",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(y < y - x for y in ys))
            return out
        """,
        id="both sides change",
    ),
    pytest.param(
        """
        from collections.abc import Iterator

        def f(xs: Iterator[int], ys: Iterator[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(y < x for y in ys))
            return out
        """,
        id="an iterator is used up",
    ),
    pytest.param(
        """
        def f(ys: list[int], x: int) -> int:
            return sum(y < x for y in ys)
        """,
        id="no loop",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(y < x for y in ys))
            return out
        """,
        """
        from bisect import bisect_left
        def f(xs: list[int], ys: list[int]):
            out = []
            ys_sorted = sorted(ys)
            for x in xs:
                out.append(0)
                out.append(bisect_left(ys_sorted, x))
            return out
        """,
        [
            "f([3, 1, 2], [1, 2, 2, 3])",
            "f([], [1])",
            "f([1], [])",
            "f([True, 0], [False, 1, 2])",
        ],
        id="below",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(1 for y in ys if y <= x))
            return out
        """,
        """
        from bisect import bisect_right
        def f(xs: list[int], ys: list[int]):
            out = []
            ys_sorted = sorted(ys)
            for x in xs:
                out.append(0)
                out.append(bisect_right(ys_sorted, x))
            return out
        """,
        [
            "f([3, 1, 2], [1, 2, 2, 3])",
            "f([], [1])",
            "f([1], [])",
            "f([True, 0], [False, 1, 2])",
        ],
        id="not above",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(len([y for y in ys if y > x]) * 2)
            return out
        """,
        """
        from bisect import bisect_right
        def f(xs: list[int], ys: list[int]):
            out = []
            ys_sorted = sorted(ys)
            for x in xs:
                out.append(0)
                out.append((len(ys_sorted) - bisect_right(ys_sorted, x)) * 2)
            return out
        """,
        [
            "f([3, 1, 2], [1, 2, 2, 3])",
            "f([], [1])",
            "f([1], [])",
            "f([True, 0], [False, 1, 2])",
        ],
        id="above",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum([1 for y in ys if x <= y]))
            return out
        """,
        """
        from bisect import bisect_left
        def f(xs: list[int], ys: list[int]):
            out = []
            ys_sorted = sorted(ys)
            for x in xs:
                out.append(0)
                out.append((len(ys_sorted) - bisect_left(ys_sorted, x)))
            return out
        """,
        [
            "f([3, 1, 2], [1, 2, 2, 3])",
            "f([], [1])",
            "f([1], [])",
            "f([True, 0], [False, 1, 2])",
        ],
        id="not below, turned",
    ),
    pytest.param(
        """
        def f(xs: tuple[str, ...], ys: tuple[str, ...]):
            out = []
            for x in xs:
                out.append(0)
                out.append(sum(y < x for y in ys))
            return out
        """,
        """
        from bisect import bisect_left
        def f(xs: tuple[str, ...], ys: tuple[str, ...]):
            out = []
            ys_sorted = sorted(ys)
            for x in xs:
                out.append(0)
                out.append(bisect_left(ys_sorted, x))
            return out
        """,
        [
            "f(('b', 'a'), ('a', 'c'))",
            "f((), ())",
        ],
        id="text",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            return_value = []
            for i in range(len(xs)):
                return_value.append(sum(1 for y in xs if y < xs[i]))
            return return_value
        """,
        """
        from bisect import bisect_left
        def f(xs: list[int]) -> list[int]:
            return_value = []
            xs_sorted = sorted(xs)
            for i in range(len(xs)):
                return_value.append(bisect_left(xs_sorted, xs[i]))
            return return_value
        """,
        [
            "f([3, 1, 2, 2])",
            "f([])",
        ],
        id="an item by its place",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            return [sum(1 for y in xs if y < x) for x in xs]
        """,
        """
        from bisect import bisect_left
        def f(xs: list[int]) -> list[int]:
            xs_sorted = sorted(xs)
            return [bisect_left(xs_sorted, x) for x in xs]
        """,
        [
            "f([3, 1, 2, 2])",
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

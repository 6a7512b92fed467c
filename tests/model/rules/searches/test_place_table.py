"""place-table: list.index() in a loop looks up first places."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "place-table"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float], ys: list[int]):
            out = []
            for y in ys:
                out.append(0)
                out.append(xs.index(y))
            return out
        """,
        id="floats may be nan",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list):
            out = []
            for y in ys:
                out.append(0)
                out.append(xs.index(y))
            return out
        """,
        id="what is searched for may have no hash",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for y in ys:
                xs.append(y)
                out.append(xs.index(y))
            return out
        """,
        id="the list changes in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for y in ys:
                out.append(0)
                out.append(xs.index(y, 1))
            return out
        """,
        id="it starts at a place",
    ),
    pytest.param(
        """
        def f(xs: str, ys: list[str]):
            out = []
            for y in ys:
                out.append(0)
                out.append(xs.index(y))
            return out
        """,
        id="text has places of words",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for y in ys:
                out.append(0)
                out.append(xs.index(7))
            return out
        """,
        id="the same value each time",
    ),
    pytest.param(
        """
        def f(xs: list[int], y: int) -> int:
            return xs.index(y)
        """,
        id="no loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for y in ys:
                out.append(0)
                out.append(xs.index(ys[y]))
            return out
        """,
        id="the value may fail first",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            for y in ys:
                out.append(0)
                out.append(xs.index(y))
            return out
        """,
        """
        def f(xs: list[int], ys: list[int]):
            out = []
            xs_places: dict[int, int] = dict(zip(reversed(xs), range(len(xs) - 1, -1, -1)))
            for y in ys:
                out.append(0)
                out.append(xs.index(y, xs_places.get(y, 0)))
            return out
        """,
        [
            "f([3, 1, 3, 2], [2, 3, 1])",
            "f([1], [2])",
            "f([], [])",
            "f([], [1])",
            "f([True, 0], [1, False])",
        ],
        id="another list",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> list[int]:
            return [xs.index(x) for x in sorted(xs)]
        """,
        """
        def f(xs: list[str]) -> list[int]:
            xs_places: dict[str, int] = dict(zip(reversed(xs), range(len(xs) - 1, -1, -1)))
            return [xs_places[x] for x in sorted(xs)]
        """,
        [
            "f(['b', 'a', 'b'])",
            "f([])",
        ],
        id="the list itself",
    ),
    pytest.param(
        """
        def f(xs: tuple[int, ...], ys: list[int]):
            out = []
            for y in ys:
                out.append(0)
                out.append(xs.index(y + 1) * 2)
            return out
        """,
        """
        def f(xs: tuple[int, ...], ys: list[int]):
            out = []
            xs_places: dict[int, int] = dict(zip(reversed(xs), range(len(xs) - 1, -1, -1)))
            for y in ys:
                out.append(0)
                out.append(xs.index(y + 1, xs_places.get(y + 1, 0)) * 2)
            return out
        """,
        [
            "f((3, 1, 2), [2, 0])",
            "f((3, 1, 2), [5])",
        ],
        id="a tuple, with a sum",
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

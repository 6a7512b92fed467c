"""sorted-extreme: the first or last of sorted() becomes min() or max()."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "sorted-extreme"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return sorted(xs)[0]
        """,
        id="an empty list raises another error",
    ),
    pytest.param(
        """
        def f(xs: list[float]) -> float:
            if not xs:
                return 0.0
            return sorted(xs)[0]
        """,
        id="nan has no order",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            if not xs:
                return 0
            xs.pop()
            return sorted(xs)[0]
        """,
        id="the list may be emptied after the test",
    ),
    pytest.param(
        """
        def f(xs: list) -> int:
            if xs:
                return sorted(xs)[0]
            return None
        """,
        id="the items may be anything",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            if xs:
                return sorted(xs)[1]
            return 0
        """,
        id="another place",
    ),
    pytest.param(
        """
        def f(xs: list[str], key) -> str:
            if xs:
                return sorted(xs, key=key)[0]
            return ""
        """,
        id="the key may do anything",
    ),
    pytest.param(
        """
        def f(xs: set[str]) -> str:
            if xs:
                return sorted(xs, key=lambda x: len(x))[-1]
            return ""
        """,
        id="the last by key of a set has no known place",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            if not xs:
                return out
            for _ in range(3):
                out.append(sorted(xs)[0])
                xs.pop()
            return out
        """,
        id="the loop that it is in may empty the list",
    ),
    pytest.param(
        """
        def f() -> int:
            left = {1, 2}
            left -= {1, 2}
            return sorted(left)[0]
        """,
        id="a set that loses its items",
    ),
    pytest.param(
        """
        def f() -> int:
            left = {1, 2}
            left.intersection_update([])
            return sorted(left)[0]
        """,
        id="a set that a rare method empties",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            if not xs:
                return 0
            n = len(xs)
            return sorted(xs)[0] + n
        """,
        """
        def f(xs: list[int]) -> int:
            if not xs:
                return 0
            n = len(xs)
            return min(xs) + n
        """,
        [
            "f([3, 1, 2])",
            "f([])",
        ],
        id="after a guard",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> str:
            return sorted(xs)[-1] if len(xs) > 0 else ""
        """,
        """
        def f(xs: list[str]) -> str:
            return max(xs) if len(xs) > 0 else ""
        """,
        [
            "f(['b', 'c', 'a'])",
            "f([])",
        ],
        id="inside the branch, the last of strings",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            if xs and xs != [0]:
                return sorted(xs)[-1]
            return 0
        """,
        """
        def f(xs: list[int]) -> int:
            if xs and xs != [0]:
                return max(xs[::-1])
            return 0
        """,
        [
            "f([1, True, 0])",
            "f([True, 1])",
            "f([])",
        ],
        id="of equal ints the last counts",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Row:
            name: str
            size: int

        def f(rows: list[Row]) -> tuple[Row, Row]:
            if not rows:
                raise ValueError("no rows")
            return sorted(rows, key=lambda r: r.size)[0], sorted(rows, key=lambda r: r.size)[-1]
        """,
        """
        def f(rows: list[Row]) -> tuple[Row, Row]:
            if not rows:
                raise ValueError("no rows")
            return min(rows, key=lambda r: r.size), max(rows[::-1], key=lambda r: r.size)
        """,
        [
            "f([Row('a', 2), Row('b', 1), Row('c', 2), Row('d', 1)])",
            "f([])",
        ],
        id="with a key that is a plain field",
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

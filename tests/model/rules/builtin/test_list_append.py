"""list-append: adding a list of one item becomes append."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "list-append"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int], n: int) -> list[int]:
            for i in range(n):
                xs = xs + [i]
            return xs
        """,
        id="the caller's list must stay",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            xs = []
            old = xs
            for i in range(n):
                xs = xs + [i]
            return [old, xs]
        """,
        id="another variable holds the list",
    ),
    pytest.param(
        """
        def f() -> list:
            xs = [1, 2]
            for x in xs:
                xs = xs + [x]
            return xs
        """,
        id="the loop goes over the list",
    ),
    pytest.param(
        """
        def f(n: int) -> list:
            xs = []
            out = []
            for i in range(n):
                xs = xs + [i]
                out.append(xs)
            return out
        """,
        id="each state is kept",
    ),
    pytest.param(
        """
        def f(x: int) -> list:
            xs = []
            xs = xs + [x]
            return xs
        """,
        id="not in a loop",
    ),
    pytest.param(
        """
        def f(parts) -> list:
            xs = []
            for part in parts:
                xs = xs + part
            return xs
        """,
        id="what is added may be no list",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int) -> list[int]:
            xs = []
            for i in range(n):
                if i % 2:
                    xs = xs + [i]
            return xs
        """,
        """
        def f(n: int) -> list[int]:
            xs = []
            for i in range(n):
                if i % 2:
                    xs.append(i)
            return xs
        """,
        [
            "f(0)",
            "f(5)",
        ],
        id="one item",
    ),
    pytest.param(
        """
        def f(rows: list[list[int]]) -> list[int]:
            xs = [0]
            for row in rows:
                xs = xs + row
            return xs
        """,
        """
        def f(rows: list[list[int]]) -> list[int]:
            xs = [0]
            for row in rows:
                xs.extend(row)
            return xs
        """,
        [
            "f([])",
            "f([[1, 2], [3]])",
        ],
        id="a list",
    ),
    pytest.param(
        """
        def f(n: int, xs: list[int]) -> list[int]:
            while n:
                n -= 1
                xs += [n]
            return xs
        """,
        """
        def f(n: int, xs: list[int]) -> list[int]:
            while n:
                n -= 1
                xs.append(n)
            return xs
        """,
        [
            "f(0, [])",
            "f(3, [1])",
        ],
        id="in place already",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            xs = []
            for i in range(n):
                xs = xs + [i, i]
                if len(xs) > 4:
                    break
            return sum(xs)
        """,
        """
        def f(n: int) -> int:
            xs = []
            for i in range(n):
                xs.extend([i, i])
                if len(xs) > 4:
                    break
            return sum(xs)
        """,
        [
            "f(0)",
            "f(9)",
        ],
        id="several items",
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

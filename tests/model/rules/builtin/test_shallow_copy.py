"""shallow-copy: a deep copy of plain values becomes a shallow one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "shallow-copy"

NOOP = [
    pytest.param(
        """
        import copy

        def f(xs: list) -> list:
            return copy.deepcopy(xs)
        """,
        id="what the list holds may change",
    ),
    pytest.param(
        """
        import copy

        def f(d: dict[str, list[int]]) -> dict:
            return copy.deepcopy(d)
        """,
        id="values of a dict that may change",
    ),
    pytest.param(
        """
        import copy

        def f(xs: list[int], memo: dict) -> list:
            return copy.deepcopy(xs, memo)
        """,
        id="a memo is given",
    ),
    pytest.param(
        """
        import copy

        def f(xs: list[list[list[int]]]) -> list:
            return copy.deepcopy(xs)
        """,
        id="three levels",
    ),
    pytest.param(
        """
        import copy

        def f(rows: list[list[int]]) -> tuple:
            return rows.pop(), copy.deepcopy(rows)
        """,
        id="the rows would be copied before what stands first",
    ),
    pytest.param(
        """
        from copy import copy

        def f(x) -> object:
            return copy(x)
        """,
        id="an object of unknown type",
    ),
]

REWRITES = [
    pytest.param(
        """
        import copy

        def f(xs: list[int]) -> list[int]:
            ys = copy.deepcopy(xs)
            ys.append(1)
            return [xs, ys]
        """,
        """
        def f(xs: list[int]) -> list[int]:
            ys = xs[:]
            ys.append(1)
            return [xs, ys]
        """,
        [
            "f([])",
            "f([1, 2])",
        ],
        id="a list of numbers",
    ),
    pytest.param(
        """
        from copy import deepcopy

        def f(d: dict[str, int], s: set[int]) -> tuple:
            return deepcopy(d), deepcopy(s)
        """,
        """
        def f(d: dict[str, int], s: set[int]) -> tuple:
            return d.copy(), s.copy()
        """,
        [
            "f({}, set())",
            "f({'a': 1}, {2})",
        ],
        id="a dict and a set",
    ),
    pytest.param(
        """
        import copy


        def f(rows: list[list[int]]) -> list[list[int]]:
            new = copy.deepcopy(rows)
            new[0].append(1)
            return [rows, new]
        """,
        """
        def f(rows: list[list[int]]) -> list[list[int]]:
            copied_rows = {id(row): row[:] for row in rows}
            new = [copied_rows[id(row)] for row in rows]
            new[0].append(1)
            return [rows, new]
        """,
        [
            "f([[]])",
            "f([[1], [2, 3]])",
            "f([[1]] * 2)",
        ],
        id="rows, some of them the same",
    ),
    pytest.param(
        """
        import copy

        def f(xs: list) -> list:
            ys = copy.copy(xs)
            ys.append([])
            return [xs, ys]
        """,
        """
        def f(xs: list) -> list:
            ys = xs[:]
            ys.append([])
            return [xs, ys]
        """,
        [
            "f([])",
            "f([[1]])",
        ],
        id="a shallow copy",
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

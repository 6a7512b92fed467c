"""flatten: nested iterables are joined by itertools.chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "flatten"

NOOP = [
    pytest.param(
        """
        def f(rows):
            return [x + 1 for row in rows for x in row]
        """,
        id="the items are changed",
    ),
    pytest.param(
        """
        def f(rows):
            return [x for row in rows if row for x in row]
        """,
        id="some are left out",
    ),
    pytest.param(
        """
        def f(rows, cells):
            return [x for row in rows for x in cells]
        """,
        id="another order",
    ),
    pytest.param(
        """
        def f(rows):
            return sum(rows, [])
        """,
        id="what is added up may be no lists",
    ),
    pytest.param(
        """
        def f(rows: list[list[int]]) -> list[int]:
            return sum(rows, [1])
        """,
        id="a start that is not empty",
    ),
    pytest.param(
        """
        def f(rows):
            return (x for row in rows for x in row)
        """,
        id="the generator is kept",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(rows):
            return [x for row in rows for x in row]
        """,
        """
        from itertools import chain
        def f(rows):
            return list(chain.from_iterable(rows))
        """,
        [
            "f([])",
            "f([[1, 2], 'ab', (), {3: 4}])",
            "f([[1], 2])",
            "f(3)",
        ],
        id="a list of anything",
    ),
    pytest.param(
        """
        def f(rows: list[list[int]]) -> list[int]:
            return sum(rows, [])
        """,
        """
        from itertools import chain
        def f(rows: list[list[int]]) -> list[int]:
            return list(chain.from_iterable(rows))
        """,
        [
            "f([])",
            "f([[1, 2], [], [3]])",
        ],
        id="added lists",
    ),
    pytest.param(
        """
        def f(rows: list[list[int]]) -> int:
            return sum(x for row in rows for x in row)
        """,
        """
        from itertools import chain
        def f(rows: list[list[int]]) -> int:
            return sum(chain.from_iterable(rows))
        """,
        [
            "f([])",
            "f([[1, 2], [], [3]])",
            "f([[1], ['a']])",
        ],
        id="used up at once",
    ),
    pytest.param(
        """
        def f(rows: list[list[int]], other) -> tuple:
            return max([x for row in rows for x in row]), max([x for row in other for x in row])
        """,
        """
        from itertools import chain
        def f(rows: list[list[int]], other) -> tuple:
            return max(chain.from_iterable(rows)), max(list(chain.from_iterable(other)))
        """,
        [
            "f([], [])",
            "f([[1, 2], [3]], ['ab'])",
        ],
        id="a list that is used up at once",
    ),
    pytest.param(
        """
        import itertools

        def f(rows):
            return sorted((x for row in rows for x in row), reverse=True)
        """,
        """
        def f(rows):
            return sorted(itertools.chain.from_iterable(rows), reverse=True)
        """,
        [
            "f([])",
            "f([[1, 2], [3]])",
        ],
        id="chain is imported already",
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

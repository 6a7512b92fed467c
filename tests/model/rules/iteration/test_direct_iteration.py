"""direct-iteration: range(len(x)) with x[i] becomes a loop over x."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "direct-iteration"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]) -> None:
            for i in range(len(xs)):
                xs[i] = xs[i] + 1
        """,
        id="an item is replaced in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = 0
            for i in range(len(xs)):
                n += xs[i]
                xs.pop()
            return n
        """,
        id="the list shrinks, which ends in an IndexError",
    ),
    pytest.param(
        """
        def f(xs: list[int], note) -> None:
            for i in range(len(xs)):
                note(xs[i])
        """,
        id="unknown code may change the list",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            n = 0
            for i in range(len(xs)):
                n += xs[i]
            return n, i
        """,
        id="the index is read later",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = 0
            for i in range(len(xs)):
                i = len(xs) - 1 - i
                n = n * 10 + xs[i]
            return n
        """,
        id="the index is moved in the loop",
    ),
    pytest.param(
        """
        def f(xs) -> int:
            n = 0
            for i in range(len(xs)):
                n += xs[i]
            return n
        """,
        id="x may be a dict",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = 0
            for i in range(len(xs)):
                n += xs[i - 1]
            return n
        """,
        id="only neighbours are read",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for i in range(len(xs)):
                if xs[i] > 0:
                    n += xs[i] * ys[i]
            return n
        """,
        id="making a pair costs more than reading an item twice",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(prices: list[int]) -> int:
            total = 0
            for i in range(len(prices)):
                if prices[i] > 0:
                    total += prices[i]
            return total
        """,
        """
        def f(prices: list[int]) -> int:
            total = 0
            for price in prices:
                if price > 0:
                    total += price
            return total
        """,
        [
            "f([1, -2, 3])",
            "f([])",
        ],
        id="only the item",
    ),
    pytest.param(
        """
        def f(names: list[str], name: str, sizes: list[int]) -> list[str]:
            out = []
            for i in range(0, len(names)):
                if names[i] and names[i] != name:
                    out.append(f"{names[i]}={sizes[i]}")
            return out
        """,
        """
        def f(names: list[str], name: str, sizes: list[int]) -> list[str]:
            out = []
            for i, item in enumerate(names):
                if item and item != name:
                    out.append(f"{item}={sizes[i]}")
            return out
        """,
        [
            "f(['a', 'b'], 'b', [1, 2])",
            "f(['a'], 'b', [])",
        ],
        id="the index too, beside another list",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for i in range(len(xs)):
                for j in range(i):
                    n += xs[i] * ys[j]
            return n
        """,
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for i, item in enumerate(xs):
                for j in range(i):
                    n += item * ys[j]
            return n
        """,
        [
            "f([1, 2, 3], [4, 5])",
            "f([1, 2, 3], [])",
        ],
        id="an inner loop reads the item",
    ),
    pytest.param(
        """
        def f(text: str) -> list[str]:
            return [text[i].upper() for i in range(len(text)) if text[i] != " "]
        """,
        """
        def f(text: str) -> list[str]:
            return [item.upper() for item in text if item != " "]
        """,
        [
            "f('a b')",
        ],
        id="a comprehension over a text",
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

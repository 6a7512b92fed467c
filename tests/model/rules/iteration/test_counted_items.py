"""counted-items: a loop over the places of lists goes over the items."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "counted-items"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int], n: int) -> int:
            total = 0
            for i in range(n):
                total += xs[i]
            return total
        """,
        id="the length is not known to be the list's",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            xs.append(1)
            total = 0
            for i in range(n):
                total += xs[i]
            return total
        """,
        id="the list is longer by then",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            n = len(xs)
            for i in range(n):
                xs[-1] += xs[i]
            return xs
        """,
        id="the loop changes the list",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> None:
            n = len(xs)
            for i in range(n):
                ys[0] = xs[i]
        """,
        id="another list may be the same one",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            total = 0
            for i in range(n):
                i -= 1
                total += xs[i]
            return total
        """,
        id="the place is set in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            total = i = 0
            for i in range(n):
                total += xs[i]
            return total + i
        """,
        id="the place is read afterwards",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            total = 0
            for i in range(1, n):
                total += xs[i]
            return total
        """,
        id="the first place is left out",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            total = 0
            for i in range(n):
                total += xs[i] * i
            return total
        """,
        id="the place itself is needed beside the items",
    ),
    pytest.param(
        """
        def f(xs: dict[int, int]) -> int:
            n = len(xs)
            total = 0
            for i in range(n):
                total += xs[i]
            return total
        """,
        id="of a dict the keys are not its places",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(names: list[str]) -> str:
            n = len(names)
            text = ""
            for i in range(n):
                text += names[i]
            return text
        """,
        """
        def f(names: list[str]) -> str:
            n = len(names)
            text = ""
            for name in names:
                text += name
            return text
        """,
        [
            "f([])",
            'f(["a", "b"])',
        ],
        id="by the length in a variable",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            n = len(xs)
            seen = [0] * n
            for x in xs:
                if 0 <= x < n:
                    seen[x] += 1
            total = 0
            for i in range(0, n):
                if seen[i] == k:
                    total += xs[i]
            return total
        """,
        """
        def f(xs: list[int], k: int) -> int:
            n = len(xs)
            seen = [0] * n
            for x in xs:
                if 0 <= x < n:
                    seen[x] += 1
            total = 0
            for seen_i, xs_i in zip(seen, xs):
                if seen_i == k:
                    total += xs_i
            return total
        """,
        [
            "f([], 1)",
            "f([0, 1, 1, 3], 1)",
            "f([0, 1, 1, 3], 2)",
        ],
        id="two lists of one length",
    ),
    pytest.param(
        """
        def f(n: int, text: str) -> int:
            xs = [len(text) for _ in range(n)]
            total = 0
            for i in range(n):
                total += xs[i]
            return total
        """,
        """
        def f(n: int, text: str) -> int:
            xs = [len(text) for _ in range(n)]
            total = 0
            for xs_i in xs:
                total += xs_i
            return total
        """,
        [
            "f(0, '')",
            "f(-2, 'a')",
            "f(3, 'a')",
        ],
        id="a list that was made as long as the range",
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

"""sieve-slice: setting every k-th item of a list in a loop becomes one assignment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "sieve-slice"

NOOP = [
    pytest.param(
        """
        def f(n: int, m: int):
            xs = [True] * n
            for j in range(0, m, 2):
                xs[j] = False
            return xs
        """,
        id="another end",
    ),
    pytest.param(
        """
        def f(xs: list[bool], n: int):
            for j in range(0, n, 2):
                xs[j] = False
            return xs
        """,
        id="a list of unknown length",
    ),
    pytest.param(
        """
        def f(n: int):
            xs = [True] * n
            xs.pop()
            for j in range(0, n, 2):
                xs[j] = False
            return xs
        """,
        id="a list that loses an item",
    ),
    pytest.param(
        """
        def f(n: int, k: int):
            xs = [True] * n
            for j in range(0, n, k):
                xs[j] = False
            return xs
        """,
        id="a step that may be 0 or negative",
    ),
    pytest.param(
        """
        def f(n: int, k: int):
            xs = [True] * n
            for j in range(k, n, 2):
                xs[j] = False
            return xs
        """,
        id="a start that may be negative",
    ),
    pytest.param(
        """
        def f(n: int):
            xs = [True] * n
            for j in range(0, n, 2):
                xs[j] = False
            return xs, j
        """,
        id="the loop's variable is read after it",
    ),
    pytest.param(
        """
        def f(n: int):
            xs = [True] * n
            n += 1
            for j in range(0, n, 2):
                xs[j] = False
            return xs
        """,
        id="an end that has changed",
    ),
    pytest.param(
        """
        def f(n: int):
            xs = [[]] * n
            for j in range(0, n, 2):
                xs[j] = []
            return xs
        """,
        id="every item is a list of its own",
    ),
    pytest.param(
        """
        def f(n: int):
            xs = [True] * n
            del xs[0]
            for j in range(0, n, 2):
                xs[j] = False
            return xs
        """,
        id="a list that loses an item by del",
    ),
    pytest.param(
        """
        def f(n: int):
            xs = [True] * n
            xs[1:2] = []
            for j in range(0, n, 2):
                xs[j] = False
            return xs
        """,
        id="a list that loses an item by a slice",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int):
            prime = [True] * (n + 1)
            for i in range(2, n + 1):
                if prime[i]:
                    # its multiples
                    for j in range(i * i, n + 1, i):
                        prime[j] = False
            return prime
        """,
        """
        def f(n: int):
            prime = [True] * (n + 1)
            for i in range(2, n + 1):
                if prime[i]:
                    # its multiples
                    if i * i < n + 1:
                        prime[i * i:n + 1:i] = [False] * len(range(i * i, n + 1, i))
            return prime
        """,
        [
            "f(0)",
            "f(1)",
            "f(2)",
            "f(3)",
            "f(4)",
            "f(9)",
            "f(12)",
            "f(-3)",
            "f(True)",
            "f(50)",
        ],
        id="a sieve",
    ),
    pytest.param(
        """
        def f(n: int):
            low = [True for _ in range(n)]
            p = 2
            while p * p < n:
                if low[p] == True:
                    for i in range(p * 2, n, p):
                        low[i] = False
                p += 1
            return [i for i in range(n) if low[i]]
        """,
        """
        def f(n: int):
            low = [True for _ in range(n)]
            p = 2
            while p * p < n:
                if low[p] == True:
                    if p * 2 < n:
                        low[p * 2:n:p] = [False] * len(range(p * 2, n, p))
                p += 1
            return [i for i in range(n) if low[i]]
        """,
        [
            "f(0)",
            "f(1)",
            "f(2)",
            "f(3)",
            "f(4)",
            "f(9)",
            "f(12)",
            "f(-3)",
            "f(True)",
            "f(50)",
        ],
        id="with a while loop",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            n = len(xs)
            marks = [0] * n
            for j in range(1, n, 1):
                marks[j] = -1
            for j in range(3, n, 3):
                marks[j] = 1
            return marks
        """,
        """
        def f(xs: list[int]):
            n = len(xs)
            marks = [0] * n
            for j in range(1, n, 1):
                marks[j] = -1
            marks[3:n:3] = [1] * len(range(3, n, 3))
            return marks
        """,
        [
            "f([])",
            "f([1])",
            "f([1, 2])",
            "f([1] * 12)",
        ],
        id="fixed steps",
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

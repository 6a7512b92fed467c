"""sorting-loop: a sort that is written out becomes sort()."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "sorting-loop"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]) -> list:
            n = len(xs)
            for i in range(n):
                for j in range(n - i - 1):
                    if xs[j] > xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
            return xs
        """,
        id="nan has no order",
    ),
    pytest.param(
        """
        def f(xs: list[int], n: int) -> list:
            for i in range(n):
                for j in range(n - i - 1):
                    if xs[j] > xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
            return xs
        """,
        id="a part of the list is sorted",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            n = len(xs)
            for i in range(n):
                for j in range(n - i - 1):
                    if xs[j] >= xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
            return xs
        """,
        id="equal items change places",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            n = len(xs)
            xs.append(0)
            for i in range(n):
                for j in range(n - i - 1):
                    if xs[j] > xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
            return xs
        """,
        id="the list has another length by then",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            swaps = 0
            for i in range(n):
                for j in range(n - i - 1):
                    if xs[j] > xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
                        swaps += 1
            return swaps
        """,
        id="the swaps are counted",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            for i in range(n):
                for j in range(n - i - 1):
                    if xs[j] > xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
            return i
        """,
        id="a place is read later",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            n = len(xs)
            for i in range(1):
                for j in range(n - i - 1):
                    if xs[j] > xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
            return xs
        """,
        id="one round only",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> list:
            n = len(xs)
            for i in range(n):
                for j in range(n - i - 1):
                    if xs[j] > xs[j + 1]:
                        ys[j], ys[j + 1] = ys[j + 1], ys[j]
            return ys
        """,
        id="two lists",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            n = len(xs)
            # sort
            for i in range(n):
                for j in range(0, n - i - 1):
                    if xs[j] > xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
            return xs
        """,
        """
        def f(xs: list[int]) -> list:
            n = len(xs)
            # sort
            xs.sort()
            return xs
        """,
        [
            "f([])",
            "f([1])",
            "f([3, 1, 2])",
            "f([2, True, 1, 0, False, 5, -1])",
        ],
        id="bubbles",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            for i in range(len(xs) - 1):
                swapped = False
                for j in range(len(xs) - 1 - i):
                    if xs[j] < xs[j + 1]:
                        temp = xs[j]
                        xs[j] = xs[j + 1]
                        xs[j + 1] = temp
                        swapped = True
                if not swapped:
                    break
            return xs
        """,
        """
        def f(xs: list[int]) -> list:
            xs.sort(reverse=True)
            return xs
        """,
        [
            "f([])",
            "f([1])",
            "f([3, 1, 2])",
            "f([2, True, 1, 0, False, 5, -1])",
        ],
        id="bubbles with a flag, downwards",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> list:
            for i in range(1, len(words)):
                key = words[i]
                j = i - 1
                while j >= 0 and key < words[j]:
                    words[j + 1] = words[j]
                    j -= 1
                words[j + 1] = key
            return words
        """,
        """
        def f(words: list[str]) -> list:
            words.sort()
            return words
        """,
        [
            "f([])",
            "f(['b', 'a', 'c', 'a'])",
        ],
        id="insertion",
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

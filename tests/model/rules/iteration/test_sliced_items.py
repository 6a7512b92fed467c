"""sliced-items: a loop over a part of the places goes over a part of the items."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "sliced-items"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int], n: int) -> int:
            total = 0
            for i in range(1, n):
                total += xs[i]
            return total
        """,
        id="the range may go past the end",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            for i in range(k, len(xs)):
                total += xs[i]
            return total
        """,
        id="the range may start before the list",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = 0
            for i in range(len(xs)):
                total += xs[i - 1]
            return total
        """,
        id="the first neighbour is the last item",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            for i in range(1, len(xs)):
                if xs[i] == 3:
                    return 1
            return 0
        """,
        id="the loop may end early",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> None:
            for i in range(1, len(xs)):
                xs[0] += xs[i]
        """,
        id="the loop changes the list",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = 0
            for i in range(1, len(xs)):
                total += xs[i] * i
            return total
        """,
        id="the counter is needed too",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = i = 0
            for i in range(1, len(xs)):
                total += xs[i]
            return total + i
        """,
        id="the counter is read afterwards",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = 0
            for i in range(len(xs) - 1, 0, -2):
                total += xs[i]
            return total
        """,
        id="the steps are longer",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            return all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1))
        """,
        id="a search that may end early",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            return [xs[i] for i in range(1, len(xs)) for _ in range(xs[i])]
        """,
        id="a comprehension of two loops",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            total = 0
            for i in range(n - 1, -1, -1):
                total = total * 10 + xs[i]
            for i in range(n - 2, 0, -1):
                total -= xs[i] * xs[i + 1]
            return total
        """,
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            total = 0
            for xs_i in reversed(xs):
                total = total * 10 + xs_i
            for xs_i_item, xs_next in zip(reversed(xs[1:-1]), reversed(xs[2:])):
                total -= xs_i_item * xs_next
            return total
        """,
        [
            "f([])",
            "f([1])",
            "f([1, 2])",
            "f([1, 2, 3])",
            "f([1, 2, 3, 4, 5])",
        ],
        id="downwards",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> tuple[list[int], int]:
            steps = [xs[i + 1] - xs[i] for i in range(len(xs) - 1)]
            return steps, sum(xs[i] for i in range(1, len(xs)) if xs[i] > 1)
        """,
        """
        def f(xs: list[int]) -> tuple[list[int], int]:
            steps = [xs_next - xs_i for xs_next, xs_i in zip(xs[1:], xs[:-1])]
            return steps, sum(xs_i_item for xs_i_item in xs[1:] if xs_i_item > 1)
        """,
        [
            "f([])",
            "f([1])",
            "f([1, 5])",
            "f([1, 5, 1, 2])",
        ],
        id="in comprehensions",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            found = 0
            for i in range(1, len(xs)):
                if xs[i] > xs[i - 1]:
                    found += xs[i]
            return found
        """,
        """
        def f(xs: list[int]) -> int:
            found = 0
            for xs_i, xs_prev in zip(xs[1:], xs[:-1]):
                if xs_i > xs_prev:
                    found += xs_i
            return found
        """,
        [
            "f([])",
            "f([1])",
            "f([1, 2])",
            "f([1, 3, 2, 4])",
        ],
        id="neighbours",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            n = len(xs)
            best = [1] * n
            for i in range(n):
                longest = 0
                for j in range(i):
                    if xs[j] < xs[i]:
                        longest = max(longest, best[j])
                best[i] += longest
            return best
        """,
        """
        def f(xs: list[int]) -> list[int]:
            n = len(xs)
            best = [1] * n
            for i in range(n):
                longest = 0
                for xs_j, best_j in zip(xs[:i], best[:i]):
                    if xs_j < xs[i]:
                        longest = max(longest, best_j)
                best[i] += longest
            return best
        """,
        [
            "f([])",
            "f([1])",
            "f([3, 1, 2, 5, 4])",
        ],
        id="what comes before, in two lists",
    ),
    pytest.param(
        """
        def f(text: str) -> int:
            found = 0
            n = len(text)
            for i in range(n - 2):
                if text[i] == text[i + 1] == text[i + 2]:
                    found += 1
            return found
        """,
        """
        def f(text: str) -> int:
            found = 0
            n = len(text)
            for text_i, text_next, text_item in zip(text[:-2], text[1:-1], text[2:]):
                if text_i == text_next == text_item:
                    found += 1
            return found
        """,
        [
            'f("")',
            'f("a")',
            'f("aa")',
            'f("aaa")',
            'f("aabbbb")',
        ],
        id="three in a row of a text",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            total = 0
            for i in range(len(xs)):
                for j in range(i + 2, len(xs)):
                    total += xs[j - 1]
            return total
        """,
        """
        def f(xs: list[int]) -> int:
            total = 0
            for i in range(len(xs)):
                for xs_prev in xs[i + 1:-1]:
                    total += xs_prev
            return total
        """,
        [
            "f([])",
            "f([1])",
            "f([1, 2])",
            "f([1, 2, 3])",
            "f([1, 2, 3, 4, 5])",
        ],
        id="from one place on",
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

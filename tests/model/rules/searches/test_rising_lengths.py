"""rising-lengths: lengths of rising subsequences are found by bisection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "rising-lengths"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        id="floats may be nan",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] > xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        id="text cannot be turned around",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = xs[:]
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + xs[i])
            return best
        """,
        id="sums instead of lengths",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [0] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        id="the lengths start elsewhere",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 2)
            return best
        """,
        id="a step of two",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(2, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        id="the first two are left out",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(1, i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        id="not all before",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i] and xs[j] > 3:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        id="two tests",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            best[0] = 7
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        id="the lengths are changed in another place",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
                xs[i] = 0
            return best
        """,
        id="the list is changed on the way",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            best = [1] * len(xs)
            j = 0
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best[0] + j
        """,
        id="the last place is read later",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[i] > xs[j]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        """
        from bisect import bisect_left
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            ends = xs[:1]
            for i in range(1, len(xs)):
                place = bisect_left(ends, xs[i])
                ends[place : place + 1] = [xs[i]]
                best[i] = place + 1
            return best
        """,
        [
            "f([10, 9, 2, 5, 3, 7, 101, 18, 18, 2])",
            "f([])",
            "f([4])",
            "f([1, 1, 1])",
            "f([True, 0, 1, 2])",
            "f([3, 2, 1])",
        ],
        id="rising",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(len(xs)):
                for j in range(i):
                    if xs[j] <= xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        """
        from bisect import bisect_right
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            ends = []
            for i in range(len(xs)):
                place = bisect_right(ends, xs[i])
                ends[place : place + 1] = [xs[i]]
                best[i] = place + 1
            return best
        """,
        [
            "f([10, 9, 2, 5, 3, 7, 101, 18, 18, 2])",
            "f([])",
            "f([4])",
            "f([1, 1, 1])",
            "f([True, 0, 1, 2])",
            "f([3, 2, 1])",
        ],
        id="never falling, from the start",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] > xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        """
        from bisect import bisect_left
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            ends = [-item for item in xs[:1]]
            for i in range(1, len(xs)):
                place = bisect_left(ends, -xs[i])
                ends[place : place + 1] = [-xs[i]]
                best[i] = place + 1
            return best
        """,
        [
            "f([10, 9, 2, 5, 3, 7, 101, 18, 18, 2])",
            "f([])",
            "f([4])",
            "f([1, 1, 1])",
            "f([True, 0, 1, 2])",
            "f([3, 2, 1])",
        ],
        id="falling",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(0, len(xs)):
                for j in range(0, i):
                    if xs[i] <= xs[j]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        """
        from bisect import bisect_right
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            ends = []
            for i in range(0, len(xs)):
                place = bisect_right(ends, -xs[i])
                ends[place : place + 1] = [-xs[i]]
                best[i] = place + 1
            return best
        """,
        [
            "f([10, 9, 2, 5, 3, 7, 101, 18, 18, 2])",
            "f([])",
            "f([4])",
            "f([1, 1, 1])",
            "f([True, 0, 1, 2])",
            "f([3, 2, 1])",
        ],
        id="never rising",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i] and best[i] < best[j] + 1:
                        best[i] = best[j] + 1
            return best
        """,
        """
        from bisect import bisect_left
        def f(xs: list[int]) -> list[int]:
            best = [1] * len(xs)
            ends = xs[:1]
            for i in range(1, len(xs)):
                place = bisect_left(ends, xs[i])
                ends[place : place + 1] = [xs[i]]
                best[i] = place + 1
            return best
        """,
        [
            "f([10, 9, 2, 5, 3, 7, 101, 18, 18, 2])",
            "f([])",
            "f([4])",
            "f([1, 1, 1])",
            "f([True, 0, 1, 2])",
            "f([3, 2, 1])",
        ],
        id="asked before it is set",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        """
        from bisect import bisect_left
        def f(xs: list[str]) -> list[int]:
            best = [1] * len(xs)
            ends = xs[:1]
            for i in range(1, len(xs)):
                place = bisect_left(ends, xs[i])
                ends[place : place + 1] = [xs[i]]
                best[i] = place + 1
            return best
        """,
        [
            "f(['b', 'a', 'c', 'ab'])",
            "f([])",
        ],
        id="text",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            best = [1 for _ in range(n)]
            most = 0
            for i in range(n - 2, -1, -1):
                for j in range(i + 1, n):
                    if xs[i] > xs[j]:
                        if best[j] + 1 > best[i]:
                            best[i] = best[j] + 1
                most = max(most, best[i])
            return most
        """,
        """
        from bisect import bisect_left
        def f(xs: list[int]) -> int:
            n = len(xs)
            best = [1 for _ in range(n)]
            most = 0
            ends = xs[-1:]
            for i in range(n - 2, -1, -1):
                place = bisect_left(ends, xs[i])
                ends[place : place + 1] = [xs[i]]
                best[i] = place + 1
                most = max(most, best[i])
            return most
        """,
        [
            "f([1, 5, 3, 4, 2, 2])",
            "f([])",
            "f([1])",
        ],
        id="from the end, and more to do",
    ),
    pytest.param(
        """
        def f(xs: tuple[int, ...]) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        """
        from bisect import bisect_left
        def f(xs: tuple[int, ...]) -> list[int]:
            best = [1] * len(xs)
            ends = [*xs[:1]]
            for i in range(1, len(xs)):
                place = bisect_left(ends, xs[i])
                ends[place : place + 1] = [xs[i]]
                best[i] = place + 1
            return best
        """,
        [
            "f((3, 1, 2, 2, 9))",
            "f(())",
        ],
        id="a tuple",
    ),
    pytest.param(
        """
        def f(xs: str) -> list[int]:
            best = [1] * len(xs)
            for i in range(1, len(xs)):
                for j in range(i):
                    if xs[j] < xs[i]:
                        best[i] = max(best[i], best[j] + 1)
            return best
        """,
        """
        from bisect import bisect_left
        def f(xs: str) -> list[int]:
            best = [1] * len(xs)
            ends = [*xs[:1]]
            for i in range(1, len(xs)):
                place = bisect_left(ends, xs[i])
                ends[place : place + 1] = [xs[i]]
                best[i] = place + 1
            return best
        """,
        [
            "f('adbce')",
            "f('')",
        ],
        id="letters",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            n = len(xs)
            best = [1] * n
            for i in range(n - 1, -1, -1):
                for j in range(i + 1, n):
                    if xs[j] > xs[i]:
                        best[i] = max(best[i], 1 + best[j])
            return best
        """,
        """
        from bisect import bisect_left
        def f(xs: list[int]) -> list[int]:
            n = len(xs)
            best = [1] * n
            ends = []
            for i in range(n - 1, -1, -1):
                place = bisect_left(ends, -xs[i])
                ends[place : place + 1] = [-xs[i]]
                best[i] = place + 1
            return best
        """,
        [
            "f([1, 5, 3, 4, 2, 2])",
            "f([])",
            "f([1])",
        ],
        id="from the very end",
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

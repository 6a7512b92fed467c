"""pair-count: counting pairs by two nested loops takes one loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "pair-count"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]) -> int:
            count = 0
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] > xs[j]:
                        count += 1
            return count
        """,
        id="floats may be nan",
    ),
    pytest.param(
        """
        def f(xs):
            count = 0
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        count += 1
            return count
        """,
        id="untyped items may compare in any way",
    ),
    pytest.param(
        """
        def f(xs: list[int], n: int) -> int:
            count = 0
            for i in range(n):
                for j in range(i + 1, n):
                    if xs[i] == xs[j]:
                        count += 1
            return count
        """,
        id="a given length may be too long",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            xs.pop()
            for i in range(n):
                for j in range(i + 1, n):
                    if xs[i] == xs[j]:
                        count += 1
            return count
        """,
        id="the length may be old",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            for i in range(1, len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        count += 1
            return count
        """,
        id="the first place is left out",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            for i in range(len(xs)):
                for j in range(i, len(xs)):
                    if xs[i] == xs[j]:
                        count += 1
            return count
        """,
        id="a pair with itself counts too",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        count += j
            return count
        """,
        id="more than counting",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = False
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        count += 1
            return count
        """,
        id="False would become 0",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            i = 0
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        count += 1
            return count + i
        """,
        id="the last place is read later",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] * xs[j] == xs[i] + 3:
                        count += 1
            return count
        """,
        id="the sides are mixed",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            count = 0
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if (xs[i] + xs[j]) % k == 0:
                        count += 1
            return count
        """,
        id="a remainder by a variable may fail",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            for i in range(len(xs) * -1):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        count += 1
            return count
        """,
        id="the range goes the wrong way",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            for i, x in enumerate(xs, 1):
                for j in range(i + 1, len(xs)):
                    if x == xs[j]:
                        count += 1
            return count
        """,
        id="numbered from one",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            count = 0
            for i, x in enumerate(xs):
                for y in ys[i + 1:]:
                    if x == y:
                        count += 1
            return count
        """,
        id="the rest of another list",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if xs[i] == xs[j]:
                        count += 1
            return count
        """,
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = {}
            # a pair
            for j in range(n):
                count += seen.get(xs[j], 0)
                key = xs[j]
                seen[key] = seen.get(key, 0) + 1
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="equal items",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if xs[i] > xs[j]:
                        count += 1
            return count
        """,
        """
        from bisect import bisect_right
        from bisect import insort
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = []
            # a pair
            for j in range(n):
                count += len(seen) - bisect_right(seen, xs[j])
                insort(seen, xs[j])
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="inversions",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if xs[j] >= xs[i]:
                        count += 1
            return count
        """,
        """
        from bisect import bisect_right
        from bisect import insort
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = []
            # a pair
            for j in range(n):
                count += bisect_right(seen, xs[j])
                insort(seen, xs[j])
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="not above, turned",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if xs[i] < xs[j]:
                        count += 1
            return count
        """,
        """
        from bisect import bisect_left
        from bisect import insort
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = []
            # a pair
            for j in range(n):
                count += bisect_left(seen, xs[j])
                insort(seen, xs[j])
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="below",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if xs[i] >= 2 * xs[j]:
                        count += 1
            return count
        """,
        """
        from bisect import bisect_left
        from bisect import insort
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = []
            # a pair
            for j in range(n):
                count += len(seen) - bisect_left(seen, 2 * xs[j])
                insort(seen, xs[j])
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="at least twice as much",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if xs[i] + xs[j] == 4:
                        count += 1
            return count
        """,
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = {}
            # a pair
            for j in range(n):
                count += seen.get(xs[j], 0)
                key = 4 - xs[j]
                seen[key] = seen.get(key, 0) + 1
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="a sum of two",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if 4 == xs[j] + xs[i]:
                        count += 1
            return count
        """,
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = {}
            # a pair
            for j in range(n):
                count += seen.get(xs[j], 0)
                key = 4 - xs[j]
                seen[key] = seen.get(key, 0) + 1
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="a sum of two, turned",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if xs[i] - xs[j] == 2:
                        count += 1
            return count
        """,
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = {}
            # a pair
            for j in range(n):
                count += seen.get(xs[j], 0)
                key = xs[j] - 2
                seen[key] = seen.get(key, 0) + 1
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="a difference",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if xs[j] - xs[i] == 1 - 3:
                        count += 1
            return count
        """,
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = {}
            # a pair
            for j in range(n):
                count += seen.get(xs[j], 0)
                key = (1 - 3) + xs[j]
                seen[key] = seen.get(key, 0) + 1
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="a difference, turned",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if (xs[i] + xs[j]) % 24 == 0:
                        count += 1
            return count
        """,
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = {}
            # a pair
            for j in range(n):
                count += seen.get(xs[j] % 24, 0)
                key = (-xs[j]) % 24
                seen[key] = seen.get(key, 0) + 1
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="a remainder of a sum",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            for i in range(n - 1):
                for j in range(i + 1, n):
                    # a pair
                    if (xs[i] - xs[j]) % 10 == 4:
                        count += 1
            return count
        """,
        """
        def f(xs: list[int]) -> int:
            count = 0
            n = len(xs)
            seen = {}
            # a pair
            for j in range(n):
                count += seen.get(xs[j] % 10, 0)
                key = (xs[j] - 4) % 10
                seen[key] = seen.get(key, 0) + 1
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="a remainder of a difference",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> int:
            total = 0
            for first in range(0, len(words)):
                for second in range(first + 1, len(words)):
                    if words[first] == words[second][::-1]:
                        total += 1
            return total
        """,
        """
        def f(words: list[str]) -> int:
            total = 0
            seen = {}
            for second in range(len(words)):
                total += seen.get(words[second][::-1], 0)
                key = words[second]
                seen[key] = seen.get(key, 0) + 1
            return total
        """,
        [
            "f(['ab', 'ba', 'cd', 'dc', 'aa', 'aa'])",
            "f([])",
        ],
        id="text and its mirror",
    ),
    pytest.param(
        """
        def f(rows: list[tuple[int, str]]) -> int:
            total = 0
            for i in range(len(rows)):
                for j in range(i + 1, len(rows)):
                    if rows[i][0] < rows[j][0]:
                        total += 1
            return total
        """,
        """
        from bisect import bisect_left
        from bisect import insort
        def f(rows: list[tuple[int, str]]) -> int:
            total = 0
            seen = []
            for j in range(len(rows)):
                total += bisect_left(seen, rows[j][0])
                insort(seen, rows[j][0])
            return total
        """,
        [
            "f([(1, 'a'), (0, 'b'), (2, 'c')])",
            "f([])",
        ],
        id="fields of rows",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            for i, x in enumerate(xs):
                for j in range(i + 1, len(xs)):
                    if x + xs[j] == 4:
                        count += 1
            return count
        """,
        """
        def f(xs: list[int]) -> int:
            count = 0
            seen = {}
            for j in range(len(xs)):
                count += seen.get(xs[j], 0)
                key = 4 - xs[j]
                seen[key] = seen.get(key, 0) + 1
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="numbered items",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            count = 0
            for i, x in enumerate(xs):
                for y in xs[i + 1:]:
                    if y < x:
                        count += 1
            return count
        """,
        """
        from bisect import bisect_right
        from bisect import insort
        def f(xs: list[int]) -> int:
            count = 0
            seen = []
            for place in range(len(xs)):
                count += len(seen) - bisect_right(seen, xs[place])
                insort(seen, xs[place])
            return count
        """,
        [
            "f([3, 1, 2, 3, 1, 1])",
            "f([])",
            "f([5])",
            "f([True, 1, 0, False, -7])",
            "f([7, 17, 3, -3, 13, 24, 0])",
        ],
        id="the rest of the list",
    ),
    pytest.param(
        """
        def f(rows: list[tuple[int, str]]) -> int:
            total = 0
            for i, row in enumerate(rows):
                for other in rows[i + 1 :]:
                    if row[1] == other[1]:
                        total += 1
            return total
        """,
        """
        def f(rows: list[tuple[int, str]]) -> int:
            total = 0
            seen = {}
            for place in range(len(rows)):
                total += seen.get(rows[place][1], 0)
                key = rows[place][1]
                seen[key] = seen.get(key, 0) + 1
            return total
        """,
        [
            "f([(1, 'a'), (0, 'b'), (2, 'a')])",
            "f([])",
        ],
        id="fields of the rest",
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

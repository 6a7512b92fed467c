"""hoist-subscript: an item that a loop reads again and again is read once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "hoist-subscript"

NOOP = [
    pytest.param(
        """
        def f(grid: list[list[int]], i: int, n: int) -> int:
            total = 0
            for j in range(n):
                total += grid[i][j]
            return total
        """,
        id="the loop may run no rounds and the index may be wrong",
    ),
    pytest.param(
        """
        def f(grid: list[list[int]]) -> list[list[int]]:
            for i in range(len(grid)):
                for j in range(3):
                    grid[i] = grid[i] + [j]
            return grid
        """,
        id="the row is replaced in the loop",
    ),
    pytest.param(
        """
        def f(a: list[int], b: list[int]) -> None:
            for i in range(len(a)):
                for j in range(len(b)):
                    b[j] = b[j] + a[i]
        """,
        id="the changed list may be the one that is read",
    ),
    pytest.param(
        """
        def f(grid: list[list[int]]) -> int:
            total = 0
            for i in range(len(grid)):
                for j in range(3):
                    i = j
                    total += len(grid[i])
            return total
        """,
        id="the index changes in the loop",
    ),
    pytest.param(
        """
        def f(grid: list[list[int]], put) -> int:
            total = 0
            for i in range(len(grid)):
                for j in range(len(grid[i])):
                    put(i, j)
                    total += grid[i][j]
            return total
        """,
        id="an unknown function may replace the row",
    ),
    pytest.param(
        """
        def f(grid: list[list[int]], k: int) -> int:
            n = len(grid)
            total = 0
            grid.pop()
            for i in range(n):
                for j in range(k):
                    total += grid[i][j]
            return total
        """,
        id="the list is shorter by then",
    ),
    pytest.param(
        """
        def f(grid: list[list[int]], others: list[list[int]], k: int) -> int:
            total = 0
            for i in range(len(others)):
                for j in range(k):
                    total += grid[i][j]
            return total
        """,
        id="the list may be a short one of the same name",
    ),
    pytest.param(
        """
        def f(grid, k: int) -> int:
            total = 0
            for i in range(len(grid)):
                for j in range(k):
                    total += grid[i][j]
            return total
        """,
        id="the object may be anything",
    ),
    pytest.param(
        """
        def f(words: list[list[int]], k: int) -> int:
            total = 0
            n = 0
            for word in words:
                for i in range(n):
                    for j in range(k):
                        total += word[i]
                n = len(word)
            return total
        """,
        id="the length is one that the variable had before",
    ),
    pytest.param(
        """
        def f(n: int, k: int) -> int:
            total = 0
            xs = [0 for _ in range(0, n, 2)]
            for i in range(n):
                for j in range(k):
                    total += xs[i]
            return total
        """,
        id="every other number may be past the end",
    ),
    pytest.param(
        """
        def f(xs: list[int], i: int, ys: list[int]) -> int:
            total = 0
            if ys and xs[i] > 2:
                total += 1
            for y in ys:
                total += y * xs[i]
            return total
        """,
        id="the read before was only made under a condition",
    ),
    pytest.param(
        """
        def f(xs: list[int], i: int, ys: list[int]) -> int:
            total = 0
            if xs[i] > 2:
                return 1
            elif xs.pop() > 2:
                for y in ys:
                    total += y * xs[i]
            return total
        """,
        id="an elif between may change the list",
    ),
    pytest.param(
        """
        def f(xs: list[list[int]], i: int, k: int) -> int:
            total = 0
            for j in range(1 // k, len(xs[i])):
                total += xs[i][j]
            return total
        """,
        id="the first read is after something that may go wrong",
    ),
    pytest.param(
        """
        class C:
            rows: list[list[int]]
            def __init__(self, rows: list[list[int]]) -> None:
                self.rows = rows
            def f(self, i: int) -> int:
                total = 0
                for j in range(len(self.rows[i])):
                    total += self.rows[i][j]
                    self.rows = [[1]]
                return total
        """,
        id="the attribute is set in the loop",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(grid: list[list[int]]) -> int:
            total = 0
            for i in range(1, len(grid)):
                for j in range(1, len(grid[i])):
                    if grid[i][j] > grid[i - 1][j - 1]:
                        total += grid[i][j]
            return total
        """,
        """
        def f(grid: list[list[int]]) -> int:
            total = 0
            for i in range(1, len(grid)):
                grid_i = grid[i]
                grid_prev = grid[i - 1]
                for j in range(1, len(grid_i)):
                    if grid_i[j] > grid_prev[j - 1]:
                        total += grid_i[j]
            return total
        """,
        [
            "f([])",
            "f([[1, 2]])",
            "f([[], [], []])",
            "f([[1], [2, 3, 4]])",
            "f([[1, 2, 3], [2, 3, 4]])",
            "f([[1, 2, 3]] * 3)",
        ],
        id="rows of a parameter",
    ),
    pytest.param(
        """
        def f(s: str, t: str) -> int:
            m, n = len(s), len(t)
            dp = [[0] * (n + 1) for _ in range(m + 1)]
            for i in range(m):
                for j in range(n):
                    if s[i] == t[j]:
                        dp[i + 1][j + 1] = dp[i][j] + 1
                    else:
                        dp[i + 1][j + 1] = max(dp[i][j + 1], dp[i + 1][j])
            return dp[m][n]
        """,
        """
        def f(s: str, t: str) -> int:
            m, n = len(s), len(t)
            dp = [[0] * (n + 1) for _ in range(m + 1)]
            for i in range(m):
                s_i = s[i]
                dp_next = dp[i + 1]
                dp_i = dp[i]
                for j in range(n):
                    if s_i == t[j]:
                        dp_next[j + 1] = dp_i[j] + 1
                    else:
                        dp_next[j + 1] = max(dp_i[j + 1], dp_next[j])
            return dp[m][n]
        """,
        [
            'f("", "")',
            'f("", "abc")',
            'f("abc", "")',
            'f("abcbdab", "bdcaba")',
        ],
        id="rows of a table made here",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            total = 0
            for i in range(n - 1, -1, -1):
                for j in range(i):
                    total += xs[i - 1] * j
            return total
        """,
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            total = 0
            for i in range(n - 1, -1, -1):
                xs_prev = xs[i - 1]
                for j in range(i):
                    total += xs_prev * j
            return total
        """,
        [
            "f([])",
            "f([5])",
            "f([5, 6, 7])",
        ],
        id="downwards, with the last item below the first",
    ),
    pytest.param(
        """
        def f(xs: list, k: int, n: int) -> list:
            rows = [[None] * 4 for _ in range(n)]
            for i in range(n):
                for j in range(k):
                    rows[i][j] = xs[i] + j
            return rows
        """,
        """
        def f(xs: list, k: int, n: int) -> list:
            rows = [[None] * 4 for _ in range(n)]
            for i in range(n):
                rows_i = rows[i]
                for j in range(k):
                    rows_i[j] = xs[i] + j
            return rows
        """,
        [
            "f([], 9)",
            "f([1, 2], 0)",
            "f([1, 2], 4)",
            "f([1, 2], 5)",
            "f([1, 'a'], 1)",
        ],
        id="a table whose rows are filled with anything",
    ),
    pytest.param(
        """
        def f(xs: list[int], i: int) -> int:
            best = xs[i]
            j = 0
            while j < len(xs) and xs[j] != xs[i] + 1:
                j += 1
            return best + j
        """,
        """
        def f(xs: list[int], i: int) -> int:
            best = xs[i]
            j = 0
            xs_i = xs[i]
            while j < len(xs) and xs[j] != xs_i + 1:
                j += 1
            return best + j
        """,
        [
            "f([], 0)",
            "f([1, 2], 0)",
            "f([1, 2], -1)",
            "f([1, 2], -3)",
            "f([4, 2, 5], 2)",
        ],
        id="read before, in a while loop",
    ),
    pytest.param(
        """
        def f(rows: list[list[int]], k: int) -> list[int]:
            found = []
            for i in range(len(rows)):
                found.append(sum(rows[i][j] for j in range(k)))
            return found
        """,
        """
        def f(rows: list[list[int]], k: int) -> list[int]:
            found = []
            for i in range(len(rows)):
                rows_i = rows[i]
                found.append(sum(rows_i[j] for j in range(k)))
            return found
        """,
        [
            "f([], 3)",
            "f([[1]], 0)",
            "f([[1]], 1)",
            "f([[1]], 2)",
            "f([[1, 2], [3, 4]], 2)",
        ],
        id="in a comprehension",
    ),
    pytest.param(
        """
        class C:
            rows: list[list[int]]
            def __init__(self, rows: list[list[int]]) -> None:
                self.rows = rows
            def f(self, i: int) -> int:
                total = 0
                for j in range(len(self.rows[i])):
                    total += self.rows[i][j]
                return total
        """,
        """
        def f(self, i: int) -> int:
            total = 0
            rows_i = self.rows[i]
            for j in range(len(rows_i)):
                total += rows_i[j]
            return total
        """,
        [
            "C([]).f(0)",
            "C([[]]).f(0)",
            "C([[], [1, 2]]).f(1)",
            "C([[], [1, 2]]).f(-3)",
        ],
        id="of an attribute",
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

"""recursion-table: a recursion with repeated subproblems keeps their results."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "recursion-table"

NOOP = [
    pytest.param(
        """
        def f(n):
            return n if n < 2 else f(n - 1) + f(n - 2)
        """,
        id="untyped arguments may be unhashable",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            return 1 if n < 2 else f(n / 2) + f(n - 2)
        """,
        id="a float may be handed on",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            print(n)
            return 1 if n < 2 else f(n - 1) + f(n - 2)
        """,
        id="what it prints would be printed less often",
    ),
    pytest.param(
        """
        def log(n):
            print(n)

        def f(n: int) -> int:
            log(n)
            return 1 if n < 2 else f(n - 1) + f(n - 2)
        """,
        id="another function may print",
    ),
    pytest.param(
        """
        def f(n: int) -> list[int]:
            return [n] if n < 2 else f(n - 1) + f(n - 2)
        """,
        id="a list that is given back may be changed by the caller",
    ),
    pytest.param(
        """
        def f(n: int, seen: list[int]) -> int:
            seen.append(n)
            return 1 if n < 2 else f(n - 1, seen) + f(n - 2, seen)
        """,
        id="it changes a list it is given",
    ),
    pytest.param(
        """
        calls = 0

        def f(n: int) -> int:
            global calls
            calls += 1
            return 1 if n < 2 else f(n - 1) + f(n - 2)
        """,
        id="it counts its calls",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            return 1 if n < 2 else n * f(n - 1)
        """,
        id="one call has nothing to share",
    ),
    pytest.param(
        """
        def f(n: int, x: int) -> int:
            if n == 0:
                return x
            if n % 2:
                return f(n - 1, x + 1)
            return f(n - 2, x)
        """,
        id="two calls of which only one is made",
    ),
    pytest.param(
        """
        def f(xs: list[int], low: int, high: int) -> int:
            if low >= high:
                return xs[low]
            middle = (low + high) // 2
            return max(f(xs, low, middle), f(xs, middle + 1, high))
        """,
        id="halves that do not overlap",
    ),
    pytest.param(
        """
        def f(n: int, m: int) -> int:
            if n == 0:
                return m
            return max(f(n - 1, m), f(n - 1, m - 1))
        """,
        id="True and 1 would share a result that tells them apart",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            if n < 2:
                return n
            n -= 1
            return f(n) + f(n - 1)
        """,
        id="an argument is bound again",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            return 1 if n < 2 else f(n - 1) + f(n - 2)

        f = print
        """,
        id="the name may mean something else",
    ),
    pytest.param(
        """
        import functools

        @functools.lru_cache
        def f(n: int) -> int:
            return 1 if n < 2 else f(n - 1) + f(n - 2)
        """,
        id="a decorator may count the calls",
    ),
    pytest.param(
        """
        def f(n: int) -> int:
            try:
                return 1 if n < 2 else f(n - 1) + f(n - 2)
            except RecursionError:
                return 0
        """,
        id="an error is caught on the way",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(n: int) -> int:
            'Count rabbits.'
            if n <= 1:
                return n
            # they never die
            return f(n - 1) + f(n - 2)
        """,
        """
        def f(n: int) -> int:
            'Count rabbits.'
            known = {}

            def value(n):
                if n in known:
                    return known[n]
                if n <= 1:
                    return n
                # they never die
                return known.setdefault(n, value(n - 1) + value(n - 2))

            return value(n)
        """,
        [
            "f(12)",
            "f(1)",
            "f(0)",
            "f(-3)",
            "f(True)",
            "f(False)",
        ],
        id="fibonacci",
    ),
    pytest.param(
        """
        def f(weights: list[int], values: list[int], n: int, room: int) -> int:
            if n == 0 or room == 0:
                return 0
            if weights[n - 1] > room:
                return f(weights, values, n - 1, room)
            else:
                return max(
                    values[n - 1] + f(weights, values, n - 1, room - weights[n - 1]),
                    f(weights, values, n - 1, room),
                )
        """,
        """
        def f(weights: list[int], values: list[int], n: int, room: int) -> int:
            known = {}

            def value(n, room):
                if (n, room) in known:
                    return known[(n, room)]
                if n == 0 or room == 0:
                    return 0
                if weights[n - 1] > room:
                    return known.setdefault((n, room), value(n - 1, room))
                else:
                    return known.setdefault((n, room), max(
                        values[n - 1] + value(n - 1, room - weights[n - 1]),
                        value(n - 1, room),
                    ))

            return value(n, room)
        """,
        [
            "f([1, 2, 3, 2], [6, 10, 12, 7], 4, 5)",
            "f([], [], 0, 5)",
            "f([], [], 1, 5)",
            "f([1], [2], True, True)",
        ],
        id="a list that is handed on as it is",
    ),
    pytest.param(
        """
        def f(a: str, b: str) -> int:
            if not a or not b:
                return 0
            if a[0] == b[0]:
                return 1 + f(a[1:], b[1:])
            return max(f(a[1:], b), f(a, b[1:]))
        """,
        """
        def f(a: str, b: str) -> int:
            known = {}

            def value(a, b):
                if (a, b) in known:
                    return known[(a, b)]
                if not a or not b:
                    return 0
                if a[0] == b[0]:
                    return known.setdefault((a, b), 1 + value(a[1:], b[1:]))
                return known.setdefault((a, b), max(value(a[1:], b), value(a, b[1:])))

            return value(a, b)
        """,
        [
            "f('abcbdab', 'bdcaba')",
            "f('', 'a')",
            "f('x', 'x')",
        ],
        id="text that gets shorter",
    ),
    pytest.param(
        """
        def f(sizes: list[int], i: int, j: int) -> int:
            if i == j:
                return 0
            best = 10**9
            for k in range(i, j):
                cost = f(sizes, i, k) + f(sizes, k + 1, j) + sizes[i - 1] * sizes[k] * sizes[j]
                if cost < best:
                    best = cost
            return best
        """,
        """
        def f(sizes: list[int], i: int, j: int) -> int:
            known = {}

            def value(i, j):
                if (i, j) in known:
                    return known[(i, j)]
                if i == j:
                    return 0
                best = 10**9
                for k in range(i, j):
                    cost = value(i, k) + value(k + 1, j) + sizes[i - 1] * sizes[k] * sizes[j]
                    if cost < best:
                        best = cost
                return known.setdefault((i, j), best)

            return value(i, j)
        """,
        [
            "f([1, 2, 3, 4, 3], 1, 4)",
            "f([1, 2], 1, 1)",
            "f([1, 2], 1, 3)",
        ],
        id="calls in a loop",
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

"""extreme-choice: max() or min() of two values in an expression becomes a comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "extreme-choice"

NOOP = [
    pytest.param(
        """
        def f(xs, low):
            total = 0
            for x in xs:
                total += x
            return max(total, low)
        """,
        id="once after the loop",
    ),
    pytest.param(
        """
        def f(xs, g):
            total = 0
            for x in xs:
                total = len(xs) + max(g(x), x + 1)
            return total
        """,
        id="of two computed values the order of comparing may matter",
    ),
    pytest.param(
        """
        def f(xs):
            return [max(x) + max(x, 1, 2) + max(x, 1, 2, 3) for x in xs]
        """,
        id="one argument, three within an expression, or four",
    ),
    pytest.param(
        """
        def f(rows, n):
            return [x for row in rows for x in range(max(n, row - 1))]
        """,
        id="what a comprehension goes through can bind nothing",
    ),
    pytest.param(
        """
        def f(xs):
            return [min(x, key=abs, default=0) for x in xs]
        """,
        id="keywords",
    ),
    pytest.param(
        """
        def f(xs, low):
            return sorted(xs, key=lambda x: max(x, low))
        """,
        id="in a function of its own",
    ),
    pytest.param(
        """
        def f(xs):
            total = 0
            for x in xs:
                total += max(y, z)
                y = x
                z = x
            return total
        """,
        id="two variables without a value",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs, ys, k):
            for i in range(1, len(xs)):
                # the least
                xs[i] = 1 + min(xs[i - 1], ys[i], k)  # and one
                ys[i] = k * max(xs[i], ys[i])
            return xs, ys
        """,
        """
        def f(xs, ys, k):
            for i in range(1, len(xs)):
                # the least
                first = xs[i - 1]
                second = ys[i]
                if second < first:
                    first = second
                if k < first:
                    first = k
                xs[i] = 1 + first  # and one
                value = xs[i]
                other = ys[i]
                ys[i] = k * (other if other > value else value)
            return xs, ys
        """,
        [
            "f([3, 1, 2], [4, 5, 6], 3)",
            "f([3, 1, 2], [4, 5], 3)",
            "f([3, 1, 2], [4, 5, 6], None)",
            "f([3.5, True, float('nan')], [4, 1.0, 6], 3)",
            "f([], [], 0)",
        ],
        id="three values, beside a constant",
    ),
    pytest.param(
        """
        def f(xs, low):
            total = 0
            for x in xs:
                total += max(x, low) * min(x, -1)
            return total
        """,
        """
        def f(xs, low):
            total = 0
            for x in xs:
                total += (low if low > x else x) * (-1 if -1 < x else x)
            return total
        """,
        [
            "f([3, -1, 5], 4)",
            "f([], 4)",
            "f([True, 1.0, False], 1)",
            "f([1.0, float('nan')], 0)",
            "f([1], float('nan'))",
            "f([1, None], 0)",
            "f(['a'], 'b')",
        ],
        id="names and constants",
    ),
    pytest.param(
        """
        def f(xs, low):
            top = [max(0, x - low) for x in xs]
            return top, [min(x - low, 9) for x in xs]
        """,
        """
        def f(xs, low):
            top = [(first if (first := x - low) > 0 else 0) for x in xs]
            return top, [(9 if 9 < (value := x - low) else value) for x in xs]
        """,
        [
            "f([3, -1, 5, 99], 1)",
            "f([], 1)",
            "f([1, ''], 0)",
            "f([0, False, 9.0], 0)",
        ],
        id="in a comprehension",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys):
            best = [0] * len(xs)
            for i in range(1, len(xs)):
                best[i] = max(best[i - 1], ys[i] + xs[i])
                best[i] -= min(xs[i], i * 2) + 3
            return best
        """,
        """
        def f(xs: list[int], ys):
            best = [0] * len(xs)
            for i in range(1, len(xs)):
                first = best[i - 1]
                second = ys[i] + xs[i]
                best[i] = second if second > first else first
                best[i] -= (other if (value := xs[i]) > (other := i * 2) else value) + 3
            return best
        """,
        [
            "f([3, 1, 2], [4, 5, 6])",
            "f([1, 2], [3])",
            "f([1, 2], [3, None])",
            "f([], [])",
        ],
        id="computed values, in order",
    ),
    pytest.param(
        """
        def f(n, step):
            if n < 2:
                return step
            return max(f(n - 1, step), f(n - 2, step + 1))
        """,
        """
        def f(n, step):
            if n < 2:
                return step
            first = f(n - 1, step)
            second = f(n - 2, step + 1)
            return second if second > first else first
        """,
        [
            "f(8, 1)",
            "f(3, None)",
            "f(5, 0.5)",
        ],
        id="a function without loops runs often or does not matter",
    ),
    pytest.param(
        """
        def f(rows, n, low):
            total = 0
            for i in rows:
                while total < max(n, i):
                    total += (min(low, i)
                        + 1)
            return total
        """,
        """
        def f(rows, n, low):
            total = 0
            for i in rows:
                while total < (i if i > n else n):
                    total += ((i if i < low else low)
                        + 1)
            return total
        """,
        [
            "f([3, 1, 9], 2, 4)",
            "f([], 2, 1)",
            "f(['a'], 2, 1)",
        ],
        id="in the test of a loop",
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

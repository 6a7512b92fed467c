"""slice-sum: sums of slices in a loop use running sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "slice-sum"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]) -> list[float]:
            out = []
            for i in range(len(xs)):
                out.append(sum(xs[:i]))
            return out
        """,
        id="floats are rounded in another way",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for i in range(len(xs)):
                out.append(sum(xs[:i]))
                xs[i] = 0
            return out
        """,
        id="the list changes in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> list[int]:
            out = []
            for i in range(len(xs)):
                out.append(i + sum(xs[:k]))
            return out
        """,
        id="the slice stays the same",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for i in range(len(xs)):
                out.append(sum(xs[:i], 5))
            return out
        """,
        id="a start value",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for i in range(len(xs)):
                out.append(sum(xs[i::2]))
            return out
        """,
        id="every second item",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            return sum(xs[:k])
        """,
        id="no loop",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], size: int) -> list[int]:
            out = []
            for i in range(len(xs) - size + 1):
                out.append(sum(xs[i : i + size]))
            return out
        """,
        """
        from itertools import accumulate
        def f(xs: list[int], size: int) -> list[int]:
            out = []
            xs_sums: list[int] = list(accumulate(xs, initial=0))
            for i in range(len(xs) - size + 1):
                out.append((xs_sums[i + size] - xs_sums[i] if 0 <= i <= i + size < len(xs_sums) else sum(xs[i : i + size])))
            return out
        """,
        [
            "f([1, 2, 3, 4], 2)",
            "f([1, 2, 3, 4], 0)",
            "f([1, 2, 3, 4], -1)",
            "f([1, 2, 3, 4], -3)",
            "f([], 1)",
            "f([True, True], 1)",
            "f([True, True], 2)",
        ],
        id="windows of any size",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            for i in range(len(xs)):
                if sum(xs[:i]) == sum(xs[i + 1:]):
                    return i
            return -1
        """,
        """
        from itertools import accumulate
        def f(xs: list[int]) -> int:
            xs_sums: list[int] = list(accumulate(xs, initial=0))
            for i in range(len(xs)):
                if xs_sums[i] == (xs_sums[-1] - xs_sums[i + 1]):
                    return i
            return -1
        """,
        [
            "f([1, 7, 3, 6, 5, 6])",
            "f([2, 1, -1])",
            "f([])",
            "f([0])",
            "f([1, 2, 3])",
        ],
        id="what comes before and after",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for i in range(len(xs)):
                for j in range(i, len(xs) + 2):
                    out.append(sum(xs[i:j]))
            return out
        """,
        """
        from itertools import accumulate
        def f(xs: list[int]) -> list[int]:
            out = []
            xs_sums: list[int] = list(accumulate(xs, initial=0))
            for i in range(len(xs)):
                for j in range(i, len(xs) + 2):
                    out.append((xs_sums[j] - xs_sums[i] if 0 <= i <= j < len(xs_sums) else sum(xs[i:j])))
            return out
        """,
        [
            "f([1, 2, 3])",
            "f([])",
            "f([True])",
        ],
        id="all slices",
    ),
    pytest.param(
        """
        def f(xs: tuple[int, ...], size: int) -> list[int]:
            out = []
            for i in range(len(xs)):
                out.append(sum(xs[i : i + size]))
            return out
        """,
        """
        from itertools import accumulate
        def f(xs: tuple[int, ...], size: int) -> list[int]:
            out = []
            xs_sums: list[int] = list(accumulate(xs, initial=0))
            for i in range(len(xs)):
                out.append((xs_sums[i + size] - xs_sums[i] if 0 <= i <= i + size < len(xs_sums) else sum(xs[i : i + size])))
            return out
        """,
        [
            "f((1, 2, 3, 4), 2)",
            "f((), 1)",
        ],
        id="a tuple that nobody can change",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            return [sum(xs[:i]) for i in range(len(xs))]
        """,
        """
        from itertools import accumulate
        def f(xs: list[int]) -> list[int]:
            xs_sums: list[int] = list(accumulate(xs, initial=0))
            return [(xs_sums[i] if 0 <= i < len(xs_sums) else sum(xs[:i])) for i in range(len(xs))]
        """,
        [
            "f([1, 2, 3, 4])",
            "f([])",
        ],
        id="in a comprehension",
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

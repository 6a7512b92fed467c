"""generator-list: a generator that a call uses up becomes a list comprehension."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "generator-list"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int], g) -> tuple:
            return tuple(g(x) for x in xs)
        """,
        id="an unknown function may stop a generator",
    ),
    pytest.param(
        """
        def g(x: int) -> int:
            return next(y for y in [1, 2, 3] if y > x)

        def f(xs: list[int]) -> tuple:
            return tuple(g(x) for x in xs), tuple(next(y for y in [1, 2] if y > x) for x in xs)
        """,
        id="a function of the module may stop a generator",
    ),
    pytest.param(
        """
        def f(xs: list) -> object:
            return max(x for x in xs)
        """,
        id="comparing the items may run any code",
    ),
    pytest.param(
        """
        def f(xs: list[float]) -> float:
            return sum(x * 2 for x in xs)
        """,
        id="adding floats may fail before the next one is made",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> object:
            return (x for x in xs), any(x for x in xs)
        """,
        id="the items are not taken at once",
    ),
    pytest.param(
        """
        def f(xs: list[int], it: list[int]) -> int:
            return max((x * it[0] for x in xs), default=it.pop())
        """,
        id="the default is computed before the items",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> tuple:
            return tuple(last := x for x in xs), last
        """,
        id="a variable is bound on the way",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list) -> tuple:
            return tuple(x + x for x in xs if x)
        """,
        """
        def f(xs: list) -> tuple:
            return tuple([x + x for x in xs if x])
        """,
        [
            "f([])",
            "f([1, 'a', 0])",
            "f([1, None, {}, {1: 2}])",
        ],
        id="a tuple of anything",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return max(x % 7 for x in xs)
        """,
        """
        def f(xs: list[int]) -> int:
            return max([x % 7 for x in xs])
        """,
        [
            "f([])",
            "f([1, 13, 8])",
        ],
        id="the greatest number",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> str:
            return min((w.lower() for w in words), default="")
        """,
        """
        def f(words: list[str]) -> str:
            return min([w.lower() for w in words], default="")
        """,
        [
            "f([])",
            "f(['b', 'A'])",
        ],
        id="the least text with a default",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs: list[int]) -> Counter:
            return Counter(x % 3 for x in xs)
        """,
        """
        def f(xs: list[int]) -> Counter:
            return Counter([x % 3 for x in xs])
        """,
        [
            "f([])",
            "f([3, 1, 4, 1, 5])",
        ],
        id="counts",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            seen: list[int] = []
            seen.extend(list(x for x in xs if not seen.append(x)))
            return seen
        """,
        """
        def f(xs: list[int]) -> list[int]:
            seen: list[int] = []
            seen.extend([x for x in xs if not seen.append(x)])
            return seen
        """,
        [
            "f([])",
            "f([1, 2])",
        ],
        id="a list with an effect of its own",
    ),
    pytest.param(
        """
        def g(x: int) -> int:
            return x * x

        def f(xs: list[int]) -> tuple:
            return tuple(g(x) for x in xs)
        """,
        """
        def f(xs: list[int]) -> tuple:
            return tuple([g(x) for x in xs])
        """,
        [
            "f([])",
            "f([1, 2])",
        ],
        id="a function of the module that only computes",
    ),
    pytest.param(
        """
        def f(xs: list) -> str:
            return ",".join(str(x) for x in sorted(x[0] for x in xs))
        """,
        """
        def f(xs: list) -> str:
            return ",".join([str(x) for x in sorted([x[0] for x in xs])])
        """,
        [
            "f([])",
            "f([[2], [1]])",
            "f([[2], ['a']])",
            "f([[2], []])",
        ],
        id="joined and sorted",
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

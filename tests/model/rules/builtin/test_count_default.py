"""count-default: counting into a defaultdict or Counter in a loop becomes a call of Counter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "count-default"

NOOP = [
    pytest.param(
        """
        from collections import defaultdict

        def f(xs: list) -> dict:
            d = defaultdict(int)
            for x in xs:
                d[x] += 1
            return d
        """,
        id="the keys may be anything",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs: list[int]) -> dict:
            d = Counter()
            for x in xs:
                d[x] += x
            return d
        """,
        id="something else is added",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs: list[int], ys: list[int]) -> dict:
            d = Counter(ys)
            for x in xs:
                d[x] += 1
            return d
        """,
        id="there are counts already",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs: list[int]) -> dict:
            d = Counter()
            for x in xs:
                if x not in d:
                    d[x] += 1
            return d
        """,
        id="the loop asks the counts",
    ),
    pytest.param(
        """
        from collections import defaultdict

        def f(xs: list[int]) -> dict:
            d = defaultdict(lambda: 1)
            for x in xs:
                d[x] += 1
            return d
        """,
        id="another default",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs: list[int]) -> dict:
            d = Counter()
            try:
                for x in xs:
                    d[10 // x] += 1
            except ZeroDivisionError:
                pass
            return d
        """,
        id="half of the counts would be seen",
    ),
]

REWRITES = [
    pytest.param(
        """
        from collections import defaultdict

        def f(xs: list[int]) -> dict:
            d = defaultdict(int)
            for x in xs:
                d[x] += 1
            return d
        """,
        """
        from collections import Counter
        def f(xs: list[int]) -> dict:
            d = defaultdict(int, Counter(xs))
            return d
        """,
        [
            "f([])",
            "f([3, 1, 3, True])",
            "f([1])[5]",
        ],
        id="a defaultdict",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(text: str) -> Counter:
            d = Counter()
            for c in text:
                d[c] += 1
            return d
        """,
        """
        def f(text: str) -> Counter:
            d = Counter(text)
            return d
        """,
        [
            "f('')",
            "f('banana')",
        ],
        id="a Counter of a text",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs: list[int]) -> Counter:
            d: Counter = Counter()
            for x in xs:
                if x > 1:
                    d[x % 3] += 1
            return d
        """,
        """
        def f(xs: list[int]) -> Counter:
            d: Counter = Counter([x % 3 for x in xs if x > 1])
            return d
        """,
        [
            "f([])",
            "f([5, 1, 4, 2])",
        ],
        id="keys that are computed, under a condition",
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

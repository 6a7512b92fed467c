"""count-dict: counting into a dict by hand becomes a Counter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "count-dict"

NOOP = [
    pytest.param(
        """
        def f(xs):
            counts = {}
            for x in xs:
                counts[x] = counts.get(x, 0) + 1
            return counts
        """,
        id="the items may be unhashable",
    ),
    pytest.param(
        """
        def f(xs: list[str]):
            counts = {"a": 1}
            for x in xs:
                counts[x] = counts.get(x, 0) + 1
            return counts
        """,
        id="the dict is not empty at first",
    ),
    pytest.param(
        """
        def f(xs: list[str]):
            counts = {}
            for x in xs:
                counts[x] = counts.get(x, 0) + 2
            return counts
        """,
        id="it counts by two",
    ),
    pytest.param(
        """
        def f(xs: list[str], y: str):
            counts = {}
            for x in xs:
                counts[x] = counts.get(y, 0) + 1
            return counts
        """,
        id="it stores under another key",
    ),
    pytest.param(
        """
        def f(xs: list[str]):
            counts = {}
            try:
                for x in xs:
                    counts[x] = counts.get(x, 0) + 1
            finally:
                print(counts)
            return counts
        """,
        id="a half-made count would be seen",
    ),
    pytest.param(
        """
        from collections import Counter
        def f(xs: list[str]):
            counts = Counter()
            for x in xs:
                counts[x] = counts.get(x, 0) + 1
            return counts
        """,
        id="it is a Counter already",
    ),
    pytest.param(
        """
        def f(xs: list[float]) -> dict[float, int]:
            d = {}
            for x in xs:
                if x * 1.0 not in d:
                    d[x * 1.0] = 0
                d[x * 1.0] += 1
            return d
        """,
        id="a key that is computed twice and may be nan",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(words: list[str]) -> dict[str, int]:
            counts: dict[str, int] = {}
            for word in words:
                if word in counts:
                    counts[word] += 1
                else:
                    counts[word] = 1
            return counts
        """,
        """
        from collections import Counter
        def f(words: list[str]) -> dict[str, int]:
            counts: dict[str, int] = dict(Counter(words))
            return counts
        """,
        [
            "f(['b', 'a', 'b'])",
            "f([])",
            "f([1, True])",
        ],
        id="if and else, in the order of the first of each",
    ),
    pytest.param(
        """
        import collections

        def f(text: str):
            counts = {}
            for c in text:
                counts[c] = counts.get(c, 0) + 1
            return counts
        """,
        """
        def f(text: str):
            counts = dict(collections.Counter(text))
            return counts
        """,
        [
            "f('abca')",
            "f('')",
        ],
        id="get, over the letters of a text",
    ),
    pytest.param(
        """
        def f(sizes: dict[str, int]):
            counts = dict()
            for name in sizes:
                if name.lower() not in counts:
                    counts[name.lower()] = 0
                counts[name.lower()] += 1
            return counts
        """,
        """
        from collections import Counter
        def f(sizes: dict[str, int]):
            counts = dict(Counter([name.lower() for name in sizes]))
            return counts
        """,
        [
            "f({'A': 5, 'a': 3, 'b': 1})",
        ],
        id="a field of each item, from another dict's keys",
    ),
    pytest.param(
        """
        def f(sizes: dict[str, int]):
            counts = {}
            for name in sizes:
                counts[name] = counts.get(name, 0) + 1
            return counts
        """,
        """
        from collections import Counter
        def f(sizes: dict[str, int]):
            counts = dict(Counter([name for name in sizes]))
            return counts
        """,
        [
            "f({'a': 5})",
        ],
        id="a mapping's keys, not its values",
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

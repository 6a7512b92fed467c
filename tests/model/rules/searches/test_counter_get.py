"""counter-get: counts that may be missing are read by get()."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "counter-get"

NOOP = [
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, counts):
            return [counts[x] for x in xs]
        """,
        id="a given mapping may be of any class",
    ),
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, ys):
            counts = defaultdict(int)
            return [counts[x] for x in xs], len(counts)
        """,
        id="a defaultdict keeps what it is asked for",
    ),
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, ys):
            counts = Counter(xs)
            if not counts:
                counts = [0]
            return [counts[y] for y in ys]
        """,
        id="it may be a list in the end",
    ),
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, ys):
            counts = Counter(xs)
            return counts[3]
        """,
        id="nothing is read in a loop",
    ),
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, ys):
            counts = Counter()
            for x in xs:
                counts[x] += 1
            return counts
        """,
        id="counts are only added to",
    ),
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, ys):
            counts = Counter(xs)
            for y in ys:
                del counts[y]
            return counts
        """,
        id="a count that is deleted",
    ),
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, ys):
            counts = Counter(xs)
            return [counts[x] for x in xs] + [counts[k] for k in sorted(counts)] + [
                counts[k] for k, _ in counts.items()
            ]
        """,
        id="no key can be missing",
    ),
    pytest.param(
        """
        class Counter(dict):
            def __missing__(self, key):
                return 7

        def f(xs, ys):
            counts = Counter(xs)
            return [counts[y] for y in ys]
        """,
        id="another class of that name",
    ),
]

REWRITES = [
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, ys):
            counts = Counter(xs)
            total = 0
            for y in ys:
                total += counts[y] * counts[y, 1]
            return total, counts
        """,
        """
        def f(xs, ys):
            counts = Counter(xs)
            total = 0
            for y in ys:
                total += counts.get(y, 0) * counts.get((y, 1), 0)
            return total, counts
        """,
        [
            "f([1, 2, 1], [1, 3])",
            "f([(1, 1), 1], [1])",
            "f([], [[]])",
            "f([[]], [])",
            "f('', '')",
        ],
        id="any keys",
    ),
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, ys):
            counts = Counter(xs)

            def known(y):
                return counts[counts[y]]

            return sum(map(known, ys)), [k for k in counts if counts[k, 1] > 1]
        """,
        """
        def f(xs, ys):
            counts = Counter(xs)

            def known(y):
                return counts.get(counts.get(y, 0), 0)

            return sum(map(known, ys)), [k for k in counts if counts.get((k, 1), 0) > 1]
        """,
        [
            "f([1, 2, 1, 0], [1, 2, 3])",
            "f([], [])",
        ],
        id="a read inside a read, and in a function inside",
    ),
    pytest.param(
        """
        from collections import Counter, defaultdict

        def f(xs, ys):
            counts = Counter()
            best = 0
            for x in xs:
                counts[x] += 1 + counts[x - 1]
                if best < counts[x]:
                    best = counts[x]
            return best, counts
        """,
        """
        def f(xs, ys):
            counts = Counter()
            best = 0
            for x in xs:
                counts[x] += 1 + counts.get(x - 1, 0)
                if best < counts.get(x, 0):
                    best = counts.get(x, 0)
            return best, counts
        """,
        [
            "f([1, 2, 1, 0, 3, 2], 0)",
            "f([], 0)",
            "f(['a'], 0)",
        ],
        id="counts that are added to while they are read",
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

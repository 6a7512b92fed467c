"""counter-table: an empty Counter that is only a table becomes a defaultdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "counter-table"

NOOP = [
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()
            for x in xs:
                counts[x] += 1
            return counts
        """,
        id="a caller may use it as a Counter",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter("ab")
            for x in xs:
                counts[x] += 1
            return len(counts)
        """,
        id="it starts with items",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()
            for x in xs:
                counts[x] += 1
            return counts.most_common(1)
        """,
        id="a method of Counter",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()
            for x in xs:
                counts[x] += 1
            return counts == {}
        """,
        id="Counters compare in another way",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()
            for x in xs:
                del counts[x]
                counts[x] += 1
            return len(counts)
        """,
        id="a missing count may be deleted",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()
            for x in xs:
                counts[x] += len(counts)
            return sorted(counts.values())
        """,
        id="a value that reads the size",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()
            for x in xs:
                try:
                    counts[x] += x
                except TypeError:
                    pass
            return len(counts)
        """,
        id="a value that may fail after the key is there",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()
            kept = [counts]
            for x in xs:
                counts[x] += 1
            return kept
        """,
        id="others may hold it",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()

            def known():
                return counts

            for x in xs:
                counts[x] += 1
            return known()
        """,
        id="a function inside uses it",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()
            return [x in counts for x in xs]
        """,
        id="nothing is stored",
    ),
]

REWRITES = [
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            # how often
            counts = Counter()
            pairs = 0
            for x in xs:
                pairs += counts[x]
                counts[x] += 1
            return pairs, len(counts), sorted(counts.items(), key=str)
        """,
        """
        from collections import defaultdict
        def f(xs):
            # how often
            counts = defaultdict(int)
            pairs = 0
            for x in xs:
                pairs += counts.get(x, 0)
                counts[x] += 1
            return pairs, len(counts), sorted(counts.items(), key=str)
        """,
        [
            "f([1, 2, 1, 1])",
            "f([])",
            "f('abca')",
            "f([[]])",
        ],
        id="pairs so far",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs):
            counts = Counter()
            best = 0
            left = 0
            for right, x in enumerate(xs):
                counts[x] += 1
                while counts[x] > 1 or len(counts) > 3:
                    counts[xs[left]] -= 1
                    if counts[xs[left]] == 0:
                        counts[xs[left]] = 5
                        counts[xs[left]] = 0
                    left += 1
                    if left > right:
                        break
                best = max(best, right - left)
            return best, max(counts.values(), default=None), 7 in counts, counts.get(7, None), [k for k in counts]
        """,
        """
        from collections import defaultdict
        def f(xs):
            counts = defaultdict(int)
            best = 0
            left = 0
            for right, x in enumerate(xs):
                counts[x] += 1
                while counts.get(x, 0) > 1 or len(counts) > 3:
                    counts[xs[left]] -= 1
                    if counts.get(xs[left], 0) == 0:
                        counts[xs[left]] = 5
                        counts[xs[left]] = 0
                    left += 1
                    if left > right:
                        break
                best = max(best, right - left)
            return best, max(counts.values(), default=None), 7 in counts, counts.get(7, None), [k for k in counts]
        """,
        [
            "f([1, 2, 1, 3, 4, 4, 2])",
            "f([])",
            "f('abcabcbb')",
        ],
        id="a table that is emptied and asked",
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

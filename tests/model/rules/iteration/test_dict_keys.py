"""dict-keys: membership in, and loops over, d.keys() use the dict."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "dict-keys"

NOOP = [
    pytest.param(
        """
        def f(d, k):
            return k in d.keys()
        """,
        id="it may be another kind of mapping",
    ),
    pytest.param(
        """
        def f(d: dict[str, int], e: dict[str, int]):
            return d.keys() & e.keys()
        """,
        id="the keys are compared as a set",
    ),
    pytest.param(
        """
        def f(d: dict[str, int]):
            keys = d.keys()
            d["x"] = 1
            return keys
        """,
        id="the view is kept",
    ),
    pytest.param(
        """
        def f(d: dict[str, int], k):
            return k in d.keys(1)
        """,
        id="keys takes an argument",
    ),
    pytest.param(
        """
        def f(d: dict[str, int]):
            return max(d.keys(), [])
        """,
        id="the keys are one of two values",
    ),
    pytest.param(
        """
        def f(d: dict[int, int]) -> set[int]:
            return set(d.keys())
        """,
        id="the order of a set of keys",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(d: dict[str, int], k: str):
            out = [key for key in d.keys() if key != k]
            for key in d.keys():
                out.append(key)
            return k in d.keys(), k not in (d.keys()), sorted(d.keys(), key=len), out
        """,
        """
        def f(d: dict[str, int], k: str):
            out = [key for key in d if key != k]
            for key in d:
                out.append(key)
            return k in d, k not in (d), sorted(d, key=len), out
        """,
        [
            "f({'bb': 1, 'a': 2}, 'a')",
            "f({}, [])",
        ],
        id="membership, a loop and a call",
    ),
    pytest.param(
        """
        def f(xs):
            counts = {}
            for x in xs:
                if x not in counts.keys():
                    counts[x] = 0
                counts[x] += 1
            return counts
        """,
        """
        def f(xs):
            counts = {}
            for x in xs:
                if x not in counts:
                    counts[x] = 0
                counts[x] += 1
            return counts
        """,
        [
            "f('abca')",
            "f([[]])",
        ],
        id="a dict made here",
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

"""dict-items: looking up each key of a dict in a loop becomes items()."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "dict-items"

NOOP = [
    pytest.param(
        """
        def f(d: dict[str, int]):
            for k in d:
                d[k] += 1
            return d
        """,
        id="the value changes in the loop",
    ),
    pytest.param(
        """
        def f(d: dict[str, int], note):
            for k in d:
                note(k)
                note(d[k])
        """,
        id="unknown code may change the dict",
    ),
    pytest.param(
        """
        def f(d: dict[str, str]):
            out = []
            for k in d:
                k = k.lower()
                out.append(d[k])
            return out
        """,
        id="the key is bound again",
    ),
    pytest.param(
        """
        def f(d):
            return [d[k] for k in d]
        """,
        id="it may be another kind of mapping",
    ),
    pytest.param(
        """
        def f(d: dict[str, int]):
            n = 0
            for k in d:
                n += d[k]
            return n, k
        """,
        id="the key is read later",
    ),
    pytest.param(
        """
        def f(d: dict[str, int], e: dict[str, int]):
            return [e[k] for k in d]
        """,
        id="another dict is looked up",
    ),
    pytest.param(
        """
        def f(d: dict[str, int]):
            return [lambda: d[k] for k in d]
        """,
        id="a lambda looks up later",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(prices: dict[str, int]) -> list[str]:
            out = []
            for name in prices:
                if prices[name] > 3:
                    out.append(f"{name}: {prices[name]}")
            return out
        """,
        """
        def f(prices: dict[str, int]) -> list[str]:
            out = []
            for name, value in prices.items():
                if value > 3:
                    out.append(f"{name}: {value}")
            return out
        """,
        [
            "f({'a': 1, 'b': 5})",
            "f({})",
        ],
        id="key and value",
    ),
    pytest.param(
        """
        def f(d: dict[str, int]) -> int:
            return sum([d[k] * 2 for k in d if d[k]])
        """,
        """
        def f(d: dict[str, int]) -> int:
            return sum([value * 2 for value in d.values() if value])
        """,
        [
            "f({'a': 1, 'b': 0})",
        ],
        id="only values, in a comprehension",
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

"""dict-comprehension: item assignment in a loop becomes a dict comprehension."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "dict-comprehension"

NOOP = [
    pytest.param(
        """
        def f(xs, key, value):
            out = {}
            for x in xs:
                out[key(x)] = value(x)
            return out
        """,
        id="the value is computed before the key, and both may do anything",
    ),
    pytest.param(
        """
        def f(xs):
            out = {}
            for x in xs:
                out[x] = len(out)
            return out
        """,
        id="the dict is read in the loop",
    ),
    pytest.param(
        """
        def f(pairs):
            out = {}
            for k, v in pairs:
                out[k] = v
            return out, k
        """,
        id="the loop variable is read later",
    ),
    pytest.param(
        """
        def f(pairs, out):
            for k, v in pairs:
                out[k] = v
        """,
        id="the dict is a parameter",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out[x:] = [x]
            return out
        """,
        id="a slice is stored",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(pairs, make):
            out = {}
            for key, value in pairs:
                out[key] = make(value)
            return out
        """,
        """
        def f(pairs, make):
            out = {key: make(value) for key, value in pairs}
            return out
        """,
        [
            "f([(1, 2), (1, 3), ('a', 0)], str)",
            "f([([], 1)], str)",
            "f([1], str)",
        ],
        id="keys that are variables",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> dict[str, int]:
            sizes: dict[str, int] = {}
            for word in words:
                if word:
                    sizes[word.lower()] = len(word)
            return sizes
        """,
        """
        def f(words: list[str]) -> dict[str, int]:
            sizes: dict[str, int] = {word.lower(): len(word) for word in words if word}
            return sizes
        """,
        [
            "f(['A', 'bb', 'a', ''])",
        ],
        id="computed keys of known types",
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

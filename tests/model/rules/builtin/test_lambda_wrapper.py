"""lambda-wrapper: a lambda that only calls a function becomes the function."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "lambda-wrapper"

NOOP = [
    pytest.param(
        """
        def f(words: list[str]) -> list[str]:
            return sorted(words, key=lambda w: -len(w))
        """,
        id="more is done than calling",
    ),
    pytest.param(
        """
        def f(words: list[str], g) -> list[str]:
            return sorted(words, key=lambda w: g(w))
        """,
        id="the function may be bound anew",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> list[str]:
            return sorted(words, key=lambda w: int(w, 2))
        """,
        id="another argument",
    ),
    pytest.param(
        """
        def f(words: list[str], d) -> list[str]:
            return sorted(words, key=lambda w: d[w])
        """,
        id="the mapping may be anything",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> object:
            return lambda w: len(w)
        """,
        id="the lambda is kept",
    ),
    pytest.param(
        """
        def f(words: list) -> list:
            return sorted(words, key=lambda w: w.lower())
        """,
        id="the words may be no str",
    ),
    pytest.param(
        """
        def g(x):
            return x

        def f(words: list[str]) -> list[str]:
            return sorted(words, key=lambda w: g(w))

        def g(x):
            return -x
        """,
        id="the function is redefined",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(words: list) -> list:
            return sorted(words, key=lambda w: len(w), reverse=True)
        """,
        """
        def f(words: list) -> list:
            return sorted(words, key=len, reverse=True)
        """,
        [
            "f([])",
            "f(['a', 'bc', 'd'])",
            "f([1])",
        ],
        id="a builtin",
    ),
    pytest.param(
        """
        def g(x):
            return x % 3

        def f(xs: list[int]) -> list[int]:
            xs.sort(key=lambda x: g(x))
            return list(map(lambda x: g(x), xs))
        """,
        """
        def f(xs: list[int]) -> list[int]:
            xs.sort(key=g)
            return list(map(g, xs))
        """,
        [
            "f([])",
            "f([4, 2, 3])",
        ],
        id="a function of the module",
    ),
    pytest.param(
        """
        def f(d: dict[str, int]) -> str:
            return max(d, key=lambda k: d[k])
        """,
        """
        def f(d: dict[str, int]) -> str:
            return max(d, key=d.__getitem__)
        """,
        [
            "f({})",
            "f({'a': 1, 'b': 2, 'c': 2})",
        ],
        id="a look-up",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> list[str]:
            return sorted(words, key=lambda w: w.lower())
        """,
        """
        def f(words: list[str]) -> list[str]:
            return sorted(words, key=str.lower)
        """,
        [
            "f([])",
            "f(['b', 'A', 'a'])",
        ],
        id="a method of str",
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

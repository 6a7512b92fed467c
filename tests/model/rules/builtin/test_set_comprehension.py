"""set-comprehension: add in a loop becomes a set comprehension."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "set-comprehension"

NOOP = [
    pytest.param(
        """
        def f(xs):
            out = {0}
            for x in xs:
                out.add(x)
            return out
        """,
        id="the set is not empty at first",
    ),
    pytest.param(
        """
        def f(xs, set):
            out = set()
            for x in xs:
                out.add(x + 1)
            return out
        """,
        id="set means something else",
    ),
    pytest.param(
        """
        def f(xs):
            out = set()
            try:
                for x in xs:
                    out.add(x)
            except TypeError:
                return out
        """,
        id="a half-filled set would be seen",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[str]) -> set[str]:
            out = set()
            for x in xs:
                if x:
                    out.add(x.lower())
            return out
        """,
        """
        def f(xs: list[str]) -> set[str]:
            out = {x.lower() for x in xs if x}
            return out
        """,
        [
            "sorted(f(['A', 'a', '', 'b']))",
            "f([])",
        ],
        id="with a condition",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> set[str]:
            out: set[str] = set()
            for x in xs:
                out.add(x)
            return out
        """,
        """
        def f(xs: list[str]) -> set[str]:
            out: set[str] = set(xs)
            return out
        """,
        [
            "sorted(f(['a', 'b', 'a']))",
            "f([[]])",
        ],
        id="a plain copy",
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

"""affix-tuple: chained startswith or endswith become one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "affix-tuple"

NOOP = [
    pytest.param(
        """
        def f(s) -> bool:
            return s.startswith("a") or s.startswith("b")
        """,
        id="the receiver may be no str",
    ),
    pytest.param(
        """
        def f(s: str, t: str) -> bool:
            return s.startswith("a") or t.startswith("b")
        """,
        id="two different strings",
    ),
    pytest.param(
        """
        def f(s: str) -> bool:
            return s.startswith("a") or s.endswith("b")
        """,
        id="start and end",
    ),
    pytest.param(
        """
        def f(s: str) -> bool:
            return s.startswith("a") and s.startswith("b")
        """,
        id="both must hold",
    ),
    pytest.param(
        """
        def f(s: str, make) -> bool:
            return s.startswith("a") or s.startswith(make())
        """,
        id="the second prefix is computed by unknown code",
    ),
    pytest.param(
        """
        def f(s: str) -> bool:
            return s.startswith("a", 1) or s.startswith("b", 1)
        """,
        id="a place to start from",
    ),
    pytest.param(
        """
        def f(s: str, t: tuple[str, ...]) -> bool:
            return s.startswith(t) or s.startswith("b")
        """,
        id="the prefix may be a tuple already",
    ),
    pytest.param(
        """
        def f(s: str, known: bool) -> bool:
            if known:
                other = "x"
            return s.startswith("a") or s.startswith(other)
        """,
        id="the second prefix may have no value",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(s: str, end: str) -> bool:
            if (s.endswith("a") or s.endswith("b") or s.endswith(end) or not s):
                return True
            return False
        """,
        """
        def f(s: str, end: str) -> bool:
            if (s.endswith(("a", "b", end)) or not s):
                return True
            return False
        """,
        [
            "f('xb', 'c')",
            "f('xc', 'c')",
            "f('', 'c')",
            "f('x', 'c')",
        ],
        id="three in a row, with something else after",
    ),
    pytest.param(
        """
        def f(lines: list[str]) -> list[str]:
            return [s for s in lines if not s.startswith("#") and not s.startswith("//") and s]
        """,
        """
        def f(lines: list[str]) -> list[str]:
            return [s for s in lines if not s.startswith(("#", "//")) and s]
        """,
        [
            "f(['# a', '//', 'b', ''])",
        ],
        id="none of two",
    ),
    pytest.param(
        """
        def f(s: str) -> bool:
            return(s.startswith("a") or s.startswith("b"))
        """,
        """
        def f(s: str) -> bool:
            return(s.startswith(("a", "b")))
        """,
        [
            "f('b')",
        ],
        id="without a space after return",
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

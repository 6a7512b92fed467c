"""reversed-slice: reversing by hand becomes a slice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "reversed-slice"

NOOP = [
    pytest.param(
        """
        def f(words: list[str]) -> str:
            return "".join(reversed(words))
        """,
        id="texts are joined",
    ),
    pytest.param(
        """
        def f(xs) -> list:
            return list(reversed(xs))
        """,
        id="a sequence that may slice to something else",
    ),
    pytest.param(
        """
        def f(xs: tuple[int, ...]) -> list:
            return list(reversed(xs))
        """,
        id="a list from a tuple",
    ),
    pytest.param(
        """
        def f(xs: list) -> str:
            out = ""
            for x in xs:
                out = x + out
            return out
        """,
        id="the pieces may be no text",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            out = ""
            for c in text:
                if c not in out:
                    out = c + out
            return out
        """,
        id="the loop reads the text",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return "-".join(reversed(text))
        """,
        id="something stands between",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(text: str) -> str:
            return "".join(reversed(text)) + "".join(text[::-1])
        """,
        """
        def f(text: str) -> str:
            return text[::-1] + text[::-1]
        """,
        [
            "f('')",
            "f('abc')",
        ],
        id="joined",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: tuple[int, ...]) -> tuple:
            return list(reversed(xs)), tuple(reversed(ys))
        """,
        """
        def f(xs: list[int], ys: tuple[int, ...]) -> tuple:
            return xs[::-1], ys[::-1]
        """,
        [
            "f([], ())",
            "f([1, 2], (3, 4))",
        ],
        id="a list and a tuple",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            out = ""
            for c in text:
                out = c + out
            return out
        """,
        """
        def f(text: str) -> str:
            out = text[::-1]
            return out
        """,
        [
            "f('')",
            "f('abc')",
        ],
        id="put in front",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> str:
            out = ""
            for word in words:
                if word:
                    out = word + " " + out
            return out
        """,
        """
        def f(words: list[str]) -> str:
            out = "".join([word + " " for word in words if word][::-1])
            return out
        """,
        [
            "f([])",
            "f(['a', '', 'b'])",
        ],
        id="pieces put in front",
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

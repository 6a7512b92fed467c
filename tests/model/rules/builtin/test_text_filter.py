"""text-filter: dropping or changing characters one by one becomes replace or translate."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "text-filter"

NOOP = [
    pytest.param(
        """
        def f(words: list[str]) -> str:
            return "".join(w for w in words if w != "a")
        """,
        id="the text may be a list of texts",
    ),
    pytest.param(
        """
        def f(text: str, part: str) -> str:
            return "".join(c for c in text if c != part)
        """,
        id="what is dropped may be longer than a character",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return ",".join(c for c in text if c != "a")
        """,
        id="something stands between",
    ),
    pytest.param(
        """
        def f(text: str, dropped) -> str:
            return "".join(c for c in text if c not in dropped)
        """,
        id="what is dropped may be anything",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return "".join(c.upper() if c == "a" else c for c in text)
        """,
        id="what is put in depends on the character",
    ),
    pytest.param(
        """
        def f(text: str, words: list[str]) -> str:
            return "".join(c for c in text if c not in words[0])
        """,
        id="computing what is dropped may fail",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(text: str) -> str:
            return "".join([c for c in text if c != "a"])
        """,
        """
        def f(text: str) -> str:
            return text.replace("a", "")
        """,
        [
            "f('')",
            "f('banana')",
            "f('aa')",
        ],
        id="one character",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return "".join(c for c in text if c not in "aeiou")
        """,
        """
        def f(text: str) -> str:
            return text.translate(str.maketrans("", "", "aeiou"))
        """,
        [
            "f('')",
            "f('banana')",
            "f('ÄaÖ')",
        ],
        id="several characters",
    ),
    pytest.param(
        """
        def f(text: str, dropped: str) -> str:
            return "".join(c for c in text if c not in dropped)
        """,
        """
        def f(text: str, dropped: str) -> str:
            return text.translate(str.maketrans("", "", dropped))
        """,
        [
            "f('banana', '')",
            "f('banana', 'aab')",
        ],
        id="characters of a variable",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return "".join(c for c in text if c not in ["a", "b"])
        """,
        """
        def f(text: str) -> str:
            return text.translate(str.maketrans("", "", "ab"))
        """,
        [
            "f('')",
            "f('banana')",
        ],
        id="a list of characters",
    ),
    pytest.param(
        """
        def f(text: str, new: str) -> str:
            return "".join(new if c == " " else c for c in text)
        """,
        """
        def f(text: str, new: str) -> str:
            return text.replace(" ", new)
        """,
        [
            "f('', '-')",
            "f(' a b', '')",
            "f(' a b', '%20')",
        ],
        id="a character is changed",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return "".join(c if c not in "ab" else "*" for c in text)
        """,
        """
        def f(text: str) -> str:
            return text.translate(str.maketrans(dict.fromkeys("ab", "*")))
        """,
        [
            "f('')",
            "f('banana')",
        ],
        id="others are kept",
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

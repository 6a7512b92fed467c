"""char-count: counts of single characters are taken once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "char-count"

NOOP = [
    pytest.param(
        """
        def f(text: str, words: list[str]) -> int:
            total = 0
            for word in words:
                total += text.count(word)
            return total
        """,
        id="a word is no character",
    ),
    pytest.param(
        """
        def f(text: str, words: list[str]) -> int:
            total = 0
            for word in set(words):
                total += text.count(word)
            return total
        """,
        id="characters of a list of words",
    ),
    pytest.param(
        """
        def f(text: str) -> int:
            total = 0
            for letter in text:
                total += text.count(letter, 2)
            return total
        """,
        id="only a part is counted",
    ),
    pytest.param(
        """
        def f(text: str) -> int:
            total = 0
            for letter in text:
                total += text.count(letter)
                text += "x"
            return total
        """,
        id="the text changes in the loop",
    ),
    pytest.param(
        """
        def f(text: str) -> int:
            total = 0
            for letter in text:
                letter = letter + letter
                total += text.count(letter)
            return total
        """,
        id="the character is bound again",
    ),
    pytest.param(
        """
        def f(text):
            return [text.count(letter) for letter in text]
        """,
        id="untyped text",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(text: str) -> str:
            for letter in text:
                if text.count(letter) == 1:
                    return letter
            return ""
        """,
        """
        from collections import Counter
        def f(text: str) -> str:
            text_counts = Counter(text)
            for letter in text:
                if text_counts[letter] == 1:
                    return letter
            return ""
        """,
        [
            "f('swiss')",
            "f('aabb')",
            "f('')",
        ],
        id="the first that is alone",
    ),
    pytest.param(
        """
        def f(text: str, other: str) -> dict[str, int]:
            return {letter: text.count(letter) for letter in sorted(other)}
        """,
        """
        from collections import Counter
        def f(text: str, other: str) -> dict[str, int]:
            text_counts = Counter(text)
            return {letter: text_counts[letter] for letter in sorted(other)}
        """,
        [
            "f('hello', 'lox')",
            "f('', 'a')",
            "f('a', '')",
        ],
        id="characters of another text",
    ),
    pytest.param(
        """
        def f(text: str) -> list[int]:
            out = []
            for place, letter in enumerate(text):
                out.append(place * text.count(letter))
            return out
        """,
        """
        from collections import Counter
        def f(text: str) -> list[int]:
            out = []
            text_counts = Counter(text)
            for place, letter in enumerate(text):
                out.append(place * text_counts[letter])
            return out
        """,
        [
            "f('hello')",
            "f('')",
        ],
        id="with places",
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

"""value-count: counting what is equal to a value becomes count()."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "value-count"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float], x: float) -> int:
            return len([y for y in xs if y == x])
        """,
        id="nan is not equal to itself, but count finds it",
    ),
    pytest.param(
        """
        def f(xs: list, x: int) -> int:
            return len([y for y in xs if y == x])
        """,
        id="the items may be anything",
    ),
    pytest.param(
        """
        def f(text: str, part: str) -> int:
            return len([c for c in text if c == part])
        """,
        id="the text that is looked for may be longer than a character",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            return len([x for x in xs if x == ys[0]])
        """,
        id="the value may fail, and there may be no items",
    ),
    pytest.param(
        """
        def f(xs: set[int], x: int) -> int:
            return len([y for y in xs if y == x])
        """,
        id="sets have no count",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return sum(1 for x in xs)
        """,
        id="no test",
    ),
    pytest.param(
        """
        def f(xs: list[int], flags: list[bool]) -> int:
            return sum(x for x in xs if x == 2) + sum(flag for flag in flags)
        """,
        id="numbers are added up",
    ),
    pytest.param(
        """
        def f(xs: list[int], it) -> int:
            return sum(1 for x in xs if next(it) == x)
        """,
        id="an iterator may end in the middle",
    ),
    pytest.param(
        """
        def f(xs: list[int], test) -> int:
            return sum(1 for x in xs if test(x))
        """,
        id="an unknown function may stop a generator",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return sum(1 for x in xs if (last := x) > 2) + last
        """,
        id="a variable is bound on the way",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            return sum([1 for x in xs if x % 2 == 0])
        """,
        id="another test",
    ),
    pytest.param(
        """
        def f(xs: list[int], x: int) -> int:
            return sum(1 for y in xs if y if y == x)
        """,
        id="several tests",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], x: int) -> int:
            return sum(1 for y in xs if y == x)
        """,
        """
        def f(xs: list[int], x: int) -> int:
            return xs.count(x)
        """,
        [
            "f([], 1)",
            "f([1, True, 2, 1], 1)",
            "f([0], 1)",
        ],
        id="a value in a list",
    ),
    pytest.param(
        """
        def f(xs: tuple[str, ...], x: str) -> int:
            return sum(x == y for y in xs) * 2
        """,
        """
        def f(xs: tuple[str, ...], x: str) -> int:
            return xs.count(x) * 2
        """,
        [
            "f((), 'a')",
            "f(('a', 'b', 'ab'), 'a')",
        ],
        id="answers are added up",
    ),
    pytest.param(
        """
        def f(text: str) -> int:
            return len([c for c in text if c == "a"])
        """,
        """
        def f(text: str) -> int:
            return text.count("a")
        """,
        [
            "f('')",
            "f('banana')",
        ],
        id="a character",
    ),
    pytest.param(
        """
        def f(text: str, other: str) -> list[int]:
            return [sum(1 for c in text if c == d) for d in other]
        """,
        """
        def f(text: str, other: str) -> list[int]:
            return [text.count(d) for d in other]
        """,
        [
            "f('', 'ab')",
            "f('banana', '')",
            "f('banana', 'nab')",
        ],
        id="each character of another text",
    ),
    pytest.param(
        """
        def f(text: str) -> int:
            return sum(c in "aeiou" for c in text)
        """,
        """
        def f(text: str) -> int:
            return sum(map(text.count, "aeiou"))
        """,
        [
            "f('')",
            "f('banana')",
            "f('aeiouz')",
        ],
        id="one of some characters",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> int:
            return sum(1 if word == "A" else 0 for word in words)
        """,
        """
        def f(words: list[str]) -> int:
            return words.count("A")
        """,
        [
            "f([])",
            "f(['A', 'b', ''])",
        ],
        id="a choice of one and zero",
    ),
    pytest.param(
        """
        def f(xs: list[float]) -> int:
            return sum(1 for x in xs if x == 0)
        """,
        """
        def f(xs: list[float]) -> int:
            return xs.count(0)
        """,
        [
            "f([0.0, -0.0, float('nan'), 1.5])",
        ],
        id="a float cannot be the int that is looked for and not equal to it",
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

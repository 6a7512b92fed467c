"""redundant-copy: copies that are thrown away at once are left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "redundant-copy"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]) -> None:
            for x in list(xs):
                if x < 0:
                    xs.remove(x)
        """,
        id="a copy protects from changes in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], note) -> None:
            for x in list(xs):
                note(x)
        """,
        id="unknown code in the loop may change the list",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            return list(xs)
        """,
        id="a copy is wanted",
    ),
    pytest.param(
        """
        def f(d: dict[str, int]) -> int:
            n = 0
            for k in list(d):
                n += d[k + "x"]
            return n
        """,
        id="a dict from elsewhere may grow when it is read",
    ),
    pytest.param(
        """
        def f(xs, make) -> set:
            return set([make(x) for x in xs])
        """,
        id="an item may be unhashable after another has had its effect",
    ),
    pytest.param(
        """
        def f(xs) -> int:
            return len(list(xs))
        """,
        id="the length of an iterator",
    ),
    pytest.param(
        """
        def f(xs: tuple[int, ...]):
            return tuple(list(xs)) is xs
        """,
        id="tuple of a tuple is the tuple itself",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            return sorted(set(xs))
        """,
        id="set drops what sorted would keep",
    ),
    pytest.param(
        """
        def f(xs: set[int]) -> set[int]:
            return set(list(xs))
        """,
        id="the order of a set of a set",
    ),
    pytest.param(
        """
        from collections.abc import Iterator

        def f(xs: list[int]) -> Iterator[int]:
            return (x for x in list(xs))
        """,
        id="a generator that is used up later",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> dict[int, int]:
            return dict((x, next(y for y in ys if y > x)) for x in xs)
        """,
        id="a StopIteration inside a generator",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs):
            return list(sorted(xs)), sorted(list(xs), reverse=True), list(tuple(xs))
        """,
        """
        def f(xs):
            return sorted(xs), sorted(xs, reverse=True), list(xs)
        """,
        [
            "f([2, 1])",
            "f('ba')",
            "f(iter([1]))",
            "f(1)",
        ],
        id="around sorted",
    ),
    pytest.param(
        """
        def f(words: list[str]):
            sizes = dict([(word, len(word)) for word in words])
            return list([word for word in words]), sorted(set([w.lower() for w in words])), sizes
        """,
        """
        def f(words: list[str]):
            sizes = {word: len(word) for word in words}
            return [word for word in words], sorted({w.lower() for w in words}), sizes
        """,
        [
            "f(['a', 'A', 'bb'])",
        ],
        id="a comprehension",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = len(list(xs))
            for x in list(xs):
                n += x
            return n
        """,
        """
        def f(xs: list[int]) -> int:
            n = len(xs)
            for x in xs:
                n += x
            return n
        """,
        [
            "f([1, 2])",
        ],
        id="a loop that leaves the list alone",
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

"""common-item: a search for a shared item uses a set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "common-item"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float], ys: list[int]):
            for x in xs:
                for y in ys:
                    if x == y:
                        return True
            return False
        """,
        id="floats may be nan",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list):
            for x in xs:
                for y in ys:
                    if x == y:
                        return True
            return False
        """,
        id="unknown items",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            for x in xs:
                for y in ys:
                    if x == y:
                        return x
            return False
        """,
        id="the item is given back",
    ),
    pytest.param(
        """
        from collections.abc import Iterator

        def f(xs: list[int], ys: Iterator[int]):
            for x in xs:
                for y in ys:
                    if x == y:
                        return True
            return False
        """,
        id="an iterator can be used once only",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            for x in xs:
                for y in ys:
                    if x <= y:
                        return True
            return False
        """,
        id="another test",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            for x in xs:
                for y in ys:
                    if x == y:
                        print(1)
            return False
        """,
        id="it goes on after a find",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            for x in xs:
                for y in ys:
                    if x == y:
                        break
            return False
        """,
        id="only the inner loop is left",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            for x in xs:
                for y in ys:
                    if x == y:
                        return True
            return x
        """,
        id="the item is read later",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> bool:
            for x in xs:
                for y in x:
                    if x == y:
                        return True
            return False
        """,
        id="the inner loop depends on the outer",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]):
            for x in xs:
                for y in ys:
                    if x == y:
                        return True
            return False
        """,
        """
        def f(xs: list[int], ys: list[int]):
            if not set(xs).isdisjoint(ys):
                return True
            return False
        """,
        [
            "f([1, 2], [2, 3])",
            "f([1], [2])",
            "f([], [1])",
            "f([1], [])",
            "f([True], [1])",
        ],
        id="two lists",
    ),
    pytest.param(
        """
        def f(xs: str, ys: set[str]):
            for x in xs:
                for y in ys:
                    if y == x:
                        raise ValueError("shared")
            return False
        """,
        """
        def f(xs: str, ys: set[str]):
            if not set(xs).isdisjoint(ys):
                raise ValueError("shared")
            return False
        """,
        [
            "f('abc', {'c'})",
            "f('abc', {'abc'})",
            "f('', set())",
        ],
        id="text and a set, turned",
    ),
    pytest.param(
        """
        def f(xs: list[str], ys: tuple[str, ...]) -> bool:
            result = False
            # any at all
            for x in xs:
                for y in ys:
                    if x == y:
                        result = True
                        return result
            return result
        """,
        """
        def f(xs: list[str], ys: tuple[str, ...]) -> bool:
            result = False
            # any at all
            if not set(xs).isdisjoint(ys):
                result = True
                return result
            return result
        """,
        [
            "f(['a'], ('a', 'b'))",
            "f(['a'], ())",
        ],
        id="with a result made before",
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

"""insert-front: insert(0, …) in a loop becomes append and one reverse."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "insert-front"

NOOP = [
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.insert(0, x + len(out))
            return out
        """,
        id="the loop reads the list",
    ),
    pytest.param(
        """
        def f(xs):
            out = [0]
            for x in xs:
                out.insert(0, x)
            return out
        """,
        id="the list is not empty at first",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            try:
                for x in xs:
                    out.insert(0, 1 / x)
            except ZeroDivisionError:
                pass
            return out
        """,
        id="a half-made list would be seen",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.insert(0, x)
                if x > 3:
                    return out
            return out
        """,
        id="the list is returned from within the loop",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.insert(0, x)
                out.append(x)
            return out
        """,
        id="it also appends",
    ),
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                out.insert(0, x)
                yield x
            yield out
        """,
        id="a generator hands out in between",
    ),
    pytest.param(
        """
        def f(rows: list[list[int]]) -> list[int]:
            out = []
            for row in rows:
                out = []
                for x in row:
                    out.insert(0, x)
                else:
                    break
            return out
        """,
        id="an else that leaves the loop around",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs):
            out = []
            for x in xs:
                if x is None:
                    break
                out.insert(0, (x, -x))
            return out
        """,
        """
        def f(xs):
            out = []
            for x in xs:
                if x is None:
                    break
                out.append((x, -x))
            out.reverse()
            return out
        """,
        [
            "f([1, 2, None, 3])",
            "f([])",
            "f(['a'])",
        ],
        id="with a break",
    ),
    pytest.param(
        """
        def f(n: int) -> list[int]:
            digits: list[int] = []
            while n:
                digits.insert(0, n % 10)
                n //= 10
            return digits
        """,
        """
        def f(n: int) -> list[int]:
            digits: list[int] = []
            while n:
                digits.append(n % 10)
                n //= 10
            digits.reverse()
            return digits
        """,
        [
            "f(120)",
            "f(0)",
        ],
        id="digits of a number",
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

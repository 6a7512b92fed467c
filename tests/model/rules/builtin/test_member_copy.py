"""member-copy: a copy that is only asked for a member is not made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "member-copy"

NOOP = [
    pytest.param(
        """
        def f(d: dict, x: str) -> bool:
            return x in list(d)
        """,
        id="the keys may be anything",
    ),
    pytest.param(
        """
        def f(d: dict[str, int], x) -> bool:
            return x in list(d)
        """,
        id="what is asked for may have no hash",
    ),
    pytest.param(
        """
        from collections.abc import Iterable

        def f(xs: Iterable[int], x: int) -> bool:
            return x in list(xs)
        """,
        id="an iterator is used up",
    ),
    pytest.param(
        """
        def f(text: str, part: str) -> bool:
            return part in list(text)
        """,
        id="a text is searched for more than characters",
    ),
    pytest.param(
        """
        def f(xs: list[float], x: float) -> bool:
            return x in set(xs)
        """,
        id="nan is only found where it is the same",
    ),
    pytest.param(
        """
        def f(d: dict[str, int], xs: list[str]) -> bool:
            return xs == list(d)
        """,
        id="the list is compared",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(d: dict[str, int], x: str) -> bool:
            return x in list(d.keys())
        """,
        """
        def f(d: dict[str, int], x: str) -> bool:
            return x in d
        """,
        [
            "f({}, 'a')",
            "f({'a': 1}, 'a')",
            "f({'a': 1}, 'b')",
        ],
        id="keys",
    ),
    pytest.param(
        """
        def f(xs: list[int], x: int) -> tuple:
            return x in sorted(xs), x not in set(xs)
        """,
        """
        def f(xs: list[int], x: int) -> tuple:
            return x in xs, x not in xs
        """,
        [
            "f([], 1)",
            "f([2, True], 1)",
            "f([2], 1)",
        ],
        id="a sorted list and a set",
    ),
    pytest.param(
        """
        def f(d: dict[str, str], x: str) -> bool:
            return x in list(d.values())
        """,
        """
        def f(d: dict[str, str], x: str) -> bool:
            return x in d.values()
        """,
        [
            "f({}, 'a')",
            "f({'a': 'b'}, 'b')",
        ],
        id="values stay as they are",
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

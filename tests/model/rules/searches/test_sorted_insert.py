"""sorted-insert: a list that is sorted after every append is kept sorted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "sorted-insert"

NOOP = [
    pytest.param(
        """
        def f(xs: list[float]) -> list[float]:
            out = []
            seen = []
            out.clear()
            for x in xs:
                seen.append(x)
                seen.sort()
                out.append(seen[0])
            return out
        """,
        id="floats may be nan",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            seen = []
            out.clear()
            for x in xs:
                seen.append(x)
                seen.sort(reverse=True)
                out.append(seen[0])
            return out
        """,
        id="another order",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            seen = [3, 1]
            out.clear()
            for x in xs:
                seen.append(x)
                seen.sort()
                out.append(seen[0])
            return out
        """,
        id="it may start in any order",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            seen = []
            out.clear()
            for x in xs:
                seen.append(x)
                seen.sort()
                seen[0] = 9
            return out
        """,
        id="it is changed in another place",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            seen = []
            out.clear()
            for x in xs:
                seen.append(x)
                seen.sort()
                seen.reverse()
            return out
        """,
        id="it is turned around",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            seen = []
            print_all = lambda: seen.reverse()
            for x in xs:
                seen.append(x)
                seen.sort()
                out.append(seen[0])
            return out
        """,
        id="it may be changed by others",
    ),
    pytest.param(
        """
        def f(xs: list[int], seen: list[int]) -> None:
            for x in xs:
                seen.append(x)
                seen.sort()
        """,
        id="the list is given",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            seen = []
            for x in xs:
                seen.append(x)
                xs.clear()
                seen.sort()
            return seen
        """,
        id="something comes between",
    ),
    pytest.param(
        """
        def f(x: int) -> list[int]:
            seen = [3]
            seen.append(x)
            seen.sort()
            return seen
        """,
        id="no loop",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            seen = []
            out.clear()
            for x in xs:
                seen.append(x)
                seen.sort()
                out.append(seen[len(seen) // 2])
            return out
        """,
        """
        from bisect import insort
        def f(xs: list[int]) -> list[int]:
            out = []
            seen = []
            out.clear()
            for x in xs:
                insort(seen, x)
                out.append(seen[len(seen) // 2])
            return out
        """,
        [
            "f([3, 1, 2, 2])",
            "f([])",
            "f([True, 1, 0, False])",
        ],
        id="middles",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            seen = []
            out.clear()
            for x in xs:
                seen.append(x)
                seen.sort()
                out.append(seen.pop(0) if len(seen) > 2 else 0)
            return out
        """,
        """
        from bisect import insort
        def f(xs: list[int]) -> list[int]:
            out = []
            seen = []
            out.clear()
            for x in xs:
                insort(seen, x)
                out.append(seen.pop(0) if len(seen) > 2 else 0)
            return out
        """,
        [
            "f([3, 1, 2, 2, 0, 9])",
            "f([])",
        ],
        id="with the lowest taken out",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> list[str]:
            out = []
            seen = sorted(xs)
            out.clear()
            for x in xs:
                seen.append(x + "!")
                seen.sort()
                out.append(seen[0])
            return out
        """,
        """
        from bisect import insort
        def f(xs: list[str]) -> list[str]:
            out = []
            seen = sorted(xs)
            out.clear()
            for x in xs:
                insort(seen, x + "!")
                out.append(seen[0])
            return out
        """,
        [
            "f(['b', 'a'])",
            "f([])",
        ],
        id="text, sorted at the start",
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

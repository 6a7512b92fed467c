"""bulk-extend: append or add in a loop becomes one extend or update."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "bulk-extend"

NOOP = [
    pytest.param(
        """
        def f(out: list[int], xs: list[int]) -> None:
            for x in xs:
                out.append(x)
        """,
        id="someone else may hold the list",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = [1]
            for x in xs:
                out.append(len(out) + x)
            return out
        """,
        id="the list is read in the loop",
    ),
    pytest.param(
        """
        def f() -> list[int]:
            out = [1]
            for x in out:
                out.append(x)
            return out
        """,
        id="the list goes over itself",
    ),
    pytest.param(
        """
        def f(xs):
            out = [1]
            try:
                for x in xs:
                    out.append(1 / x)
            except ZeroDivisionError:
                pass
            return out
        """,
        id="a half-extended list would be seen",
    ),
    pytest.param(
        """
        def f(xs, note):
            out = [1]
            note(out)
            for x in xs:
                out.append(note(x))
            return out
        """,
        id="it is handed out",
    ),
    pytest.param(
        """
        def f(xs, make) -> set:
            out = {1}
            for x in xs:
                out.add(make(x))
            return out
        """,
        id="an item that the set may refuse before the next is computed",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = [1]
            last = (x for x in out)
            for x in xs:
                out.append(next(last) + x)
            return out
        """,
        id="a generator that reads the list while it grows",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = [1]
            last = enumerate(out)
            for x in xs:
                out.append(next(last)[0] + x)
            return out
        """,
        id="an iterator that reads the list while it grows",
    ),
    pytest.param(
        """
        from elsewhere import open

        def f(path: str) -> list[int]:
            out = [0]
            with open(path) as lines:
                for line in lines:
                    out.append(int(line))
            return out
        """,
        id="another open, whose `with` may swallow errors",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], ys) -> list[int]:
            out = [0]
            for x in xs:
                out.append(x)
            for y in ys:
                if y:
                    out.append(y + 1)
            return out
        """,
        """
        def f(xs: list[int], ys) -> list[int]:
            out = [0]
            out.extend(xs)
            out.extend([y + 1 for y in ys if y])
            return out
        """,
        [
            "f([1], [0, 2])",
            "f([], None)",
        ],
        id="a list with a first item",
    ),
    pytest.param(
        """
        def f(rows: list[list[str]]) -> int:
            seen = set()
            for row in rows:
                for cell in row:
                    seen.add(cell)
                if len(seen) > 2:
                    break
            return len(seen)
        """,
        """
        def f(rows: list[list[str]]) -> int:
            seen = set()
            for row in rows:
                seen.update(row)
                if len(seen) > 2:
                    break
            return len(seen)
        """,
        [
            "f([['a', 'b'], ['b', 'c'], ['d']])",
            "f([])",
        ],
        id="a set",
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

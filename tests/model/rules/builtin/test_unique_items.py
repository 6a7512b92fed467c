"""unique-items: collecting different items by a set of those seen becomes dict.fromkeys()."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "unique-items"

NOOP = [
    pytest.param(
        """
        def f(xs: list) -> list:
            seen = set()
            out = []
            for x in xs:
                if x not in seen:
                    seen.add(x)
                    out.append(x)
            return out
        """,
        id="hashing the items may run any code",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            seen = set()
            out = []
            for x in xs:
                if x not in seen:
                    seen.add(x)
                    out.append(x)
            return [out, seen]
        """,
        id="the set is used afterwards",
    ),
    pytest.param(
        """
        def f(xs: list[int], seen: set[int]) -> list:
            out = []
            for x in xs:
                if x not in seen:
                    seen.add(x)
                    out.append(x)
            return out
        """,
        id="some items are seen before",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            seen = set()
            out = []
            for x in xs:
                if x not in seen:
                    seen.add(x)
                    out.append(x + 1)
            return out
        """,
        id="another value is collected",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            seen = set()
            out = []
            for x in xs:
                if x not in seen:
                    seen.add(x)
                    out.append(x)
            return [out, x]
        """,
        id="the last item is missed",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            seen = set()
            out = []
            for x in xs:
                if x not in seen:
                    seen.add(x)
                    out.append(x)
                    print(x)
            return out
        """,
        id="more is done with each",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            seen = set()
            out = []
            try:
                for x in map(abs, xs):
                    if x not in seen:
                        seen.add(x)
                        out.append(x)
            except TypeError:
                pass
            return out
        """,
        id="half of it would be seen after an exception",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            # seen so far
            seen = set()
            out = []
            for x in xs:
                if x not in seen:
                    seen.add(x)
                    out.append(x)
            return out
        """,
        """
        def f(xs: list[int]) -> list[int]:
            # seen so far
            out = list(dict.fromkeys(xs))
            return out
        """,
        [
            "f([])",
            "f([3, 1, True, 3, 0])",
        ],
        id="one loop",
    ),
    pytest.param(
        """
        def f(rows: list[list[str]]) -> list[str]:
            out: list[str] = []
            seen = set()
            for row in rows:
                for x in row:
                    if not x in seen:
                        out.append(x)
                        seen.add(x)
            return out
        """,
        """
        def f(rows: list[list[str]]) -> list[str]:
            out: list[str] = list(dict.fromkeys([x for row in rows for x in row]))
            return out
        """,
        [
            "f([])",
            "f([['a', 'b'], [], ['b', 'c', 'a']])",
        ],
        id="two loops",
    ),
    pytest.param(
        """
        def f(pairs: list[tuple[int, str]]) -> int:
            seen = set()
            out = []
            for pair in pairs:
                if pair in seen:
                    continue
                seen.add(pair)
                out.append(pair)
            return len(out)
        """,
        """
        def f(pairs: list[tuple[int, str]]) -> int:
            out = list(dict.fromkeys(pairs))
            return len(out)
        """,
        [
            "f([])",
            "f([(1, 'a'), (1, 'b'), (1, 'a')])",
        ],
        id="what was seen is skipped",
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

"""local-subscript: an item that is read several times in a round is read once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "local-subscript"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int], places: list[int], k: int) -> int:
            total = 0
            for i in places:
                if 1 // k and xs[i] > 2 and xs[i] != 4:
                    total += xs[i]
            return total
        """,
        id="the index may be wrong, and something else comes first",
    ),
    pytest.param(
        """
        def f(xs: list[int], places: list[int]) -> int:
            total = 0
            for i in places:
                total += xs[i]
                xs[0] += xs[i]
                total += xs[i]
            return total
        """,
        id="the item changes between the reads",
    ),
    pytest.param(
        """
        def f(xs: list[int], places: list[int]) -> int:
            total = 0
            for i in places:
                if xs[i] > 2:
                    total += xs[i]
            return total
        """,
        id="two reads are too few",
    ),
    pytest.param(
        """
        def f(xs: list[int], i: int) -> int:
            if xs[i] > 2 and xs[i] != 4:
                return xs[i]
            return 0
        """,
        id="outside a loop",
    ),
    pytest.param(
        """
        def f(xs, places: list[int]) -> int:
            total = 0
            for i in places:
                if xs[i] > 2 and xs[i] != 4:
                    total += xs[i]
            return total
        """,
        id="the object may be anything",
    ),
    pytest.param(
        """
        def f(xs: list[int], places: list[int], k: int) -> int:
            total = 0
            for i in places:
                if k > 3 and (xs[i] > 2 or xs[i] != 4):
                    total += xs[i]
            return total
        """,
        id="all reads are under a condition",
    ),
    pytest.param(
        """
        def f(xs: list[int], places: list[int], put) -> int:
            total = 0
            for i in places:
                total += xs[i]
                put(i)
                total += xs[i]
                put(i)
                total += xs[i]
            return total
        """,
        id="a function in between may change the list",
    ),
    pytest.param(
        """
        def f(sizes: dict[str, int], names: list[str]) -> int:
            total = 0
            for name in names:
                total += sizes[name]
                sizes["a"] = total
                total += sizes[name]
            return total
        """,
        id="another key may be the same one",
    ),
    pytest.param(
        """
        def f(sizes: dict, keys: list) -> int:
            total = 0
            for key in keys:
                if sizes[key] > 2:
                    total += sizes[key]
            return total
        """,
        id="looking up a key of unknown type may run any code",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], places: list[int]) -> int:
            total = 0
            for i in places:
                if xs[i] > 2 and xs[i] != 4:
                    total += xs[i]
            return total
        """,
        """
        def f(xs: list[int], places: list[int]) -> int:
            total = 0
            for i in places:
                xs_i = xs[i]
                if xs_i > 2 and xs_i != 4:
                    total += xs_i
            return total
        """,
        [
            "f([], [])",
            "f([], [1])",
            "f([1, 3, 4, 5], [0, 1, 2, 3, -1, 1])",
            "f([1, 3, 4, 5], [0, 1, 4])",
        ],
        id="the first thing that a round reads",
    ),
    pytest.param(
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            for i in range(1, len(xs)):
                if k < xs[i] < 9 and xs[i] > xs[i - 1]:
                    total += xs[i]
            return total
        """,
        """
        def f(xs: list[int], k: int) -> int:
            total = 0
            for i in range(1, len(xs)):
                xs_i = xs[i]
                if k < xs_i < 9 and xs_i > xs[i - 1]:
                    total += xs_i
            return total
        """,
        [
            "f([], 0)",
            "f([1], 0)",
            "f([1, 5, 3, 8, 9], 2)",
        ],
        id="within proved bounds",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for i in range(len(xs)):
                out.append(i)
                total = xs[i] + 1
                out.append(xs[i] * xs[i])
                xs[i] = total
                out.append(xs[i])
            return out
        """,
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for i in range(len(xs)):
                out.append(i)
                xs_i = xs[i]
                total = xs_i + 1
                out.append(xs_i * xs_i)
                xs[i] = total
                out.append(xs[i])
            return out
        """,
        [
            "f([])",
            "f([3, 4])",
        ],
        id="until the item changes",
    ),
    pytest.param(
        """
        def f(sizes: dict[str, int], names: list[str]) -> list[int]:
            out = []
            for name in names:
                out.append(sizes[name] * 2)
                if sizes[name] > 2:
                    out.append(sizes[name])
            return out
        """,
        """
        def f(sizes: dict[str, int], names: list[str]) -> list[int]:
            out = []
            for name in names:
                sizes_name = sizes[name]
                out.append(sizes_name * 2)
                if sizes_name > 2:
                    out.append(sizes_name)
            return out
        """,
        [
            "f({}, [])",
            "f({}, ['a'])",
            "f({'a': 1, 'b': 3}, ['a', 'b', 'b'])",
            "f({'a': 1, 'b': 3}, ['a', 'c', 'b'])",
            "f(__import__('collections').defaultdict(int), ['a'])",
        ],
        id="the value of a key",
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

"""hoist-invariant: a call with the same value in every round is made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "hoist-invariant"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = 0
            while len(xs) > 3:
                xs.pop()
                n += 1
            return n
        """,
        id="the list changes in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int], note) -> None:
            for y in ys:
                note(y, len(xs))
        """,
        id="unknown code may change the list",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> list[int]:
            out = []
            for y in ys:
                out.append(y * max(xs))
            return out
        """,
        id="max raises for an empty list, but only if the loop runs",
    ),
    pytest.param(
        """
        def f(xs, ys: list[int]) -> int:
            n = 0
            for y in ys:
                n += len(xs)
            return n
        """,
        id="the length of an unknown object",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> list[list[int]]:
            out = []
            for y in ys:
                out.append(sorted(xs))
            return out
        """,
        id="each round changes its own copy",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> int:
            n = 0
            for word in words:
                n += len(word)
            return n
        """,
        id="the variable gets its value in the loop",
    ),
    pytest.param(
        """
        def f(ys: list[str], name: str) -> int:
            n = 0
            for y in ys:
                if y:
                    low = name + y
                    break
            while n < 3:
                n += len(low.lower())
            return n
        """,
        id="it need not exist before the loop",
    ),
    pytest.param(
        """
        def f(text: str, ys: list[int]) -> int:
            n = 0
            for y in ys:
                n += int(text) + y
            return n
        """,
        id="a conversion may raise",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int], len) -> int:
            n = 0
            for y in ys:
                n += len(xs)
            return n
        """,
        id="len means something else",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Row:
            name: str

        def f(row: Row, ys: list[str]) -> str:
            for y in ys:
                if row.name.lower() == y:
                    row.name = row.name + y
            return row.name
        """,
        id="a field that the loop sets",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            it = iter(xs)
            n = 0
            for y in ys:
                n += sum(it) + y
            return n
        """,
        id="an iterator is used up by the first call",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            left = set(xs)
            out = []
            for x in xs:
                left.difference_update([x])
                out.append(len(left))
            return out
        """,
        id="a set that a rare method changes",
    ),
    pytest.param(
        """
        from collections import deque

        def f(xs: list[int]) -> list[int]:
            left = deque(xs)
            out = []
            for x in xs:
                left.remove(x)
                out.append(len(left))
            return out
        """,
        id="a deque that loses an item",
    ),
    pytest.param(
        """
        from collections import defaultdict

        def f(xs: list[int]) -> list[str]:
            groups = defaultdict(list)
            out = []
            for x in xs:
                groups[x].append(x)
                out.append(", ".join([str(y) for y in sorted(groups)]))
            return out
        """,
        id="a defaultdict that a look-up makes grow",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            seen = {0: 0}
            view = seen.items()
            out = []
            for x in xs:
                seen[x] = x
                out.append(len(view))
            return out
        """,
        id="a view of a dict that grows",
    ),
    pytest.param(
        """
        def f(n: int) -> list[int]:
            xs = [n]
            most = max(xs, [0])
            out = []
            for i in range(3):
                out.append(len(xs))
                most.append(i)
            return out
        """,
        id="a list that max() gives another name",
    ),
    pytest.param(
        """
        def g(xs):
            xs.append(1)

        def f(n: int) -> tuple:
            xs = [n]
            return (g(xs), [len(xs) for i in range(3)])
        """,
        id="a list that the same return hands out and reads",
    ),
    pytest.param(
        """
        def f(n: int) -> list[int]:
            groups: dict[str, list[int]] = {"a": []}
            inner: list[int] = groups["a"]
            out = []
            for i in range(n):
                out.append(len(inner))
                groups["a"].append(i)
            return out
        """,
        id="a list inside a dict that has another name too",
    ),
    pytest.param(
        """
        def f(xs: list[int], n: int) -> list[int]:
            out = []
            for x in xs:
                out.append(len(range(n)) + len(list(range(n))) + x)
            return out
        """,
        id="a range too long to count",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(values: list[float]) -> list[float]:
            out = []
            for value in values:
                out.append(value / max(values))
            return out
        """,
        """
        def f(values: list[float]) -> list[float]:
            out = []
            max_values = max(values, default=0)
            for value in values:
                out.append(value / max_values)
            return out
        """,
        [
            "f([1.0, 4.0])",
            "f([])",
            "f([float('nan'), 2.0])",
            "f([0])",
        ],
        id="the greatest of the list that the loop goes over",
    ),
    pytest.param(
        """
        def f(values: list[float]) -> list[float]:
            return [value - sum(values) / len(values) for value in values]
        """,
        """
        def f(values: list[float]) -> list[float]:
            sum_values = sum(values)
            len_values = len(values)
            return [value - sum_values / len_values for value in values]
        """,
        [
            "f([1.0, 4.5])",
            "f([])",
        ],
        id="a comprehension",
    ),
    pytest.param(
        """
        def f(rows: list[list[str]], query: str) -> int:
            hits = 0
            for row in rows:
                for cell in row:
                    if query.lower() in cell.lower():
                        hits += 1
            return hits
        """,
        """
        def f(rows: list[list[str]], query: str) -> int:
            hits = 0
            query_lower = query.lower()
            for row in rows:
                for cell in row:
                    if query_lower in cell.lower():
                        hits += 1
            return hits
        """,
        [
            "f([['Ab', 'b'], []], 'B')",
        ],
        id="a string method in nested loops",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            for y in ys:
                for x in sorted(xs):
                    if x < y:
                        n += x
            return n
        """,
        """
        def f(xs: list[int], ys: list[int]) -> int:
            n = 0
            sorted_xs = sorted(xs)
            for y in ys:
                for x in sorted_xs:
                    if x < y:
                        n += x
            return n
        """,
        [
            "f([3, 1], [2, 4])",
        ],
        id="a sorted copy that is only read",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> list[int]:
            if not xs:
                return []
            out = []
            for y in ys:
                out.append(y * max(xs))
            return out
        """,
        """
        def f(xs: list[int], ys: list[int]) -> list[int]:
            if not xs:
                return []
            out = []
            max_xs = max(xs)
            for y in ys:
                out.append(y * max_xs)
            return out
        """,
        [
            "f([1, 3], [2])",
            "f([], [2])",
        ],
        id="after a guard, max needs no default",
    ),
    pytest.param(
        """
        from dataclasses import dataclass

        @dataclass
        class Row:
            size: int

        def f(rows: list[Row]) -> list[float]:
            shares = []
            for row in rows:
                shares.append(row.size / sum(r.size for r in rows))
            return shares
        """,
        """
        def f(rows: list[Row]) -> list[float]:
            shares = []
            sum_value = sum(r.size for r in rows)
            for row in rows:
                shares.append(row.size / sum_value)
            return shares
        """,
        [
            "f([Row(1), Row(3)])",
            "f([Row(0)])",
            "f([])",
        ],
        id="a sum over annotated fields",
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

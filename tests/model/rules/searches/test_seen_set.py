"""seen-set: a list of seen items that is asked by `in` becomes a set."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "seen-set"

NOOP = [
    pytest.param(
        """
        def f(rows: list[list[int]]) -> int:
            seen = []
            for row in rows:
                if row not in seen:
                    seen.append(row)
            return len(seen)
        """,
        id="the items may be unhashable",
    ),
    pytest.param(
        """
        class Address:
            def __eq__(self, other: object) -> bool:
                return True

        def f(rows: list[Address]) -> list[Address]:
            kept: list[Address] = []
            for row in rows:
                if row not in kept:
                    kept.append(row)
            return kept
        """,
        id="equal items need not have equal hashes",
    ),
    pytest.param(
        """
        def f(items: list[str], note) -> None:
            seen = []
            for item in items:
                if item not in seen:
                    seen.append(item)
                    note(seen)
        """,
        id="the list is handed out",
    ),
    pytest.param(
        """
        def f(items: list[str]) -> int:
            seen = []
            for item in items:
                if item in seen:
                    seen.remove(item)
                else:
                    seen.append(item)
            return len(seen)
        """,
        id="the list shrinks",
    ),
    pytest.param(
        """
        def f(items: list[str], seen: list[str]) -> None:
            for item in items:
                if item not in seen:
                    seen.append(item)
        """,
        id="the list is a parameter",
    ),
    pytest.param(
        """
        def f(a: str, b: str) -> bool:
            seen = []
            seen.append(a)
            return b in seen
        """,
        id="it is asked once, in no loop",
    ),
    pytest.param(
        """
        def f(items: list[str]):
            seen = []
            for item in items:
                if item not in seen:
                    seen.append(item)
            return lambda: seen
        """,
        id="a closure reads the list",
    ),
    pytest.param(
        """
        def f(items: list[int], extra: list[int]) -> list[int]:
            seen = []
            for item in items:
                if item not in seen:
                    seen.append(extra.pop())
            return seen
        """,
        id="the appended item has an effect",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(items: list[str]) -> int:
            # what came before
            seen: list[str] = []
            repeats = 0
            for item in items:
                if item in seen:
                    repeats += 1
                else:
                    seen.append(item)
            return repeats
        """,
        """
        def f(items: list[str]) -> int:
            # what came before
            seen: set[str] = set()
            repeats = 0
            for item in items:
                if item in seen:
                    repeats += 1
                else:
                    seen.add(item)
            return repeats
        """,
        [
            'f(["a", "b", "a", "a"])',
            "f([])",
        ],
        id="only asked and appended to",
    ),
    pytest.param(
        """
        def f(items: list[int]) -> list[int]:
            unique = []
            for item in items:
                if item not in unique:
                    unique.append(item)
            return unique
        """,
        """
        def f(items: list[int]) -> list[int]:
            unique = []
            unique_set = set()
            for item in items:
                if item not in unique_set:
                    unique.append(item)
                    unique_set.add(item)
            return unique
        """,
        [
            "f([3, 1, 3, 2, 1])",
            "f([1, True, 0, False])",
            "f([])",
        ],
        id="returned in order, so a set goes beside it",
    ),
    pytest.param(
        """
        def f(graph: dict[str, list[str]], start: str) -> int:
            seen = [start]
            todo = [start]
            steps = 0
            while todo:
                steps += 1
                for name in graph.get(todo.pop(), []):
                    if name not in seen:
                        seen.append(name)
                        todo.append(name)
            return steps
        """,
        """
        def f(graph: dict[str, list[str]], start: str) -> int:
            seen = {start}
            todo = [start]
            steps = 0
            while todo:
                steps += 1
                for name in graph.get(todo.pop(), []):
                    if name not in seen:
                        seen.add(name)
                        todo.append(name)
            return steps
        """,
        [
            'f({"a": ["b", "c"], "b": ["a", "c"]}, "a")',
            'f({}, "a")',
        ],
        id="with a first item",
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

"""pair-index: a search for equal pairs visits only those."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "pair-index"

NOOP = [
    pytest.param(
        """
        def f(xs, total):
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] + xs[j] == total:
                        return [i, j]
        """,
        id="untyped items",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] < xs[j]:
                        out.append(j)
            return out
        """,
        id="an order is no equation",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        xs[j] = 0
            return xs
        """,
        id="the list is changed on the way",
    ),
    pytest.param(
        """
        def f(xs: list[int], seen) -> None:
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        seen(j)
        """,
        id="unknown code may change the list",
    ),
    pytest.param(
        """
        def f(xs: list[int], total: int) -> int:
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] + xs[j] == total:
                        total -= 1
            return total
        """,
        id="the total changes on the way",
    ),
    pytest.param(
        """
        def f(xs: list[int], ys: list[int]) -> list[int]:
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if ys[i] and xs[i] == xs[j]:
                        return [i, j]
            return []
        """,
        id="the test comes after another",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            n = 0
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        return i
                    else:
                        n += 1
            return n
        """,
        id="there is another branch",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        yield i
        """,
        id="a caller may change the list between two items",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[i] == xs[j]:
                        i += 1
                        out.append(i)
            return out
        """,
        id="a place is changed",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            out = []
            for i, x in enumerate(xs):
                for y in xs[i + 1:]:
                    if x == y:
                        out.append(y)
            return out
        """,
        id="the other item is needed",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list[int], total: int) -> list[int]:
            n = len(xs)
            for i in range(n):
                for j in range(i + 1, n):
                    if xs[i] + xs[j] == total:
                        return [i, j]
            return []
        """,
        """
        def f(xs: list[int], total: int) -> list[int]:
            n = len(xs)
            places = {}
            for place in reversed(range(n)):
                places.setdefault(xs[place], []).append(place)
            for i in range(n):
                places[xs[i]].pop()
                for j in reversed(places.get(total - xs[i], ())):
                    return [i, j]
            return []
        """,
        [
            "f([1, 5, 3, 3, 1, 5], 6)",
            "f([3, 3, 3], 6)",
            "f([], 0)",
            "f([3], 6)",
            "f([True, 2], 3)",
        ],
        id="the first pair with a sum",
    ),
    pytest.param(
        """
        def f(words: list[str], marks: list[int]) -> list[tuple[int, int]]:
            found = []
            for i in range(len(words) - 1):
                for j in range(i + 1, len(words)):
                    if words[i] == words[j] and marks[i] > marks[j]:
                        found.append((i, j))
            return found
        """,
        """
        def f(words: list[str], marks: list[int]) -> list[tuple[int, int]]:
            found = []
            places = {}
            for place in reversed(range(len(words))):
                places.setdefault(words[place], []).append(place)
            for i in range(len(words) - 1):
                places[words[i]].pop()
                for j in reversed(places.get(words[i], ())):
                    if marks[i] > marks[j]:
                        found.append((i, j))
            return found
        """,
        [
            "f(['a', 'b', 'a', 'a', 'b'], [3, 1, 2, 5, 0])",
            "f(['a', 'a'], [1])",
            "f([], [])",
        ],
        id="all pairs, with more to ask",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            answer = [0] * len(xs)
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[j] == xs[i]:
                        answer[i] = j
                        break
            return answer
        """,
        """
        def f(xs: list[int]) -> list[int]:
            answer = [0] * len(xs)
            places = {}
            for place in reversed(range(len(xs))):
                places.setdefault(xs[place], []).append(place)
            for i in range(len(xs)):
                places[xs[i]].pop()
                for j in reversed(places.get(xs[i], ())):
                    answer[i] = j
                    break
            return answer
        """,
        [
            "f([1, 2, 1, 2, 1])",
            "f([])",
            "f([1])",
        ],
        id="the first match of each only",
    ),
    pytest.param(
        """
        def f(xs: list[int], gap: int) -> bool:
            for i in range(len(xs)):
                for j in range(i + 1, len(xs)):
                    if xs[j] - xs[i] == gap:
                        return True
            return False
        """,
        """
        def f(xs: list[int], gap: int) -> bool:
            places = {}
            for place in reversed(range(len(xs))):
                places.setdefault(xs[place], []).append(place)
            for i in range(len(xs)):
                places[xs[i]].pop()
                for j in reversed(places.get(gap + xs[i], ())):
                    return True
            return False
        """,
        [
            "f([5, 1, 3], 2)",
            "f([3, 1], 2)",
            "f([], 2)",
        ],
        id="a difference",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            for i, x in enumerate(xs):
                for j in range(i + 1, len(xs)):
                    if x + xs[j] == 0:
                        return True
            return False
        """,
        """
        def f(xs: list[int]) -> bool:
            places = {}
            for place in reversed(range(len(xs))):
                places.setdefault(xs[place], []).append(place)
            for i, x in enumerate(xs):
                places[xs[i]].pop()
                for j in reversed(places.get(-x, ())):
                    return True
            return False
        """,
        [
            "f([1, 2, -1])",
            "f([0])",
            "f([0, False])",
            "f([])",
        ],
        id="numbered items",
    ),
    pytest.param(
        """
        def f(names: list[str]) -> list[str]:
            twice = []
            for i, name in enumerate(names):
                for other in names[i + 1 :]:
                    if name == other:
                        twice.append(name)
                        break
            return twice
        """,
        """
        def f(names: list[str]) -> list[str]:
            twice = []
            places = {}
            for place in reversed(range(len(names))):
                places.setdefault(names[place], []).append(place)
            for i, name in enumerate(names):
                places[names[i]].pop()
                for other in reversed(places.get(name, ())):
                    twice.append(name)
                    break
            return twice
        """,
        [
            "f(['a', 'b', 'a', 'a'])",
            "f([])",
        ],
        id="the rest of the list",
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

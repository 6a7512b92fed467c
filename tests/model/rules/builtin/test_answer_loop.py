"""answer-loop: any() or all() of a generator becomes a loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "answer-loop"

NOOP = [
    pytest.param(
        """
        def f(xs: list[int], test) -> bool:
            return all(test(x) for x in xs)
        """,
        id="an unknown function may end the generator",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            return len(xs) > 2 and all(x > 1 for x in xs)
        """,
        id="only the second is asked",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            return all([x > 1 for x in xs])
        """,
        id="a list is made whole",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            answer = 2
            answer = any(x > answer for x in xs)
            return answer
        """,
        id="the old answer is asked",
    ),
    pytest.param(
        """
        def f(xs: list) -> bool:
            answer = None
            try:
                answer = any(x > 1 for x in xs)
            except TypeError:
                pass
            return answer
        """,
        id="the old answer is seen after an exception",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> int:
            if not xs:
                return 0
            elif any(x > 1 for x in xs):
                return 1
            return 2
        """,
        id="the test of an elif comes after another",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list[int]:
            while any(x > 1 for x in xs):
                xs.pop()
            return xs
        """,
        id="a while asks again and again",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs: list) -> bool:
            # ordered?
            return all(a <= b for a, b in zip(xs, xs[1:]))
        """,
        """
        def f(xs: list) -> bool:
            # ordered?
            for a, b in zip(xs, xs[1:]):
                if not (a <= b):
                    return False
            return True
        """,
        [
            "f([])",
            "f([1, 2, 2])",
            "f([2, 1, 'a'])",
            "f([1, 'a'])",
        ],
        id="all",
    ),
    pytest.param(
        """
        def f(rows: list) -> bool:
            return any(x > 2 or x < 0 for row in rows if row for x in row if x if x != 5)
        """,
        """
        def f(rows: list) -> bool:
            for row in rows:
                if row:
                    for x in row:
                        if x and x != 5 and (x > 2 or x < 0):
                            return True
            return False
        """,
        [
            "f([])",
            "f([[], [1, 0], [3]])",
            "f([[5, -1]])",
            "f([[5], 3])",
        ],
        id="any of several, with conditions",
    ),
    pytest.param(
        """
        def f(x: int, xs: list[int]) -> int:
            if not all(x % 2 for x in xs):
                return -x
            return x
        """,
        """
        def f(x: int, xs: list[int]) -> int:
            passed = True
            for x_2 in xs:
                if not (x_2 % 2):
                    passed = False
                    break
            if not passed:
                return -x
            return x
        """,
        [
            "f(3, [1, 3])",
            "f(3, [1, 2])",
            "f(3, [])",
        ],
        id="a name that is in use",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> list:
            answer = any(x > 2 for x in xs)
            y = all(not x for x in xs)
            return [answer, y]
        """,
        """
        def f(xs: list[int]) -> list:
            answer = False
            for x_2 in xs:
                if x_2 > 2:
                    answer = True
                    break
            y = True
            for x in xs:
                if x:
                    y = False
                    break
            return [answer, y]
        """,
        [
            "f([])",
            "f([1, 3])",
            "f([0])",
        ],
        id="assigned",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> str:
            if any(w in "abc" for w in words):
                return "yes"
            else:
                return "no"
        """,
        """
        def f(words: list[str]) -> str:
            found = False
            for w in words:
                if w in "abc":
                    found = True
                    break
            if found:
                return "yes"
            else:
                return "no"
        """,
        [
            "f([])",
            "f(['d', 'b'])",
            "f(['d', 1])",
        ],
        id="asked",
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

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
            return len(xs) and all(x > 1 for x in xs)
        """,
        id="what comes first may be given back",
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
        def f(xs: list[int], g) -> list:
            if g(xs) > any(x > 1 for x in xs):
                return []
            return [g(xs), any(x > 2 for x in xs)]
        """,
        id="another value comes first",
    ),
    pytest.param(
        """
        def f(xs: list[int], x) -> int:
            if x and all(y > 1 for y in xs):
                return 1
            return 2
        """,
        id="what comes first in an if may be anything",
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
        def f(xs: list[int], low: int) -> bool:
            # both
            return len(xs) > 2 and all(x > low for x in xs)
        """,
        """
        def f(xs: list[int], low: int) -> bool:
            if not (len(xs) > 2):
                return False
            # both
            for x in xs:
                if not (x > low):
                    return False
            return True
        """,
        [
            "f([1, 2], 0)",
            "f([1, 2, 3], 0)",
            "f([1, 2, 3], 1)",
        ],
        id="asked after another test",
    ),
    pytest.param(
        """
        def f(xs: list[int]) -> bool:
            return all(a <= b for a, b in zip(xs, xs[1:])) or all(a >= b for a, b in zip(xs, xs[1:]))
        """,
        """
        def f(xs: list[int]) -> bool:
            passed = True
            for a_2, b_2 in zip(xs, xs[1:]):
                if not (a_2 <= b_2):
                    passed = False
                    break
            if passed:
                return True
            for a, b in zip(xs, xs[1:]):
                if not (a >= b):
                    return False
            return True
        """,
        [
            "f([])",
            "f([1, 2, 3])",
            "f([3, 2])",
            "f([1, 2, 1])",
        ],
        id="either of two",
    ),
    pytest.param(
        """
        def f(xs: list[int], low: int) -> int:
            if len(xs) > 2 and all(x > low for x in xs):
                return 1
            if low == 0 or any(x < 0 for x in xs):
                return 2
            if low == 1 or all(x < 0 for x in xs):
                return 3
            return 4 if low == 2 and any(x < -1 for x in xs) else 5
        """,
        """
        def f(xs: list[int], low: int) -> int:
            passed = len(xs) > 2
            if passed:
                for x_2 in xs:
                    if not (x_2 > low):
                        passed = False
                        break
            if passed:
                return 1
            found = low == 0
            if not found:
                for x_3 in xs:
                    if x_3 < 0:
                        found = True
                        break
            if found:
                return 2
            passed_2 = low == 1
            if not passed_2:
                passed_2 = True
                for x_4 in xs:
                    if not (x_4 < 0):
                        passed_2 = False
                        break
            if passed_2:
                return 3
            found_2 = low == 2
            if found_2:
                found_2 = False
                for x in xs:
                    if x < -1:
                        found_2 = True
                        break
            return 4 if found_2 else 5
        """,
        [
            "f([1, 2, 3], 0)",
            "f([1, 2, 3], 1)",
            "f([1, -2, 3], 2)",
            "f([-1, -2], 2)",
            "f([], 2)",
            "f([1, 2, 3], 2)",
        ],
        id="asked by an if after another test",
    ),
    pytest.param(
        """
        def f(xs: list[int], low: int) -> int:
            n = 1 if not any(x < low for x in xs) or low else 2
            if any(x > 5 for x in xs) and low:
                n = 3
            return n
        """,
        """
        def f(xs: list[int], low: int) -> int:
            found = False
            for x_2 in xs:
                if x_2 < low:
                    found = True
                    break
            n = 1 if not found or low else 2
            found_2 = False
            for x in xs:
                if x > 5:
                    found_2 = True
                    break
            if found_2 and low:
                n = 3
            return n
        """,
        [
            "f([1, 2, 3], 0)",
            "f([7], 1)",
            "f([-7], 0)",
        ],
        id="asked first",
    ),
    pytest.param(
        """
        from collections import Counter

        def f(xs: list[int]) -> bool:
            return all(n == 1 for n in Counter(xs).values())
        """,
        """
        def f(xs: list[int]) -> bool:
            for n in Counter(xs).values():
                if not (n == 1):
                    return False
            return True
        """,
        [
            "f([])",
            "f([1, 2, 1])",
        ],
        id="a counter asks for its values",
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

"""euclid: Euclid's algorithm takes the greatest common divisor from math.gcd()."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from perfopt_cli.model.rules import RULES, apply_rule

NAME = "euclid"

NOOP = [
    pytest.param(
        """
        def f(a, b):
            while b:
                a, b = b, a % b
            return a
        """,
        id="numbers that may be no ints",
    ),
    pytest.param(
        """
        def f(a: int, b: int):
            while b:
                a, b = b, b % a
            return a
        """,
        id="another step",
    ),
    pytest.param(
        """
        def f(a: int, b: int):
            n = 0
            while b:
                a, b = b, a % b
                n += 1
            return n
        """,
        id="the steps are counted",
    ),
    pytest.param(
        """
        def f(a: int, b: int):
            while b > 1:
                a, b = b, a % b
            return a
        """,
        id="another end",
    ),
    pytest.param(
        """
        def f(a: int, b: int):
            return a if b == 0 else f(a, a % b)
        """,
        id="another recursion",
    ),
    pytest.param(
        """
        def f(a: int, b: int):
            return b if b == 0 else f(b, a % b)
        """,
        id="another result",
    ),
    pytest.param(
        """
        from functools import cache
        @cache
        def f(a: int, b: int):
            return a if b == 0 else f(b, a % b)
        """,
        id="a function that is wrapped",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(a: int, b: int):
            # to the end
            while b:
                a, b = b, a % b
            return a, b
        """,
        """
        from math import gcd
        def f(a: int, b: int):
            # to the end
            if a > 1 and b > 1:
                a, b = gcd(a, b), 0
            while b:
                a, b = b, a % b
            return a, b
        """,
        [
            "[f(a, b) for a in range(-7, 30) for b in range(-7, 30)]",
            "f(2 ** 90, 6 ** 50)",
            "f(True, True)",
            "f(True, 0)",
            "f(4, True)",
            "f(0, 0)",
        ],
        id="a loop",
    ),
    pytest.param(
        """
        import math
        def f(a: int, b: int):
            while b != 0:
                (a, b) = (b, a % b)
            return a, b
        """,
        """
        def f(a: int, b: int):
            if a > 1 and b > 1:
                a, b = math.gcd(a, b), 0
            while b != 0:
                (a, b) = (b, a % b)
            return a, b
        """,
        [
            "[f(a, b) for a in range(-7, 30) for b in range(-7, 30)]",
            "f(2 ** 90, 6 ** 50)",
            "f(True, True)",
            "f(True, 0)",
            "f(4, True)",
            "f(0, 0)",
        ],
        id="in parentheses",
    ),
    pytest.param(
        """
        def f(a: int, b: int):
            return a if b == 0 else f(b, a % b)
        """,
        """
        from math import gcd
        def f(a: int, b: int):
            if a > 1 and b > 1:
                return gcd(a, b)
            return a if b == 0 else f(b, a % b)
        """,
        [
            "[f(a, b) for a in range(-7, 30) for b in range(-7, 30)]",
            "f(2 ** 40, 6 ** 20)",
            "f(True, True)",
            "f(True, 0)",
            "f(4, True)",
            "f(0, 0)",
        ],
        id="a recursion",
    ),
    pytest.param(
        """
        def f(a: int, b: int):
            if not b:
                return a
            else:
                return f(b, a % b)
        """,
        """
        from math import gcd
        def f(a: int, b: int):
            if a > 1 and b > 1:
                return gcd(a, b)
            if not b:
                return a
            else:
                return f(b, a % b)
        """,
        [
            "[f(a, b) for a in range(-7, 30) for b in range(-7, 30)]",
            "f(2 ** 40, 6 ** 20)",
            "f(True, True)",
            "f(True, 0)",
            "f(4, True)",
            "f(0, 0)",
        ],
        id="a recursion in statements",
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


def test_a_function_of_the_same_name_asks_the_module() -> None:
    source = "def gcd(a: int, b: int):\n    return a if b == 0 else gcd(b, a % b)\n"
    result = apply_rule(RULES[NAME], source)
    assert result is not None
    assert result.imports == ("import math",)
    assert "return math.gcd(a, b)" in result.source

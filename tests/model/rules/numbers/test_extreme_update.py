"""extreme-update: a variable set to max() or min() of itself and a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from perfopt_cli.model.rules import RULES, apply_rule
from perfopt_cli.source import definitions

NAME = "extreme-update"

NOOP = [
    pytest.param(
        """
        def f(xs):
            best = 0
            best = max(best, xs[0])
            for x in xs:
                best += x
            return best
        """,
        id="outside the loops of a function it hardly matters",
    ),
    pytest.param(
        """
        def f(xs):
            best = []
            for x in xs:
                best = max(best, x, key=len)
            return best
        """,
        id="a key",
    ),
    pytest.param(
        """
        def f(xs):
            best = 0
            for x in xs:
                best = max(best, *x)
            return best
        """,
        id="a starred argument",
    ),
    pytest.param(
        """
        def f(xs, max):
            best = 0
            for x in xs:
                best = max(best, x)
            return best
        """,
        id="another max",
    ),
    pytest.param(
        """
        def f(xs):
            best = 0
            for x in xs:
                best = max(best, (best := x) + 1)
            return best
        """,
        id="an argument that sets the variable",
    ),
    pytest.param(
        """
        best = 0

        def f(xs, step):
            global best
            for x in xs:
                best = max(best, step(x))
            return best
        """,
        id="the value's computation may set a global variable",
    ),
    pytest.param(
        """
        def f(xs):
            best = 0
            try:
                for x in xs:
                    best = max(best, x, None)
            except TypeError:
                pass
            return best
        """,
        id="a handler would see the first of two comparisons",
    ),
    pytest.param(
        """
        def f(xs):
            for x in xs:
                if x:
                    best = 0
                best = max(best, xs[x])
            return best
        """,
        id="a variable without a value must fail before the item is read",
    ),
    pytest.param(
        """
        def f(xs: list[int]):
            best = -5
            def g(i: int):
                nonlocal best
                best = max(best, i)
            for x in xs:
                g(x)
            return best
        """,
        id="a nested function is no part of the outer one",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(xs):
            best = worst = 0
            for x in xs:
                best = max(best, x)
                worst = min(x, worst)
            return best, worst
        """,
        """
        def f(xs):
            best = worst = 0
            for x in xs:
                if x > best:
                    best = x
                if not worst < x:
                    worst = x
            return best, worst
        """,
        [
            "f([3, -1, 5, 5.0])",
            "f([])",
            "f([False, True, 1, 0.0, -0.0])",
            "f([float('nan'), 1])",
            "f([1, float('nan')])",
            "f(['a'])",
            "f([None])",
            "f([{1}])",
        ],
        id="as the builtins compare",
    ),
    pytest.param(
        """
        def f(xs, low: int):
            best = 0
            for i in range(len(xs)):
                # the widest
                best = max(best, xs[i] - low)  # so far
            return best
        """,
        """
        def f(xs, low: int):
            best = 0
            for i in range(len(xs)):
                # the widest
                # so far
                first = xs[i] - low
                if first > best:
                    best = first
            return best
        """,
        [
            "f([3, 9, 2], 2)",
            "f([], 2)",
            "f(['a'], 2)",
            "f([1, None], 0)",
        ],
        id="a value that is computed",
    ),
    pytest.param(
        """
        def f(xs, value):
            best = 0
            for x in xs:
                best = max(best, x + 1, value, x * 2)
                best = min(best, value, x * 2)
            return best
        """,
        """
        def f(xs, value):
            best = 0
            for x in xs:
                best = max(best, x + 1, value, x * 2)
                first = x * 2
                if value < best:
                    best = value
                if first < best:
                    best = first
            return best
        """,
        [
            "f([3, 9, 2], 7)",
            "f([3, None], 7)",
            "f([3], '')",
        ],
        id="three arguments, not more",
    ),
    pytest.param(
        """
        def f(xs, ys):
            out = []
            for x, y in zip(xs, ys):
                top = max(x * 2, y * 3)
                low = min(low, x) if out else x
                out.append(top - low)
            return out
        """,
        """
        def f(xs, ys):
            out = []
            for x, y in zip(xs, ys):
                top = x * 2
                first = y * 3
                if first > top:
                    top = first
                low = min(low, x) if out else x
                out.append(top - low)
            return out
        """,
        [
            "f([3, 9, 2], [1, 8, 0])",
            "f([], [])",
            "f([1], [None])",
            "f([1.0], [float('nan')])",
        ],
        id="a variable set to the greater of two others",
    ),
]


NESTED = """
def outer(xs, top):
    best = top
    def f(i: int):
        nonlocal best
        best = max(best, i)
        best = min(best, xs[i])
    for x in xs:
        f(x)
    return best
"""


def test_a_variable_of_the_function_around_takes_a_number() -> None:
    name = "outer.<locals>.f"
    source = definitions(NESTED)[name].source
    result = apply_rule(RULES[NAME], source, NESTED, name)
    assert result is not None
    assert "    if i > best:\n        best = i\n    best = min(best, xs[i])" in result.source


@pytest.mark.parametrize("text", NOOP)
def test_is_left_alone(noop: Callable[..., None], text: str) -> None:
    noop(NAME, text)


@pytest.mark.parametrize(("before", "after", "calls"), REWRITES)
def test_is_rewritten(
    rewrites: Callable[..., None], before: str, after: str, calls: Sequence[str]
) -> None:
    rewrites(NAME, before, after, calls)

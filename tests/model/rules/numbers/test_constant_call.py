"""constant-call: a builtin called with a constant in a loop becomes its value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "constant-call"

NOOP = [
    pytest.param(
        """
        def f(text):
            return [ord(c) for c in text]
        """,
        id="another value each time",
    ),
    pytest.param(
        """
        def f(text, ord):
            return [ord('a') for c in text]
        """,
        id="another ord",
    ),
    pytest.param(
        """
        def f(text):
            return [ord('ab') for c in text]
        """,
        id="a call that fails",
    ),
    pytest.param(
        """
        def f(text):
            return [chr(55296) for c in text]
        """,
        id="a character that can't be written",
    ),
    pytest.param(
        """
        def f(text):
            total = ord('a')
            for c in text:
                total += 1
            return total
        """,
        id="once, before the loop",
    ),
    pytest.param(
        """
        def f(text):
            return [float('1.5') for c in text]
        """,
        id="another number",
    ),
    pytest.param(
        """
        def f(text):
            return [float('nan') for c in text]
        """,
        id="two that are not the same are never equal",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(text):
            total = 0
            for c in text:
                total += ord(c) - ord('a') + len('abc')
            return total, chr(97)
        """,
        """
        def f(text):
            total = 0
            for c in text:
                total += ord(c) - 97 + 3
            return total, chr(97)
        """,
        [
            "f('abc')",
            "f('')",
            "f([1])",
        ],
        id="in a loop",
    ),
    pytest.param(
        """
        def f(x):
            return chr(65) + x, ord(b'a'), len(b'')
        """,
        """
        def f(x):
            return 'A' + x, 97, 0
        """,
        [
            "f('a')",
            "f(1)",
        ],
        id="in a function without loops",
    ),
    pytest.param(
        """
        def f(xs):
            return [x if x > float('-inf') else 1 - float('-inf') for x in xs if x < float('inf')]
        """,
        """
        import math
        def f(xs):
            return [x if x > -math.inf else 1 - (-math.inf) for x in xs if x < math.inf]
        """,
        [
            "f([1, float('inf'), float('nan'), 2.5])",
            "f([float('-inf')])",
            "f(['a'])",
        ],
        id="infinity",
    ),
    pytest.param(
        """
        import math
        def f(xs, inf):
            return [min(x, float('inf')) for x in xs]
        """,
        """
        def f(xs, inf):
            return [min(x, math.inf) for x in xs]
        """,
        [
            "f([1, 2.5], 0)",
            "f([None], 0)",
        ],
        id="infinity where the name is taken",
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

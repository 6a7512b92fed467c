"""format-string: str.format becomes an f-string."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "format-string"

NOOP = [
    pytest.param(
        """
        def f(template: str, x: int) -> str:
            return template.format(x)
        """,
        id="the template is a variable",
    ),
    pytest.param(
        """
        def f(x, y) -> str:
            return "{0}".format(x, y)
        """,
        id="a value that is not used",
    ),
    pytest.param(
        """
        def f(x) -> str:
            return "{0.real}".format(x)
        """,
        id="an attribute of a value",
    ),
    pytest.param(
        """
        def f(x, y) -> str:
            return "{} {}".format(x, y.name)
        """,
        id="computing the second value may see what writing the first did",
    ),
    pytest.param(
        """
        def f(x: dict) -> str:
            return "{}".format(x["a"])
        """,
        id="a quote in a value",
    ),
    pytest.param(
        """
        def f(x, y) -> str:
            return "{:{}}".format(x, y)
        """,
        id="a width that is given as a value",
    ),
    pytest.param(
        """
        def f(x) -> str:
            return "%s" % x
        """,
        id="a tuple would be taken apart",
    ),
    pytest.param(
        """
        def f(g) -> str:
            return "{0} {0}".format(g())
        """,
        id="a value that would be computed twice",
    ),
    pytest.param(
        """
        def f(x) -> str:
            return "{} {}".format(x)
        """,
        id="too few values",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(x, y) -> str:
            return "{}: {!r} {{}}".format(x, y)
        """,
        """
        def f(x, y) -> str:
            return f"{x}: {y!r} {{}}"
        """,
        [
            "f(1, 'a')",
            "f(True, None)",
            "f([1], {})",
        ],
        id="values of any type",
    ),
    pytest.param(
        """
        def f(x, y) -> str:
            return "{1:>4}{0}{key:.2f}".format(x, y, key=x)
        """,
        """
        def f(x, y) -> str:
            return f"{y:>4}{x}{x:.2f}"
        """,
        [
            "f(1, 'a')",
            "f('a', 1)",
        ],
        id="numbered and named",
    ),
    pytest.param(
        """
        def f(x) -> str:
            return "<{}>".format(x.upper())
        """,
        """
        def f(x) -> str:
            return f"<{x.upper()}>"
        """,
        [
            "f('a')",
            "f(1)",
        ],
        id="one value that is computed",
    ),
    pytest.param(
        """
        def f(word: str, n: int) -> str:
            return "a %s" % word + "{%s}" % n
        """,
        """
        def f(word: str, n: int) -> str:
            return f"a {word!s}" + f"{{{n!s}}}"
        """,
        [
            "f('a', 1)",
            "f('', True)",
        ],
        id="the old form",
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

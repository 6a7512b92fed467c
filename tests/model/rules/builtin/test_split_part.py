"""split-part: a split of which one part is used becomes a partition."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "split-part"

NOOP = [
    pytest.param(
        """
        def f(text) -> str:
            return text.split(",")[0]
        """,
        id="the text may be no str",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return text.split(",")[1]
        """,
        id="another part",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return text.split("aa")[-1]
        """,
        id="from the end separators may overlap",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return text.split(",", 2)[0]
        """,
        id="a limit is given",
    ),
    pytest.param(
        """
        def f(text: str) -> int:
            return len(text.split())
        """,
        id="words are counted",
    ),
    pytest.param(
        """
        def f(text: str, by: str) -> int:
            return len(text.split(by))
        """,
        id="an empty separator fails only in a split",
    ),
    pytest.param(
        """
        def f(text: str, by) -> str:
            return text.split(by)[0]
        """,
        id="the separator may be None",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(text: str, by: str) -> str:
            return text.split(by)[0]
        """,
        """
        def f(text: str, by: str) -> str:
            return text.partition(by)[0]
        """,
        [
            "f('a,b', ',')",
            "f('', ',')",
            "f('ab', '')",
            "f('a--b', '--')",
        ],
        id="the first part",
    ),
    pytest.param(
        """
        def f(text: str) -> str:
            return text.strip().split("/")[-1]
        """,
        """
        def f(text: str) -> str:
            return text.strip().rpartition("/")[2]
        """,
        [
            "f('a/b/c')",
            "f('')",
            "f('a/')",
            "f('a')",
        ],
        id="the last part",
    ),
    pytest.param(
        """
        def f(text: str) -> tuple:
            return text.split()[0], text.split()[-1]
        """,
        """
        def f(text: str) -> tuple:
            return text.split(None, 1)[0], text.rsplit(None, 1)[-1]
        """,
        [
            "f(' a b  c ')",
            "f(' a')",
            "f('')",
        ],
        id="words",
    ),
    pytest.param(
        """
        def f(text: str) -> tuple:
            return len(text.split(", ")) - 1, len(text.split(",")) * 2
        """,
        """
        def f(text: str) -> tuple:
            return text.count(", "), (text.count(",") + 1) * 2
        """,
        [
            "f('')",
            "f('a, b,c')",
        ],
        id="parts are counted",
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

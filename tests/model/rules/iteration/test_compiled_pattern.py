"""compiled-pattern: a regular expression in a loop is compiled once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "compiled-pattern"

NOOP = [
    pytest.param(
        """
        import re
        def f(p: str, lines: list[str]) -> list[str]:
            return [line for line in lines if re.match(p, line)]
        """,
        id="the pattern is not known",
    ),
    pytest.param(
        """
        import re
        def f(lines: list[str]) -> list[str]:
            return [line for line in lines if re.match("(", line)]
        """,
        id="the pattern does not compile",
    ),
    pytest.param(
        """
        import re
        def f(lines: list[str]) -> list[str]:
            return [line for line in lines if re.match("a++b", line)]
        """,
        id="the pattern needs Python 3.11",
    ),
    pytest.param(
        """
        import re
        def f(line: str) -> bool:
            return bool(re.match("a", line))
        """,
        id="no loop",
    ),
    pytest.param(
        """
        import regex as re
        def f(lines: list[str]) -> list[str]:
            return [line for line in lines if re.match("a", line)]
        """,
        id="re is another module",
    ),
    pytest.param(
        """
        import re
        def f(re, lines: list[str]) -> list[str]:
            return [line for line in lines if re.match("a", line)]
        """,
        id="re is a parameter",
    ),
    pytest.param(
        """
        import re
        def f(lines: list[str], flags: int) -> list[str]:
            return [line for line in lines if re.match("a", line, flags)]
        """,
        id="flags that are not known",
    ),
]

REWRITES = [
    pytest.param(
        r"""
        import re

        def f(lines: list[str]) -> list[str]:
            out = []
            for line in lines:
                if re.match(r"\d+ a", line, re.IGNORECASE | re.A):
                    out.append(re.sub("[0-9]", "#", line, count=1, flags=re.M))
            return out
        """,
        r"""
        def f(lines: list[str]) -> list[str]:
            out = []
            match_pattern = re.compile(r"\d+ a", re.IGNORECASE | re.A).match
            sub_pattern = re.compile("[0-9]", re.M).sub
            for line in lines:
                if match_pattern(line):
                    out.append(sub_pattern("#", line, count=1))
            return out
        """,
        [
            "f(['12 A', 'b', '1 b'])",
            "f([])",
            "f([None])",
        ],
        id="match and sub, with flags",
    ),
    pytest.param(
        """
        import re

        def f(rows: list[list[str]]) -> list[bool]:
            return [bool(re.search("a.c", a) or re.search("a.c", b)) for a, b in rows]
        """,
        """
        def f(rows: list[list[str]]) -> list[bool]:
            search_pattern = re.compile("a.c").search
            return [bool(search_pattern(a) or search_pattern(b)) for a, b in rows]
        """,
        [
            "f([('xabc', ''), ('', 'a'), ('', 'acc')])",
        ],
        id="the same pattern twice",
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

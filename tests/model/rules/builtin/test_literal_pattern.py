"""literal-pattern: a regular expression that is plain text becomes a method of str."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "literal-pattern"

NOOP = [
    pytest.param(
        """
        import re

        def f(text: str) -> str:
            return re.sub("a.", "", text)
        """,
        id="a pattern with a special character",
    ),
    pytest.param(
        """
        import re

        def f(text) -> str:
            return re.sub("a", "", text)
        """,
        id="the text may be no str",
    ),
    pytest.param(
        r"""
        import re

        def f(text: str) -> str:
            return re.sub("a", r"\g<0>b", text)
        """,
        id="the new text refers to a group",
    ),
    pytest.param(
        """
        import re

        def f(text: str) -> str:
            return re.sub("a", "", text, flags=re.I)
        """,
        id="a flag",
    ),
    pytest.param(
        """
        import re

        def f(text: str) -> object:
            return re.search("ab", text)
        """,
        id="the match itself is used",
    ),
    pytest.param(
        r"""
        import re

        def f(text: str) -> str:
            return re.sub("[^a]", "", text) + re.sub(r"[\w]", "", text) + re.sub("[a-]", "", text)
        """,
        id="a class of what is not in it",
    ),
    pytest.param(
        """
        import re

        def f(text: str) -> str:
            return re.sub("", "-", text)
        """,
        id="an empty pattern",
    ),
    pytest.param(
        """
        import re

        def f(text: str) -> str:
            if text:
                pattern = "a"
            return re.sub(pattern, "-", text)
        """,
        id="the pattern may have no value",
    ),
]

REWRITES = [
    pytest.param(
        r"""
        import re

        def f(text: str) -> str:
            return re.sub(r"\.", "", text) + re.sub("ab", "-", text)
        """,
        """
        def f(text: str) -> str:
            return text.replace(".", "") + text.replace("ab", "-")
        """,
        [
            "f('')",
            "f('a.b.aab')",
            "f('..')",
        ],
        id="replaced",
    ),
    pytest.param(
        r"""
        import re

        def f(text: str) -> str:
            return re.sub(r"\s+", "", text)
        """,
        """
        def f(text: str) -> str:
            return "".join(text.split())
        """,
        [
            "f('')",
            "f(' a b\\t\\n c\\x1c\\x85\\xa0\\u2003d ')",
        ],
        id="white space",
    ),
    pytest.param(
        """
        import re

        def f(text: str) -> str:
            pattern = "ab"
            if not re.search(pattern, text) or bool(re.match("b", text)):
                return "no"
            return "yes"
        """,
        """
        def f(text: str) -> str:
            pattern = "ab"
            if not ("ab" in text) or text.startswith("b"):
                return "no"
            return "yes"
        """,
        [
            "f('')",
            "f('xab')",
            "f('bab')",
        ],
        id="asked",
    ),
    pytest.param(
        """
        import re

        def f(text: str) -> tuple:
            return re.sub("[a-c_]+", "", text), re.sub("[aeiou]", "*", text), re.sub("[ab]+", "*", text)
        """,
        """
        def f(text: str) -> tuple:
            return text.translate(str.maketrans("", "", "abc_")), text.translate(str.maketrans(dict.fromkeys("aeiou", "*"))), re.sub("[ab]+", "*", text)
        """,
        [
            "f('')",
            "f('a_bcdä eAB-c')",
        ],
        id="characters of a class",
    ),
    pytest.param(
        """
        import re

        def f(text: str) -> tuple:
            return re.split(", ", text), len(re.findall("aa", text))
        """,
        """
        def f(text: str) -> tuple:
            return text.split(", "), text.count("aa")
        """,
        [
            "f('')",
            "f('a, aaa, aaaa,')",
        ],
        id="split and counted",
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

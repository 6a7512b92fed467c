"""string-join: string += in a loop becomes one join."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

NAME = "string-join"

NOOP = [
    pytest.param(
        """
        def f(xs) -> str:
            text = ""
            for x in xs:
                text += x
            return text
        """,
        id="the pieces may be no str",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> str:
            text = ""
            for x in xs:
                if len(text) > 3:
                    break
                text += x
            return text
        """,
        id="the text is read in the loop",
    ),
    pytest.param(
        """
        def f(xs: list[str], start: bool) -> str:
            if start:
                text = ""
            for x in xs:
                text += x
            return text
        """,
        id="the text need not exist before the loop",
    ),
    pytest.param(
        """
        def f(xs: list[bytes]) -> bytes:
            text = b""
            for x in xs:
                text += x
            return text
        """,
        id="it adds up bytes",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> str:
            text = ""
            try:
                for i in range(9):
                    text += xs[i]
            except IndexError:
                pass
            return text
        """,
        id="a half-made text would be seen after an exception",
    ),
    pytest.param(
        """
        def f(xs: list[str]):
            text = ""
            for x in xs:
                text += x
                yield x
            yield text
        """,
        id="a generator is left and entered again",
    ),
    pytest.param(
        """
        def f(xs: list[str]) -> str:
            text = ""
            for x in xs:
                text += x
                if not x:
                    return text
            return text
        """,
        id="the text is returned from within the loop",
    ),
    pytest.param(
        """
        def f(xs: list[str], each) -> str:
            text = ""
            def size() -> int:
                return len(text)
            for x in xs:
                text += x
                each(size)
            return text
        """,
        id="a closure reads the text",
    ),
    pytest.param(
        """
        def f(rows: list[list[str]]) -> str:
            out = ""
            for row in rows:
                out = ""
                for x in row:
                    out += x
                else:
                    break
            return out
        """,
        id="an else that leaves the loop around",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> str:
            text = ""
            for word in words:
                text = word + text
            return text
        """,
        id="pieces are put in front",
    ),
    pytest.param(
        """
        def f(words: list[str]) -> str:
            text = ""
            for word in words:
                text = text + word + text
            return text
        """,
        id="the text is added to itself",
    ),
]

REWRITES = [
    pytest.param(
        """
        def f(words: list[str]) -> str:
            text = ""
            for word in words:
                if word:
                    text = text + word + (" " + word)
            return text
        """,
        """
        def f(words: list[str]) -> str:
            parts = []
            for word in words:
                if word:
                    parts.append(word + (" " + word))
            text = "".join(parts)
            return text
        """,
        [
            "f([])",
            "f(['a', '', 'b'])",
        ],
        id="the text is named twice",
    ),
    pytest.param(
        r"""
        def f(rows: list[tuple[str, int]]) -> str:
            text = "<ul>\n"
            for name, count in rows:
                text += "<li>"
                text += f"{name}: {count}"
                text += "\n" if count else ""
            text += "</ul>"
            return text
        """,
        r"""
        def f(rows: list[tuple[str, int]]) -> str:
            text = "<ul>\n"
            parts = []
            for name, count in rows:
                parts.append("<li>")
                parts.append(f"{name}: {count}")
                parts.append("\n" if count else "")
            text += "".join(parts)
            text += "</ul>"
            return text
        """,
        [
            "f([('a', 1), ('b', 0)])",
            "f([])",
        ],
        id="a report, with text before and after",
    ),
    pytest.param(
        """
        def f(parts: list[str]) -> str:
            # all of it
            out: str = ""
            for part in parts:
                if not part:
                    break
                out += part + ";"
            return out
        """,
        """
        def f(parts: list[str]) -> str:
            # all of it
            out_parts = []
            for part in parts:
                if not part:
                    break
                out_parts.append(part + ";")
            out: str = "".join(out_parts)
            return out
        """,
        [
            "f(['a', 'b', '', 'c'])",
            "f([])",
        ],
        id="from nothing, with a break and a clash of names",
    ),
    pytest.param(
        """
        def f(n: int) -> str:
            digits = "x"
            while n > 0:
                digits += str(n % 2)
                n //= 2
            return digits
        """,
        """
        def f(n: int) -> str:
            digits = "x"
            parts = []
            while n > 0:
                parts.append(str(n % 2))
                n //= 2
            digits += "".join(parts)
            return digits
        """,
        [
            "f(6)",
            "f(0)",
        ],
        id="a while loop",
    ),
    pytest.param(
        """
        def f(rows: list[list[str]]) -> str:
            out = ""
            for row in rows:
                for cell in row:
                    out += cell
                out += "|"
            return out
        """,
        """
        def f(rows: list[list[str]]) -> str:
            parts = []
            for row in rows:
                for cell in row:
                    parts.append(cell)
                parts.append("|")
            out = "".join(parts)
            return out
        """,
        [
            "f([['a', 'b'], []])",
        ],
        id="only the outer of two loops",
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

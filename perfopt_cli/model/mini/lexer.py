"""Python text as logical lines of tokens, the same on every interpreter.

The standard ``tokenize`` is slow, and splits f-strings from Python 3.12 on;
here each string is one token. The text has to be valid Python with ``\\n`` for
line ends: whoever calls has had it parsed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_PATTERN = re.compile(
    r"""(?P<blank>[ \t\f]+|\\\n)
    |(?P<string>(?:[uUbBrR]|[bB][rR]|[rR][bB])?(?:
        \"{3}[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*\"{3}
        |'{3}[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'{3}
        |"[^"\\\n]*(?:\\.[^"\\\n]*)*"
        |'[^'\\\n]*(?:\\.[^'\\\n]*)*'))
    |(?P<formatted>(?:[fFtT][rR]?|[rR][fFtT])(?:\"{3}|'{3}|"|'))
    |(?P<name>[^\W\d]\w*)
    |(?P<operator>[(\[{])
    |(?P<close>[)\]}])
    |(?P<newline>\n)
    |(?P<number>0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
        |(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJ]?)
    |(?P<comment>\#[^\n]*)
    |(?P<other>\*\*=?|//=?|>>=?|<<=?|\.\.\.|!=|->|:=|[-+*/%&|^=<>@]=?|[~,:;.])
    """,
    re.VERBOSE | re.DOTALL,
)
_PREFIXED = re.compile(r"[a-zA-Z]*(\"{3}|'{3}|\"|')", re.DOTALL)


class Unlexed(ValueError):
    """The text has a character that no token begins with, or an end that never comes."""


class Token(NamedTuple):
    """``kind`` is name, string, formatted, number or operator; ``at`` its offset in the text.

    ``inner`` is the text of the expressions within an f-string.
    """

    kind: str
    text: str
    at: int
    inner: str = ""


@dataclass(slots=True)
class Line:
    """A logical line: ``depth`` blocks deep, its text from ``start`` to before ``end``.

    The text begins with ``margin`` and ends after the line's end, comment included.
    ``first`` and ``last`` are physical lines from 1. ``tail`` is the offset where the
    docstring that belongs to a ``def`` or ``class`` ends; ``end`` where it has none.
    """

    depth: int
    margin: str
    tokens: list[Token]
    start: int
    end: int
    first: int
    last: int
    tail: int


def lex(source: str) -> list[Line]:
    """Split the text into logical lines; comments and blank lines are in none.

    Raises ``Unlexed``.
    """
    lines: list[Line] = []
    widths = [0]
    tokens: list[Token] = []
    at, depth, row, size = 0, 0, 1, len(source)
    begun, first = 0, 1
    match = _PATTERN.match
    while at < size:
        found = match(source, at)
        if found is None:
            raise Unlexed(source[at : at + 10])
        kind = found.lastgroup or ""
        end = found.end()
        if kind == "newline":
            row += 1
            if not depth:
                if tokens:
                    lines.append(_line(source, tokens, begun, end, (first, row - 1), widths))
                    tokens = []
                begun, first = end, row
        elif kind == "blank":
            if source[at] == "\\":
                row += 1
        elif kind == "formatted":
            end, inner = _formatted(source, at)
            tokens.append(Token(kind, source[at:end], at, inner))
            row += source.count("\n", at, end)
        elif kind != "comment":
            if kind == "operator":
                depth += 1
            elif kind == "close":
                depth -= 1
                kind = "operator"
            elif kind == "other":
                kind = "operator"
            elif kind == "string":
                row += source.count("\n", at, end)
            tokens.append(Token(kind, source[at:end], at))
        at = end
    if tokens:
        lines.append(_line(source, tokens, begun, size, (first, row), widths))
    return lines


def _line(
    source: str,
    tokens: list[Token],
    start: int,
    end: int,
    rows: tuple[int, int],
    widths: list[int],
) -> Line:
    margin = source[start : tokens[0].at]
    width = len(margin.expandtabs())
    while width < widths[-1]:
        widths.pop()
    if width > widths[-1]:
        widths.append(width)
    return Line(len(widths) - 1, margin, tokens, start, end, *rows, end)


def _formatted(source: str, at: int) -> tuple[int, str]:
    """Return where the f-string ends, and its expressions' text."""
    opened = _PREFIXED.match(source, at)
    if opened is None:
        raise Unlexed(source[at : at + 10])
    raw = "r" in opened[0].lower()
    return _literal(source, opened.end(), opened[1], raw=raw)


def _literal(source: str, at: int, quote: str, *, raw: bool) -> tuple[int, str]:
    inner: list[str] = []
    while at < len(source):
        if source.startswith(quote, at):
            return at + len(quote), " ".join(inner)
        letter = source[at]
        if letter == "\\":
            # \N{NAME} is no expression.
            named = not raw and source.startswith("\\N{", at)
            at = source.index("}", at) + 1 if named and "}" in source[at:] else at + 2
            if raw and source[at - 1 : at] in ("{", "}"):
                at -= 1
        elif letter == "{" and not source.startswith("{{", at):
            at, text = _expression(source, at + 1, quote, raw=raw)
            inner.append(text)
        else:
            at += 2 if source.startswith(("{{", "}}"), at) else 1
    raise Unlexed(quote)


def _expression(source: str, at: int, quote: str, *, raw: bool) -> tuple[int, str]:
    """Return the offset after the closing brace, and the text of the expression."""
    start, depth = at, 0
    while at < len(source):
        letter = source[at]
        if depth == 0 and letter == "}":
            return at + 1, source[start:at]
        if depth == 0 and letter == ":":
            end, nested = _specification(source, at + 1, quote, raw=raw)
            return end, f"{source[start:at]} {nested}"
        found = _PATTERN.match(source, at)
        if letter == "!" and found is None:
            at += 1
            continue
        if found is None:
            raise Unlexed(source[at : at + 10])
        if found.lastgroup == "formatted":
            at, _ = _formatted(source, at)
            continue
        if letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        at = found.end()
    raise Unlexed(quote)


def _specification(source: str, at: int, quote: str, *, raw: bool) -> tuple[int, str]:
    inner: list[str] = []
    while at < len(source):
        letter = source[at]
        if letter == "}":
            return at + 1, " ".join(inner)
        if letter == "{":
            at, text = _expression(source, at + 1, quote, raw=raw)
            inner.append(text)
        elif source.startswith(quote, at):
            break
        else:
            at += 1
    raise Unlexed(quote)

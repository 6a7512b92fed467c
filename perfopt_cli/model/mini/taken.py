"""A text taken apart: its logical lines without docstrings, and its names."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from itertools import pairwise

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.lexer import Line, Token, Unlexed, lex
from perfopt_cli.model.mini.names import Names, names_of


class Unreadable(PerfoptError):
    """Code that can't be said in the language; the message says why."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A text taken apart."""

    source: str
    lines: list[Line]
    names: Names
    keywords: set[int]


def taken_apart(source: str) -> Taken:
    """Take a text apart. Raises ``Unreadable``."""
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError) as error:
            raise Unreadable(f"this Python can't parse the code: {error}") from None
        except (RecursionError, MemoryError):
            raise Unreadable("the code is too deep") from None
    try:
        lines = lex(text)
    except Unlexed as error:
        raise Unreadable(f"the code has an unknown token: {error}") from None
    names = names_of(tree)
    kept: list[Line] = []
    for line in lines:
        line.tokens = _without_last_commas(line.tokens)
        if line.first in names.docstrings and all(one.kind == "string" for one in line.tokens):
            if kept:
                kept[-1].tail = line.end
        else:
            kept.append(line)
    if not kept:
        raise Unreadable("there is no code")
    return Taken(text, kept, names, _offsets(text, names.keywords))


def _offsets(text: str, places: set[tuple[int, int]]) -> set[int]:
    if not places:
        return set()
    starts, at = [0, 0], -1
    while (at := text.find("\n", at + 1)) >= 0:
        starts.append(at + 1)
    if text.isascii():
        return {starts[row] + column for row, column in places}
    rows = text.split("\n")
    return {
        starts[row] + len(rows[row - 1].encode()[:column].decode(errors="replace"))
        for row, column in places
    }


def _without_last_commas(tokens: list[Token]) -> list[Token]:
    """Leave out each comma before a closing bracket that isn't the only one in its brackets."""
    if not any(one.text == "," and after.text in ")]}" for one, after in pairwise(tokens)):
        return tokens
    kept: list[Token] = []
    commas = [0]
    for token in tokens:
        if token.kind == "operator":
            if token.text in "([{":
                commas.append(0)
            elif token.text in ")]}":
                if commas.pop() > 1 and kept[-1].text == ",":
                    kept.pop()
            elif token.text == ",":
                commas[-1] += 1
        kept.append(token)
    return kept

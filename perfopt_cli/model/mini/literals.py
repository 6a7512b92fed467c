"""Literals in one spelling, so that quotes don't matter."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from perfopt_cli.model.mini.words import STRINGS

_STRING = re.compile(r"([a-zA-Z]*)(['\"])([^'\"]*)\2", re.DOTALL)


def canonical(text: str) -> str:
    """Return the string literal in single quotes where that needs no other change."""
    found = _STRING.fullmatch(text)
    if found is None:
        return text
    return f"{'' if found[1] in 'uU' else found[1].lower()}'{found[3]}'"


def word(text: str) -> str:
    """Return a canonical literal as a word, which has no blanks."""
    return text.replace(" ", "\\x20")


def plain(text: str, quote: str) -> str:
    """Return the literal of a word, in these quotes where that needs no other change."""
    found = _STRING.fullmatch(text.replace("\\x20", " "))
    return text if found is None else f"{found[1]}{quote}{found[3]}{quote}"


def same_string(text: str, placeholders: Mapping[tuple[str, str], str]) -> str | None:
    """Return the word or placeholder of a string of the same value, spelled another way."""
    value = _value(text)
    for one in STRINGS:
        if _value(one) == value:
            return one
    for (kind, other), said in placeholders.items():
        if kind == "s" and _value(other) == value:
            return said
    return None


def _value(text: str) -> object:
    return ast.literal_eval(text)

"""Literals in one spelling, so that quotes don't matter."""

from __future__ import annotations

import re

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

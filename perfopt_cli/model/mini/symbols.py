"""Tokens as words of the language, or as things that placeholders stand for."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from perfopt_cli.model.mini.lexer import Line
from perfopt_cli.model.mini.literals import canonical, word
from perfopt_cli.model.mini.names import Names
from perfopt_cli.model.mini.taken import Taken, Unreadable
from perfopt_cli.model.mini.vocabulary import (
    IDENTIFIERS,
    INNER,
    KEPT,
    LITERALS,
    OUTER,
    OWN,
    POOLS,
    PYTHON_KEYWORDS,
)

Symbol = str | tuple[str, str]
"""A word, or the kind and the text of what a placeholder stands for."""


def symbols(line: Line, text: Taken, slow: Names | None = None) -> list[Symbol]:
    """Say the line's tokens; with ``slow``, names are those of the slow code first."""
    names = text.names
    local, members, own = names.local, names.members, {names.own}
    if slow is not None:
        local, members, own = local | slow.local, members | slow.members, {names.own, slow.own}
    found: list[Symbol] = []
    before = ""
    for kind, token, at, inner in line.tokens:
        if kind == "operator" or token in PYTHON_KEYWORDS:
            found.append(token)
        elif kind == "name":
            if before == "." or at in text.keywords:
                found.append(token if token in IDENTIFIERS else ("a", token))
            elif token in KEPT:
                found.append(token)
            elif token in own:
                found.append(OWN)
            elif token in local:
                found.append(("v", token))
            elif token in IDENTIFIERS:
                found.append(token)
            else:
                found.append(("a" if token in members else "g", token))
        elif kind == "formatted":
            found.append(("f", canonical(token)))
            if slow is None and inner:
                found += _inner(inner, local)
        else:
            literal = canonical(token) if kind == "string" else token.lower()
            said = word(literal)
            found.append(said if said in LITERALS else (kind[0], literal))
        before = token
    return found


def _inner(text: str, local: set[str]) -> list[Symbol]:
    read = dict.fromkeys(re.findall(r"(?<![\w.])[^\W\d]\w*", text))
    said: list[Symbol] = [
        one if one in KEPT else ("v", one) for one in read if one in local or one in KEPT
    ]
    return [INNER, *said, OUTER] if said else []


def numbered(lines: Iterable[list[Symbol]], rng: random.Random) -> dict[tuple[str, str], str]:
    """Give each thing that is no word a placeholder out of its kind's pool."""
    kinds: dict[str, dict[tuple[str, str], None]] = {kind: {} for kind in POOLS}
    for line in lines:
        for one in line:
            if not isinstance(one, str):
                kinds[one[0]][one] = None
    found: dict[tuple[str, str], str] = {}
    for kind, things in kinds.items():
        size = POOLS[kind]
        if len(things) > size:
            raise Unreadable(f"the code has more than {size} {KINDS[kind]}")
        if things:
            order = sorted(range(size), key=lambda _: rng.random())
            found.update(zip(things, (f"{kind}{one}" for one in order), strict=False))
    return found


KINDS = {
    "v": "local names",
    "g": "uncommon global names",
    "a": "uncommon attributes",
    "s": "uncommon strings",
    "n": "uncommon numbers",
    "f": "f-strings",
}

"""Code as the small model reads it.

A name that the function binds is a placeholder whatever it is called, so that the
model learns shapes and not names; a global name, an attribute or a literal is a
word where it is frequent in real code, since it says what it means. Placeholders
have random numbers out of a pool, so that each gets trained and none means "the
first one". The names that an f-string reads stand after its placeholder in the
reading only: a reply writes the placeholder alone.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from perfopt_cli.model.mini.lexer import Line
from perfopt_cli.model.mini.names import Names
from perfopt_cli.model.mini.symbols import numbered, symbols
from perfopt_cli.model.mini.taken import Unreadable, taken_apart
from perfopt_cli.model.mini.vocabulary import DEPTHS, GAP, LINES
from perfopt_cli.model.mini.window import window


@dataclass(frozen=True, slots=True)
class Reading:
    """A function or a program as the model reads it.

    ``text`` is what the encoder reads, ``source`` what it was made of, ``names`` the
    text of each placeholder in it. ``lines`` are all logical lines, ``shown`` the
    numbers from 1 of those that the text has.
    """

    text: str
    source: str
    names: Mapping[str, str]
    lines: tuple[Line, ...] = field(repr=False)
    shown: frozenset[int] = field(repr=False)
    bound: Names = field(repr=False)
    placeholders: Mapping[tuple[str, str], str] = field(repr=False)


def read(
    source: str, *, seed: int | None = None, hot: Sequence[int] = (), most: int = 320
) -> Reading:
    """Read a function or a program of at most ``most`` words.

    ``hot`` are physical lines from 1: a longer text is read around them. Without a
    seed the numbers of placeholders come from the text. Raises ``Unreadable``.
    """
    text = taken_apart(source)
    if len(text.lines) >= LINES:
        raise Unreadable(f"the code has more than {LINES - 1} lines")
    raw = [symbols(line, text) for line in text.lines]
    sizes = [2 + len(line) for line in raw]
    numbers = range(1, len(raw) + 1)
    shown = frozenset(numbers)
    if sum(sizes) > most:
        shown = window(text.lines, sizes, hot, most)
    rng = random.Random(zlib.crc32(text.source.encode()) if seed is None else seed)
    placeholders = numbered((raw[number - 1] for number in sorted(shown)), rng)
    words: list[str] = []
    last = 0
    for number in sorted(shown):
        if number > last + 1:
            words.append(GAP)
        last = number
        depth = text.lines[number - 1].depth
        if depth >= DEPTHS:
            raise Unreadable(f"a line is more than {DEPTHS - 1} blocks deep")
        words += (f"L{number}", f"I{depth}")
        words += [one if isinstance(one, str) else placeholders[one] for one in raw[number - 1]]
    if last < len(raw):
        words.append(GAP)
    return Reading(
        " ".join(words),
        text.source,
        {word: name for (_, name), word in placeholders.items()},
        tuple(text.lines),
        shown,
        text.names,
        placeholders,
    )

"""The small model's language: code as words of a fixed vocabulary, and line edits of it.

A name that the function binds is a placeholder whatever it is called, so that the
model learns shapes and not names; a global name, an attribute or a literal is a
word where it is frequent in real code, since it says what it means. Placeholders
have random numbers out of a pool, so that each gets trained and none means "the
first one". The names that an f-string reads stand after its placeholder in the
reading only: a reply writes the placeholder alone.
"""

from __future__ import annotations

import ast
import random
import re
import warnings
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.mini.edits import Damaged, Edit, Key, New, compare, parsed, written
from perfopt_cli.model.mini.imports import BUILTINS, KNOWN, missing
from perfopt_cli.model.mini.lexer import Line, Token, Unlexed, lex
from perfopt_cli.model.mini.literals import canonical, word
from perfopt_cli.model.mini.names import Names, names_of
from perfopt_cli.model.mini.splice import Decoder, spliced
from perfopt_cli.model.mini.vocabulary import (
    DEPTHS,
    GAP,
    IDENTIFIERS,
    INNER,
    KEPT,
    LINES,
    LITERALS,
    NEW,
    NOTHING,
    OUTER,
    OWN,
    PLAIN,
    POOLS,
    PYTHON_KEYWORDS,
    family_of,
    family_word,
)

__all__ = ["NOTHING", "Reading", "Unreadable", "Written", "apply_reply", "read", "write_lesson"]


class Unreadable(PerfoptError):
    """Code that can't be said in the language; the message says why."""


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


@dataclass(frozen=True, slots=True)
class Written:
    """What a reply makes: the code, the imports that it needs, and the reply's family."""

    source: str
    imports: tuple[str, ...] = ()
    family: str = ""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text taken apart."""

    source: str
    lines: list[Line]
    names: Names
    keywords: set[int]


def read(
    source: str, *, seed: int | None = None, hot: Sequence[int] = (), most: int = 320
) -> Reading:
    """Read a function or a program of at most ``most`` words.

    ``hot`` are physical lines from 1: a longer text is read around them. Without a
    seed the numbers of placeholders come from the text. Raises ``Unreadable``.
    """
    text = _taken_apart(source)
    if len(text.lines) >= LINES:
        raise Unreadable(f"the code has more than {LINES - 1} lines")
    raw = [_symbols(line, text) for line in text.lines]
    sizes = [2 + len(line) for line in raw]
    numbers = range(1, len(raw) + 1)
    shown = frozenset(numbers)
    if sum(sizes) > most:
        shown = _window(text.lines, sizes, hot, most)
    rng = random.Random(zlib.crc32(text.source.encode()) if seed is None else seed)
    placeholders = _numbered((raw[number - 1] for number in sorted(shown)), rng)
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
        words += [placeholders[one] if type(one) is tuple else one for one in raw[number - 1]]
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


def write_lesson(reading: Reading, fast: str, family: str = "") -> str:
    """Return the reply that makes the fast code of what was read.

    Raises ``Unreadable`` where it can't be said: a literal, an attribute or a global name
    that is no word of the language and not in what was read.
    """
    text = _taken_apart(fast)
    slow = reading.bound
    alike = _renamed(slow, text.names)
    new = _new_names(reading, text.names)
    old = [_key(line, {}) for line in reading.lines]
    changed = [_key(line, alike) for line in text.lines]
    edits = compare(old, changed)
    if not edits:
        return NOTHING
    hidden = [
        number
        for edit in edits
        for number in range(edit.first, edit.last + 1)
        if number not in reading.shown
    ]
    if hidden:
        raise Unreadable("the change is outside of the window")
    return " ".join([family_word(family), *_written(reading, text, edits, changed, new)])


def apply_reply(reading: Reading, reply: str) -> Written | None:
    """Return the code that a reply makes, or None where no other Python comes of it.

    Comments and layout of lines that the reply leaves alone stay as they are.
    """
    words = reply.split()
    family = ""
    if words and words[0].startswith("f:") and words[0][2:].isdecimal():
        family = family_of(words[0])
        words = words[1:]
    try:
        edits = parsed(words, len(reading.lines))
        source = _edited(reading, edits)
    except Damaged:
        return None
    if source == reading.source:
        return None
    try:
        text = _taken_apart(source)
    except Unreadable:
        return None
    imports = _imports(reading, text.names)
    return None if imports is None else Written(source, imports, family)


def _taken_apart(source: str) -> _Text:
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
    return _Text(text, kept, names, _offsets(text, names.keywords))


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
    if not any(
        one.text == "," and after.text in ")]}"
        for one, after in zip(tokens, tokens[1:], strict=False)
    ):
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


_Symbol = str | tuple[str, str]
"""A word, or the kind and the text of what a placeholder stands for."""


def _symbols(line: Line, text: _Text, slow: Names | None = None) -> list[_Symbol]:
    """Say the line's tokens; with ``slow``, names are those of the slow code first."""
    names = text.names
    local, members, own = names.local, names.members, {names.own}
    if slow is not None:
        local, members, own = local | slow.local, members | slow.members, {names.own, slow.own}
    found: list[_Symbol] = []
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


def _inner(text: str, local: set[str]) -> list[_Symbol]:
    read = dict.fromkeys(re.findall(r"(?<![\w.])[^\W\d]\w*", text))
    said: list[_Symbol] = [
        one if one in KEPT else ("v", one) for one in read if one in local or one in KEPT
    ]
    return [INNER, *said, OUTER] if said else []


def _numbered(lines: Iterable[list[_Symbol]], rng: random.Random) -> dict[tuple[str, str], str]:
    """Give each thing that is no word a placeholder out of its kind's pool."""
    kinds: dict[str, dict[tuple[str, str], None]] = {kind: {} for kind in POOLS}
    for line in lines:
        for one in line:
            if type(one) is tuple:
                kinds[one[0]][one] = None
    found: dict[tuple[str, str], str] = {}
    for kind, things in kinds.items():
        size = POOLS[kind]
        if len(things) > size:
            raise Unreadable(f"the code has more than {size} {_KINDS[kind]}")
        if things:
            order = sorted(range(size), key=lambda _: rng.random())
            found.update(zip(things, (f"{kind}{one}" for one in order), strict=False))
    return found


_KINDS = {
    "v": "local names",
    "g": "uncommon global names",
    "a": "uncommon attributes",
    "s": "uncommon strings",
    "n": "uncommon numbers",
    "f": "f-strings",
}


def _window(
    lines: Sequence[Line], sizes: Sequence[int], hot: Sequence[int], most: int
) -> frozenset[int]:
    """Return the numbers of the lines around the hot ones that fit."""
    places = [
        number
        for row in hot
        for number, line in enumerate(lines, 1)
        if line.first <= row <= line.last
    ]
    if not places:
        raise Unreadable(f"the code is longer than {most} words")
    head = next((n for n, line in enumerate(lines, 1) if line.tokens[0].text in _HEADS), 1)
    chosen = {head}
    first = [number for place in places for number in (place, *_around(lines, place))]
    steps = range(1, len(lines))
    near = [place + step * side for step in steps for place in places for side in (1, -1)]
    left = most - sizes[head - 1] - 2
    for number in (*first, *near):
        if number in chosen or not 1 <= number <= len(lines):
            continue
        gap = int(not {number - 1, number + 1} & chosen)
        if sizes[number - 1] + gap > left:
            break
        chosen.add(number)
        left -= sizes[number - 1] + gap
    if not chosen & set(places):
        raise Unreadable(f"the hot line alone is longer than {most} words")
    return frozenset(chosen)


_HEADS = frozenset(("def", "async", "class"))


def _around(lines: Sequence[Line], place: int) -> Iterable[int]:
    """Yield the numbers of the lines that begin the blocks that a line is in."""
    depth = lines[place - 1].depth
    for number in range(place - 1, 0, -1):
        if lines[number - 1].depth < depth:
            depth = lines[number - 1].depth
            yield number


def _key(line: Line, alike: Mapping[str, str]) -> Key:
    return line.depth, tuple(
        canonical(one.text)
        if one.kind in ("string", "formatted")
        else (alike.get(one.text, one.text) if one.kind == "name" else one.text.lower())
        for one in line.tokens
    )


def _renamed(slow: Names, fast: Names) -> dict[str, str]:
    """The fast function may be called another way."""
    if slow.own is None or fast.own is None or slow.own == fast.own:
        return {}
    return {fast.own: slow.own}


def _new_names(reading: Reading, fast: Names) -> set[str]:
    """Return the local names of the fast code that the slow one lacks. Raises ``Unreadable``."""
    slow = reading.bound
    clash = (fast.local | fast.members) & slow.free()
    if clash:
        raise Unreadable(f"the fast code binds a global name: {min(clash)}")
    needed = fast.free() - slow.free() - {slow.own}
    if missing(needed) is None or needed & slow.local:
        unknown = {one for one in needed if one not in BUILTINS and one not in KNOWN}
        raise Unreadable(f"the fast code reads another global name: {min(unknown | needed)}")
    new = fast.local - slow.local - KEPT - {slow.own or ""}
    clash = new & (slow.members | slow.imported | (fast.arguments & fast.keyword_names))
    if clash:
        raise Unreadable(f"a new name can't be another one: {min(clash)}")
    return new


def _written(
    reading: Reading,
    text: _Text,
    edits: Sequence[Edit],
    keys: Sequence[Key],
    new: set[str],
) -> list[str]:
    by_key = {key[1]: line for key, line in zip(keys, text.lines, strict=True)}
    numbered: dict[str, str] = {}

    def say(one: _Symbol) -> str:
        if isinstance(one, str):
            return one
        kind, name = one
        if one in reading.placeholders:
            return reading.placeholders[one]
        if kind == "v" and name in new:
            return numbered.setdefault(name, f"w{len(numbered)}")
        raise Unreadable(
            f"the fast code has one of the {_KINDS[kind]} that isn't in the slow: {name}"
        )

    said = [
        Edit(
            edit.first,
            edit.last,
            tuple(
                line
                if line.first
                else New(
                    line.depth,
                    tuple(say(one) for one in _symbols(by_key[line.tokens], text, reading.bound)),
                )
                for line in edit.new
            ),
        )
        for edit in edits
    ]
    if len(numbered) > NEW:
        raise Unreadable(f"the fast code has more than {NEW} new names")
    if any(line.depth >= DEPTHS for edit in said for line in edit.new):
        raise Unreadable(f"a line is more than {DEPTHS - 1} blocks deep")
    return written(said)


def _imports(reading: Reading, new: Names) -> tuple[str, ...] | None:
    """Return the imports that the new code needs; None where a name of it means nothing."""
    slow = reading.bound
    known = slow.free()
    if (new.local | new.members) & known:
        return None
    if slow.own is not None and slow.own != new.own and slow.own not in new.local:
        return None
    needed = new.free() - known - {slow.own}
    return None if needed & slow.local else missing(needed)


def _edited(reading: Reading, edits: Sequence[Edit]) -> str:
    hidden = frozenset(range(1, len(reading.lines) + 1)) - reading.shown
    for edit in edits:
        used = [*range(edit.first, edit.last + 1)]
        used += [
            number for new in edit.new if new.first for number in range(new.first, new.last + 1)
        ]
        if hidden.intersection(used):
            raise Damaged("a line that wasn't shown")
    source = reading.source
    quote = '"' if source.count('"') > source.count("'") else "'"
    tokens = Decoder(reading.names, reading.bound, quote).lines(edits)
    return spliced(source, reading.lines, edits, tokens)

"""The small model's language: code as words of a fixed vocabulary, and line edits of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfopt_cli.model.mini.edits import Damaged, Edit, Key, New, compare, parsed, written
from perfopt_cli.model.mini.families import family_of, family_word
from perfopt_cli.model.mini.imports import BUILTINS, KNOWN, missing
from perfopt_cli.model.mini.lexer import Line
from perfopt_cli.model.mini.literals import canonical, same_string
from perfopt_cli.model.mini.names import Names
from perfopt_cli.model.mini.reading import Reading, read
from perfopt_cli.model.mini.splice import Decoder, spliced
from perfopt_cli.model.mini.symbols import KINDS, Symbol, symbols
from perfopt_cli.model.mini.taken import Taken, Unreadable, taken_apart
from perfopt_cli.model.mini.vocabulary import (
    DEPTHS,
    IDENTIFIERS,
    KEPT,
    NEW,
    NOTHING,
    VOCABULARY,
    text,
    tokens,
)

__all__ = [
    "NOTHING",
    "VOCABULARY",
    "Reading",
    "Unreadable",
    "Written",
    "apply_reply",
    "read",
    "text",
    "tokens",
    "write_lesson",
]


@dataclass(frozen=True, slots=True)
class Written:
    """What a reply makes: the code, the imports that it needs, and the reply's family."""

    source: str
    imports: tuple[str, ...] = ()
    family: str = ""


def write_lesson(reading: Reading, fast: str, family: str = "") -> str:
    """Return the reply that makes the fast code of what was read.

    Raises ``Unreadable`` where it can't be said: a literal, an attribute or a global name
    that is no word of the language and not in what was read.
    """
    taken = taken_apart(fast)
    alike = _renamed(reading.bound, taken.names)
    new = _new_names(reading, taken.names)
    old = [_key(line, {}) for line in reading.lines]
    changed = [_key(line, alike) for line in taken.lines]
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
    return " ".join([family_word(family), *_written(reading, taken, edits, changed, new)])


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
        names = taken_apart(source).names
    except Unreadable:
        return None
    imports = _imports(reading, names)
    return None if imports is None else Written(source, imports, family)


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
    shadowed = _shadowed(reading, fast)
    clash = ((fast.local | fast.members) & slow.free()) - shadowed
    if clash:
        raise Unreadable(f"the fast code binds a global name: {min(clash)}")
    needed = fast.free() - slow.free() - {slow.own}
    if missing(needed) is None or (needed & slow.local) - BUILTINS:
        unknown = {one for one in needed if one not in BUILTINS and one not in KNOWN}
        raise Unreadable(f"the fast code reads another global name: {min(unknown | needed)}")
    new = fast.local - slow.local - KEPT - shadowed - {slow.own or ""}
    clash = new & (slow.members | slow.imported | (fast.arguments & fast.keyword_names))
    if clash:
        raise Unreadable(f"a new name can't be another one: {min(clash)}")
    return new


def _written(
    reading: Reading,
    taken: Taken,
    edits: Sequence[Edit],
    keys: Sequence[Key],
    new: set[str],
) -> list[str]:
    by_key = {key[1]: line for key, line in zip(keys, taken.lines, strict=True)}
    numbered: dict[str, str] = {}
    shadowed = _shadowed(reading, taken.names)

    def say(one: Symbol) -> str:
        if isinstance(one, str):
            return one
        kind, name = one
        if one in reading.placeholders:
            return reading.placeholders[one]
        if kind == "v" and name in shadowed:
            return name
        if kind == "v" and name in new:
            return numbered.setdefault(name, f"w{len(numbered)}")
        if kind == "s" and (same := same_string(name, reading.placeholders)):
            return same
        raise Unreadable(
            f"the fast code has one of the {KINDS[kind]} that isn't in the slow: {name}"
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
                    tuple(say(one) for one in symbols(by_key[line.tokens], taken, reading.bound)),
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
    if ((new.local | new.members) & known) - _shadowed(reading, new):
        return None
    if slow.own is not None and slow.own != new.own and slow.own not in new.local:
        return None
    needed = new.free() - known - {slow.own}
    return None if (needed & slow.local) - BUILTINS else missing(needed)


def _shadowed(reading: Reading, new: Names) -> set[str]:
    """Return the builtins that new code of a program binds: ``input = sys.stdin.readline``."""
    if reading.bound.own is not None:
        return set()
    return new.local & reading.bound.free() & BUILTINS & IDENTIFIERS


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

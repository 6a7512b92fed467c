"""Which words can still make a reply code: the form of edits, lines that parse, blocks that fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from perfopt_cli.model.mini.blocks import CLAUSES, Top
from perfopt_cli.model.mini.kinds import ids_of
from perfopt_cli.model.mini.syntax import (
    END,
    NAME,
    Line,
    after,
    follows,
)
from perfopt_cli.model.mini.vocabulary import (
    ADD,
    DELETE,
    DEPTHS,
    IDS,
    NEW,
    NOTHING,
    SET,
    VOCABULARY,
)
from perfopt_cli.model.mini.vocabulary import END as OVER
from perfopt_cli.model.normal import syntax_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from perfopt_cli.model.mini.reading import Reading

    Array = NDArray[Any]

_SAID = {"s": "''", "n": "0", "f": "f''"}
"""What placeholders are where a line is parsed; those of names are names as they are."""
_HEADS = {
    "else": "if 0:\n pass\n",
    "elif": "if 0:\n pass\n",
    "except": "try:\n pass\n",
    "finally": "try:\n pass\n",
    "case": "match 0:\n ",
}
_EDITS = (SET, ADD, DELETE)
_FAMILIES = [number for word, number in IDS.items() if word.startswith("f:")]
_ENDS = frozenset((*_EDITS, OVER, *(f"I{number}" for number in range(DEPTHS))))
"""The words that end a line."""
_TAILS = {"try": "\nfinally: pass", "@": "\ndef f(): pass"}
"""What has to stand before and after a line, by its first word, for it to be parsed alone."""


class Reply(NamedTuple):
    """How far a reply is.

    ``at`` says what comes next. ``edit`` is the word that began the edit, ``last`` the
    last line that it is about, -1 before the first edit; ``above`` is the line after
    which the next one goes. ``depth`` is that of the line being written, ``words`` are
    its own, ``line`` is what they make. ``fresh`` counts the new names.
    """

    at: str = "family"
    edit: str = ""
    last: int = -1
    above: Top = Top()
    depth: int = 0
    line: Line = Line()
    words: tuple[str, ...] = ()
    fresh: int = 0


class Grammar:
    """The replies to what was read.

    Edits go up, and at least one line between two of them stays as it is: what is
    above and below an edit is known. In a function what is not within stays.
    """

    def __init__(self, reading: Reading) -> None:
        self._tops = [Top()]
        for line in reading.lines:
            opens = line.tokens[-1].text == ":"
            self._tops.append(self._tops[-1].next(line.depth, line.tokens[0].text, opens=opens))
        self._least = 0 if reading.bound.own is None else 1
        inside = (one for one in reading.shown if self._tops[one].depth >= self._least)
        self._open = sorted(inside)
        self._below = [one for one in sorted(reading.shown) if any(self._depths(self._tops[one]))]
        self._ids = ids_of(reading)
        self._kinds: dict[str, list[str]] = {}
        for kind, numbers in self._ids.items():
            for number in numbers:
                self._kinds.setdefault(VOCABULARY[number], []).append(kind)
        self._masks: dict[Any, Array] = {}
        self._of_kind: dict[str, Array] = {}
        self._good: dict[tuple[str, ...], bool] = {}

    def start(self) -> Reply:
        """Return where every reply begins."""
        return Reply()

    def words(self, state: Reply) -> Array:
        """Return which words may follow, as an array of booleans over the vocabulary."""
        kinds: Iterable[str] = ()
        key: Any = state
        if state.at in ("tokens", "line"):
            kinds = follows(state.line)
            edge = (state.last, self._bottom(state)) if END in kinds else None
            key = (state.at, kinds, state.fresh, edge)
            if state.at == "line":
                key = (*key, state.above, state.depth)
        if key not in self._masks:
            mask = _mask(self._special(state, ends=END in kinds))
            for kind in kinds:
                mask |= self._array(kind)
            if state.at == "line":
                self._at_start(mask, state)
            if NAME in kinds:
                mask[[IDS[f"w{number}"] for number in range(min(state.fresh + 1, NEW))]] = True
            self._masks[key] = mask
        return self._masks[key]

    def _at_start(self, mask: Array, state: Reply) -> None:
        """Take out words that no statement can begin with here."""
        for word in CLAUSES:
            if not state.above.takes(state.depth, word):
                mask[IDS[word]] = False
        if not state.above.takes(state.depth, ""):
            mask &= self._array("clauses")

    def _array(self, kind: str) -> Array:
        if kind not in self._of_kind:
            self._of_kind[kind] = _mask(self._ids.get(kind, ()))
        return self._of_kind[kind]

    def _special(self, state: Reply, *, ends: bool) -> Iterator[int]:
        """Yield the words that may follow and are no tokens of Python."""
        at = state.at
        if at == "family":
            yield IDS[NOTHING]
            yield from _FAMILIES
        elif at == "over":
            yield IDS[OVER]
        elif at == "edit":
            yield from self._edits(state.last)
        elif at == "first":
            yield from map(_line_id, self._firsts(state.edit, state.last))
        elif at == "last":
            on = self._on(state.last)
            if state.edit == DELETE:
                on = (number for number in on if self._closes(state.above, number))
                yield from self._edge(state)
            else:
                yield from self._depths(state.above)
            yield from map(_line_id, on)
        elif at == "depth":
            yield from self._depths(state.above)
        elif at == "line":
            takes = state.above.takes
            movable = (one for one in self._open if takes(state.depth, self._word(one)))
            yield from map(_line_id, movable)
        elif at == "moved":
            first = int(state.words[0][1:])
            shift = state.depth - self._tops[first].depth
            for number in self._on(first):
                if not 0 <= self._tops[number].depth + shift - state.depth < DEPTHS - state.depth:
                    break
                yield _line_id(number)
            yield from self._edge(state)
        elif at == "edge" or ends:
            yield from self._edge(state)

    def _word(self, number: int) -> str:
        return self._tops[number].heads[-1]

    def _edits(self, last: int) -> Iterator[int]:
        return (IDS[word] for word in _EDITS if any(True for _ in self._firsts(word, last)))

    def _firsts(self, edit: str, last: int) -> Iterator[int]:
        """Yield the lines that an edit can begin with where the one before ended with ``last``."""
        if edit == ADD:
            if last < 0 and not self._least:
                yield 0
            yield from (number for number in self._below if number > last)
        else:
            starts = (number for number in self._open if number > last + 1)
            if edit == DELETE:
                starts = (one for one in starts if self._can_delete(one))
            yield from starts

    def _can_delete(self, first: int) -> bool:
        above = self._tops[first - 1]
        return any(self._closes(above, last) for last in (first, *self._on(first)))

    def _on(self, first: int) -> Iterator[int]:
        """Yield the lines after one, up to where some may not be touched."""
        number = first + 1
        while number in self._open:
            yield number
            number += 1

    def _depths(self, above: Top) -> Iterator[int]:
        span = range(self._least, min(above.depth + 2, DEPTHS))
        return (IDS[f"I{one}"] for one in span if above.may_go_to(one))

    def _closes(self, bottom: Top, last: int) -> bool:
        """Tell whether what is below the line ``last`` can come after the line above it."""
        if last + 1 == len(self._tops):
            return bottom.may_go_to(0) and bottom.takes(0, "")
        below = self._tops[last + 1]
        return bottom.may_go_to(below.depth) and bottom.takes(below.depth, self._word(last + 1))

    def _edge(self, state: Reply) -> Iterator[int]:
        """Yield what may follow a line that is written, or lines that are deleted."""
        bottom = self._bottom(state)
        if state.edit != DELETE:
            yield from self._depths(bottom)
        if self._closes(bottom, state.last):
            yield IDS[OVER]
            yield from self._edits(state.last)

    def _bottom(self, state: Reply) -> Top:
        """Return what the line written last is, or the one that the next one goes after."""
        if state.at == "tokens":
            opens = state.words[-1] == ":"
            return state.above.next(state.depth, state.words[0], opens=opens)
        if state.at == "moved":
            first, last = (self._tops[int(word[1:])] for word in (state.words[0], state.words[-1]))
            heads = (*state.above.heads[: state.depth], *last.heads[first.depth :])
            return Top(last.depth + state.depth - first.depth, last.opens, heads)
        return state.above

    def after(self, state: Reply, word: int) -> Reply | None:
        """Return where the reply is with one more word; None where nothing comes of it."""
        text = VOCABULARY[word]
        at = state.at
        if at == "family":
            return state._replace(at="over" if text == NOTHING else "edit")
        if at in ("line", "tokens") and text not in _ENDS:
            return self._token(state, text)
        if at == "tokens" and not self._parses(state.words):
            return None
        if text in _EDITS:
            return state._replace(at="first", edit=text)
        if text[0] == "I":
            above = self._bottom(state)
            return state._replace(
                at="line", above=above, depth=int(text[1:]), words=(), line=Line()
            )
        return self._numbered(state, text)

    def _numbered(self, state: Reply, text: str) -> Reply:
        """Return where the reply is after a line's number."""
        number = int(text[1:])
        if state.at == "moved":
            return state._replace(at="edge", above=self._bottom_of(state, text))
        if state.at == "last":
            at = "edge" if state.edit == DELETE else "depth"
            return state._replace(at=at, last=number)
        if state.edit == ADD:
            return state._replace(at="depth", last=number, above=self._tops[number])
        return state._replace(at="last", last=number, above=self._tops[number - 1])

    def _bottom_of(self, state: Reply, text: str) -> Top:
        return self._bottom(state._replace(words=(*state.words, text)))

    def _token(self, state: Reply, text: str) -> Reply:
        """Return where the reply is after a word of a line, or the first of the lines to move."""
        if state.at == "line" and text[0] == "L" and text[1:].isdigit():
            return state._replace(at="moved", words=(text,))
        fresh = state.fresh
        kinds = self._kinds.get(text, [NAME])
        if text in _NEW:
            fresh = max(fresh, _NEW.index(text) + 1)
        allowed = follows(state.line)
        kind = next(one for one in kinds if one in allowed)
        words = (*state.words, text)
        return state._replace(
            at="tokens", line=after(state.line, kind, text), words=words, fresh=fresh
        )

    def _parses(self, words: tuple[str, ...]) -> bool:
        if words not in self._good:
            said = " ".join(map(_said, words))
            end = (" pass" if words[-1] == ":" else "") + _TAILS.get(words[0], "")
            head = _HEADS.get(words[0], "") if words[-1] == ":" or words[0] != "case" else ""
            self._good[words] = syntax_tree(f"{head}{said}{end}") is not None
        return self._good[words]


_NEW = tuple(f"w{number}" for number in range(NEW))


def _said(word: str) -> str:
    return _SAID.get(word[0], word) if word[1:].isdigit() else word


def _line_id(number: int) -> int:
    return IDS[f"L{number}"]


def _mask(numbers: Iterable[int]) -> Array:
    import numpy as np

    mask = np.zeros(len(VOCABULARY), dtype=bool)
    mask[list(numbers)] = True
    return mask

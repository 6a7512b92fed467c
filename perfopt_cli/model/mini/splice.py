"""Edits put into the text: what they leave alone stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from perfopt_cli.model.mini.edits import Damaged, Edit, New
from perfopt_cli.model.mini.imports import BUILTINS
from perfopt_cli.model.mini.lexer import Line
from perfopt_cli.model.mini.literals import plain
from perfopt_cli.model.mini.names import Names
from perfopt_cli.model.mini.render import Fresh, rendered
from perfopt_cli.model.mini.vocabulary import (
    IDENTIFIERS,
    KEPT,
    LITERALS,
    NEW,
    OWN,
    PLAIN,
)

_NEW = re.compile(r"w(\d+)")
_UNIT = "    "


class Decoder:
    """The words of new lines as tokens of Python.

    ``spelled`` is the text of each placeholder, ``names`` what the slow code binds.
    """

    def __init__(self, spelled: Mapping[str, str], names: Names, quote: str) -> None:
        self.spelled = spelled
        self.names = names
        self.quote = quote
        self.fresh: dict[str, str] = {}

    def lines(self, edits: Sequence[Edit]) -> dict[int, list[str]]:
        """Return the tokens of each new line, by its identity. Raises ``Damaged``."""
        raw = {id(new): self._known(new) for edit in edits for new in edit.new if not new.first}
        names = self.names
        used = {one for line in raw.values() for one in _loose(line)}
        bound = names.local | names.members | names.imported | names.hidden | names.loads
        fresh = Fresh(used | bound | BUILTINS | {names.own or ""})
        for line in raw.values():
            for at, one in enumerate(line):
                if _NEW.fullmatch(one) and one not in self.fresh:
                    self.fresh[one] = fresh.name(line, at)
        return {new: [self.fresh.get(one, one) for one in line] for new, line in raw.items()}

    def _known(self, new: New) -> list[str]:
        found: list[str] = []
        for at, one in enumerate(new.tokens):
            if one in LITERALS:
                found.append(plain(one, self.quote) if "'" in one else one)
            elif one in PLAIN:
                self._check(new.tokens, at)
                found.append(one)
            elif one == OWN and self.names.own:
                found.append(self.names.own)
            elif one in self.spelled:
                text = self.spelled[one]
                found.append(plain(text, self.quote) if one[0] in "sf" else text)
            elif (number := _NEW.fullmatch(one)) and int(number[1]) < NEW:
                found.append(one)
            else:
                raise Damaged(one)
        return found

    def _check(self, tokens: Sequence[str], at: int) -> None:
        """A word can't mean a local name that happens to be called like it."""
        one = tokens[at]
        if one not in IDENTIFIERS or one in KEPT or one not in self.names.local:
            return
        before, after = tokens[at - 1] if at else "", tokens[at + 1 : at + 2]
        if before != "." and not (before in ("(", ",") and after == ("=",)):
            raise Damaged(one)


def _loose(tokens: Sequence[str]) -> list[str]:
    return [one for before, one in zip(("", *tokens), tokens, strict=False) if before != "."]


def spliced(
    source: str, lines: Sequence[Line], edits: Sequence[Edit], tokens: Mapping[int, list[str]]
) -> str:
    """Return the text after its edits. Raises ``Damaged`` where a depth is out of order."""
    work = _Splicer(source, lines, tokens)
    for edit in edits:
        work.keep(edit.first - 1)
        work.replace(edit)
    work.keep(len(lines))
    return work.result()


class _Splicer:
    def __init__(self, source: str, lines: Sequence[Line], tokens: Mapping[int, list[str]]) -> None:
        self.source = source
        self.lines = lines
        self.tokens = tokens
        self.unit = next((line.margin for line in lines if line.depth == 1), _UNIT)
        self.margins: list[str] = []
        self.parts: list[str] = [source[: lines[0].start]]
        self.done = 0
        self.at = lines[0].start

    def keep(self, last: int) -> None:
        """Take the lines up to number ``last`` as they are."""
        for line in self.lines[self.done : last]:
            if line.depth > len(self.margins):
                raise Damaged("depth")
            del self.margins[line.depth :]
            self.margins.append(line.margin)
            self._put(self.source[self.at : line.tail])
            self.at = line.tail
        self.done = max(self.done, last)

    def replace(self, edit: Edit) -> None:
        """Put the new lines where the old ones were."""
        old = self.lines[edit.first - 1 : edit.last]
        tails: list[str] = []
        if old:
            self._put(self.source[self.at : old[0].start])
            self.at = old[-1].tail
            tails = [self.source[one.end : one.tail] for one in old if one.tail > one.end]
        for new in edit.new:
            margin = self._margin(new.depth)
            if new.first:
                self._move(new, margin)
                continue
            tokens = self.tokens[id(new)]
            self._put(f"{margin}{rendered(tokens)}\n")
            if tails and tokens[0] in ("def", "async", "class"):
                self._put(tails.pop(0))
        self.done = max(self.done, edit.last)

    def result(self) -> str:
        text = "".join((*self.parts, self.source[self.at :]))
        return text if self.source.endswith("\n") else text.removesuffix("\n")

    def _put(self, text: str) -> None:
        if text:
            if self.parts[-1] and not self.parts[-1].endswith("\n"):
                self.parts.append("\n")
            self.parts.append(text)

    def _margin(self, depth: int) -> str:
        if depth > len(self.margins):
            raise Damaged("depth")
        if depth == len(self.margins):
            self.margins.append(self.margins[-1] + self.unit if self.margins else "")
        del self.margins[depth + 1 :]
        return self.margins[depth]

    def _move(self, new: New, margin: str) -> None:
        """Put lines of the text with another margin; what is within strings stays."""
        chosen = self.lines[new.first - 1 : new.last]
        old = chosen[0].margin
        if any(line.depth < chosen[0].depth for line in chosen):
            raise Damaged("depth")
        within = {
            row
            for line in chosen
            for token in line.tokens
            if "\n" in token.text
            for row in _rows(self.source, token.at, token.text)
        }
        text = self.source[chosen[0].start : chosen[-1].tail]
        for row, one in enumerate(re.findall(r"[^\n]*\n|[^\n]+", text), chosen[0].first):
            moved = one.startswith(old) and row not in within
            self._put(margin + one[len(old) :] if moved else one)
        for line in chosen[1:]:
            self._follow(new.depth + line.depth - chosen[0].depth, margin, line.margin[len(old) :])

    def _follow(self, depth: int, margin: str, rest: str) -> None:
        if not 0 <= depth <= len(self.margins):
            raise Damaged("depth")
        del self.margins[depth:]
        self.margins.append(margin + rest)


def _rows(source: str, at: int, text: str) -> range:
    """Return the physical lines, from 1, that begin within a token."""
    first = source.count("\n", 0, at) + 1
    return range(first + 1, first + text.count("\n") + 1)

"""The line edits of a reply: found by comparing lines, written, and read back.

A reply is a family's word, then edits in the order of lines. ``<set> L3 L5`` and new
lines replaces lines 3 to 5, ``<add> L3`` and new lines puts them after line 3 (``L0``:
before all), ``<del> L3 L5`` takes lines out. A new line is its depth (``I1``) and
either its tokens or the lines that move there (``L7`` or ``L7 L9``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from perfopt_cli.model.mini.vocabulary import ADD, DELETE, SET

_LINE = re.compile(r"L(\d+)")
_DEPTH = re.compile(r"I(\d+)")
_HEAD = 2
_SHORT = 4
_CELLS = 40_000

Key = tuple[int, tuple[str, ...]]
"""A line to compare: its depth and its tokens."""


class Damaged(ValueError):
    """A reply that says nothing that can be done."""


@dataclass(frozen=True, slots=True)
class New:
    """A new line: tokens, or the lines from ``first`` to ``last`` that move there."""

    depth: int
    tokens: tuple[str, ...] = ()
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines ``first`` to ``last`` become the new ones; none where ``last < first``."""

    first: int
    last: int
    new: tuple[New, ...]


def compare(old: Sequence[Key], new: Sequence[Key]) -> list[Edit]:
    """Return the edits that make the new lines of the old ones, as few tokens as reasonable."""
    hunks = _merged(_hunks(old, new), old)
    removed: dict[tuple[str, ...], list[int]] = {}
    for first, last, _, _ in hunks:
        for number in range(first, last):
            removed.setdefault(old[number][1], []).append(number)
    return [
        Edit(first + 1, last, _moves(old, new[start:end], removed))
        for first, last, start, end in hunks
    ]


_Hunk = tuple[int, int, int, int]


def _hunks(old: Sequence[Key], new: Sequence[Key]) -> list[_Hunk]:
    """Return the parts that differ: from and to of the old, from and to of the new lines."""
    size = min(len(old), len(new))
    start = 0
    while start < size and old[start] == new[start]:
        start += 1
    end = 0
    while end < size - start and old[-1 - end] == new[-1 - end]:
        end += 1
    rows, columns = len(old) - start - end, len(new) - start - end
    if not rows and not columns:
        return []
    if not rows or not columns or rows * columns > _CELLS:
        return [(start, start + rows, start, start + columns)]
    # best[i][j]: the most tokens that can stay from old line i and new line j on.
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        here, below, line = best[i], best[i + 1], old[start + i]
        weight = len(line[1]) + 1
        for j in range(columns - 1, -1, -1):
            most = below[j] if below[j] >= here[j + 1] else here[j + 1]
            if line == new[start + j] and below[j + 1] + weight > most:
                most = below[j + 1] + weight
            here[j] = most
    found: list[_Hunk] = []
    i = j = first = begun = 0
    while i < rows and j < columns:
        line = old[start + i]
        same = line == new[start + j]
        if same and best[i][j] == best[i + 1][j + 1] + len(line[1]) + 1:
            if i > first or j > begun:
                found.append((start + first, start + i, start + begun, start + j))
            i, j = i + 1, j + 1
            first, begun = i, j
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    if rows > first or columns > begun:
        found.append((start + first, start + rows, start + begun, start + columns))
    return found


def _merged(hunks: list[_Hunk], old: Sequence[Key]) -> list[_Hunk]:
    """Join hunks where the lines between take no more tokens than another edit."""
    found: list[_Hunk] = []
    for hunk in hunks:
        if found:
            last = found[-1]
            between = sum(len(line[1]) + 1 for line in old[last[1] : hunk[0]])
            if between <= _HEAD:
                found[-1] = (last[0], hunk[1], last[2], hunk[3])
                continue
        found.append(hunk)
    return found


def _moves(
    old: Sequence[Key], lines: Sequence[Key], removed: dict[tuple[str, ...], list[int]]
) -> tuple[New, ...]:
    """Say lines that were taken out elsewhere by their numbers."""
    found: list[New] = []
    at = 0
    while at < len(lines):
        depth, tokens = lines[at]
        runs = [
            (_run(old, number, lines, at, removed), -number) for number in removed.get(tokens, ())
        ]
        size, place = max(runs, default=(0, 0))
        if sum(len(line[1]) for line in lines[at : at + size]) < _SHORT:
            found.append(New(depth, tokens))
            at += 1
        else:
            found.append(New(depth, (), 1 - place, size - place))
            at += size
    return tuple(found)


def _run(
    old: Sequence[Key],
    number: int,
    lines: Sequence[Key],
    at: int,
    removed: dict[tuple[str, ...], list[int]],
) -> int:
    """Return how many lines from there on are the same, but for how deep they all are."""
    moved = lines[at][0] - old[number][0]
    size = 0
    for (before, tokens), (depth, new) in zip(old[number:], lines[at:], strict=False):
        kept = number + size not in removed.get(tokens, ())
        if kept or tokens != new or depth - before != moved or depth < lines[at][0]:
            break
        size += 1
    return size


def written(edits: Sequence[Edit]) -> list[str]:
    """Return the words of the edits."""
    words: list[str] = []
    for edit in edits:
        if edit.last < edit.first:
            words += [ADD, f"L{edit.last}"]
        else:
            words += [SET if edit.new else DELETE, *_range(edit.first, edit.last)]
        for line in edit.new:
            words.append(f"I{line.depth}")
            words += line.tokens or _range(line.first, line.last)
    return words


def _range(first: int, last: int) -> list[str]:
    return [f"L{first}", f"L{last}"] if last > first else [f"L{first}"]


def parsed(words: Sequence[str], most: int) -> list[Edit]:
    """Read edits of a text of ``most`` lines back, in the order of lines.

    Raises ``Damaged`` where they are no edits, meet, or are about lines there aren't.
    """
    edits: list[Edit] = []
    at = 0
    while at < len(words):
        kind = words[at]
        if kind not in (SET, ADD, DELETE):
            raise Damaged(kind)
        first, last, at = _lines(words, at + 1, most, least=0 if kind == ADD else 1)
        if kind == ADD:
            if first != last:
                raise Damaged(kind)
            first = last + 1
        new: list[New] = []
        while at < len(words) and (depth := _DEPTH.fullmatch(words[at])):
            line, at = _new(words, at + 1, int(depth[1]), most)
            new.append(line)
        if bool(new) == (kind == DELETE):
            raise Damaged(kind)
        edits.append(Edit(first, last, tuple(new)))
    if not edits:
        raise Damaged("no edit")
    edits.sort(key=lambda edit: (edit.first, edit.last))
    for before, after in pairwise(edits):
        meet = after.first <= before.last
        if meet or (before.last < before.first and after.first == before.first and _adds(after)):
            raise Damaged("edits meet")
    return edits


def _adds(edit: Edit) -> bool:
    return edit.last < edit.first


def _lines(words: Sequence[str], at: int, most: int, *, least: int = 1) -> tuple[int, int, int]:
    found: list[int] = []
    while at < len(words) and len(found) < 2 and (line := _LINE.fullmatch(words[at])):
        found.append(int(line[1]))
        at += 1
    if not found or not least <= found[0] <= found[-1] <= most:
        raise Damaged("lines")
    return found[0], found[-1], at


def _new(words: Sequence[str], at: int, depth: int, most: int) -> tuple[New, int]:
    if at < len(words) and _LINE.fullmatch(words[at]):
        first, last, at = _lines(words, at, most)
        return New(depth, (), first, last), at
    start = at
    while at < len(words) and not _begins(words[at]):
        at += 1
    if at == start:
        raise Damaged("an empty line")
    return New(depth, tuple(words[start:at])), at


def _begins(word: str) -> bool:
    return word in (SET, ADD, DELETE) or _DEPTH.fullmatch(word) is not None

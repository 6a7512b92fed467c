"""Which lines of a long text are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from perfopt_cli.model.mini.lexer import Line
from perfopt_cli.model.mini.taken import Unreadable


def window(
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

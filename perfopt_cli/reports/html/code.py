"""Two versions of a function side by side."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from perfopt_cli.reports.html.parts import Markup, tag

Line = tuple[int, str] | None


def side_by_side(old: str, new: str, first: int = 1) -> Markup:
    """Return a table of both texts, a row for each pair of lines; ``first`` is the number of each.

    A line is marked where the two differ, by colour and by its class.
    """
    head = tag(
        "tr",
        tag("th", "Line", class_="number", scope="col"),
        tag("th", "Before", scope="col"),
        tag("th", "Line", class_="number", scope="col"),
        tag("th", "After", scope="col"),
    )
    bodies = [
        # On a narrow screen the lines of a body are shown old before new.
        tag("tbody", *(_row(*pair, first) for pair in group))
        for group in _groups(old.splitlines(), new.splitlines())
    ]
    return tag("table", tag("thead", head), *bodies, class_="diff")


def _row(old: Line, new: Line, first: int) -> Markup:
    same = old is not None and new is not None and old[1] == new[1]
    cells: list[Markup] = []
    for line, mark in ((old, "taken"), (new, "added")):
        number = str(line[0] + first) if line else ""
        cells.append(tag("td", number, class_="number"))
        if line is None:
            cells.append(tag("td", class_="gap"))
        elif same:
            cells.append(tag("td", line[1], class_="repeated" if mark == "added" else None))
        else:
            element = "del" if mark == "taken" else "ins"
            cells.append(tag("td", tag(element, line[1]), class_=mark))
    return tag("tr", *cells)


def _groups(old: list[str], new: list[str]) -> Iterator[list[tuple[Line, Line]]]:
    """Yield runs of lines that are the same in both, or are not."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        yield [
            (
                (i1 + step, old[i1 + step]) if i1 + step < i2 else None,
                (j1 + step, new[j1 + step]) if j1 + step < j2 else None,
            )
            for step in range(max(i2 - i1, j2 - j1))
        ]

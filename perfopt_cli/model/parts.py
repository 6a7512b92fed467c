"""The parts of a prompt that may be left out, in what order they are, and in what order they go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum


class Rank(IntEnum):
    """What goes first where there is too little room: the highest."""

    CONTEXT = 0
    FACTS = 1
    TRIED = 2
    CALLEES = 3
    EXAMPLES = 4


ABOVE = {
    "examples": "Rewrites of other functions, which do the same and are faster:",
    "context": "The module has:",
}
BELOW = {
    "facts": "Calls of it in the project's tests show:",
    "lines": "Where its time goes, by line of the function, what a line calls included:",
    "callees": "It calls these functions of the project, which stay as they are:",
    "tried": "What was tried before:",
}
"""The sections above the function and below it, in their order, with their headings."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text of a section. Of two with the same rank the one with the higher place goes first."""

    section: str
    rank: Rank
    text: str
    place: int = 0


def ever_fewer(parts: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    """Yield the parts, then one fewer each time, down to none."""
    kept = list(parts)
    yield tuple(kept)
    while kept:
        kept.remove(max(kept, key=lambda part: (part.rank, part.place)))
        yield tuple(kept)


def length(parts: Sequence[Part]) -> int:
    """Return how many characters the parts have."""
    return sum(len(part.text) + 1 for part in parts)


def sections(parts: Sequence[Part], headings: dict[str, str]) -> list[str]:
    """Return the sections that have parts, each as a paragraph under its heading."""
    found = []
    for name, heading in headings.items():
        texts = [part.text for part in parts if part.section == name]
        if texts:
            found.append("\n".join([heading, *texts]))
    return found


def fenced(code: str) -> str:
    """Return code as a block of Markdown."""
    return f"```python\n{code.rstrip()}\n```"

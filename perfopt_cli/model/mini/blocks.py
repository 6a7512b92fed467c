"""Which lines can come after one another: how deep they are, and what clauses go on with."""

from __future__ import annotations

from typing import NamedTuple

CLAUSES = {
    "elif": frozenset(("if", "elif")),
    "else": frozenset(("if", "elif", "for", "while", "except", "async")),
    "except": frozenset(("try", "except")),
    "finally": frozenset(("try", "except", "else")),
}
"""The statements that these go on with."""


class Top(NamedTuple):
    """What a line is to the next one.

    ``opens``: a deeper one has to follow. ``heads`` are the first words of the
    statements that it is in and of itself, one for each depth.
    """

    depth: int = -1
    opens: bool = True
    heads: tuple[str, ...] = ()

    def next(self, depth: int, word: str, *, opens: bool) -> Top:
        """Return what a line is that comes after this one."""
        return Top(depth, opens, (*self.heads[:depth], word))

    def may_go_to(self, depth: int) -> bool:
        """Tell whether a line so deep can come next."""
        if self.opens:
            return depth == self.depth + 1
        return 0 <= depth <= self.depth and "try" not in self.heads[depth + 1 :]

    def takes(self, depth: int, word: str) -> bool:
        """Tell whether a line can come next that is so deep and begins with the word."""
        head = "" if self.opens else self.heads[depth]
        if word in CLAUSES:
            return head in CLAUSES[word]
        return head != "try"

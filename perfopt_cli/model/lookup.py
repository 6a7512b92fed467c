"""Guess what a reply says next from what it and the prompt have said before."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 4
"""The longest run of tokens that is looked up."""


class Lookup:
    """Finds the tokens that followed the last few, in the prompt or in the reply.

    Prompt lookup (Saxena, 2023), with two changes: a longer run is preferred to
    a shorter one, and among places of equal length the one that comes next
    after the place last copied from, since a rewrite keeps the order of its
    original.
    """

    def __init__(self, prompt: Sequence[int]) -> None:
        self.tokens: list[int] = []
        self._places: list[dict[tuple[int, ...], list[int]]] = [{} for _ in range(LONGEST)]
        self._after = 0
        self.extend(prompt)

    def extend(self, tokens: Sequence[int]) -> None:
        """Add what the reply says."""
        for token in tokens:
            # A run is noted once something follows it.
            for size, places in enumerate(self._places, 1):
                if len(self.tokens) >= size:
                    run = tuple(self.tokens[-size:])
                    places.setdefault(run, []).append(len(self.tokens))
            self.tokens.append(token)

    def guess(self, most: int) -> list[int]:
        """Return up to ``most`` tokens that may come next; none where nothing is known."""
        if most < 1:
            return []
        for size in range(min(LONGEST, len(self.tokens)), 0, -1):
            places = self._places[size - 1].get(tuple(self.tokens[-size:]))
            if places:
                place = next((one for one in places if one >= self._after), places[-1])
                self._after = place
                return self.tokens[place : place + most]
        return []

"""The pairs that examples are taken from, searched by what functions do.

Ranking is Okapi BM25 (Robertson and Zaragoza 2009) over the words of
``features``, with the usual k1 = 1.2 and b = 0.75.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from perfopt_cli.core import Target
from perfopt_cli.model.examples.example import Example
from perfopt_cli.model.examples.features import shape_of, words_of

K1 = 1.2
B = 0.75
MOST = 2
LONGEST = 1500
"""Pairs with a longer side (characters) are no examples."""
LEAST_OF_BEST = 0.5
"""An example that scores less than this share of what the function would itself is left out."""


class Library:
    """Pairs to search. Those that are long, or whose two sides are equal, are left out."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self.examples: list[Example] = []
        self._shapes: list[set[str]] = []
        self._lengths: list[int] = []
        self._places: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        known = set()
        for example in examples:
            shapes = shape_of(example.slow), shape_of(example.fast)
            long = max(len(example.slow), len(example.fast)) > LONGEST
            if long or shapes[0] == shapes[1] or shapes in known:
                continue
            known.add(shapes)
            self._add(example, set(shapes))

    def _add(self, example: Example, shapes: set[str]) -> None:
        number = len(self.examples)
        words = words_of(example.slow)
        self.examples.append(example)
        self._shapes.append(shapes)
        self._lengths.append(words.total())
        for word, count in words.items():
            self._places[word].append((number, count))

    def nearest(self, target: Target, most: int = MOST) -> list[Example]:
        """Return the examples whose slow side is most like the target, the nearest first.

        Never the target itself, nor what differs from it in names only.
        """
        words = words_of(target.source)
        shape, name = shape_of(target.source), f"{target.path}::{target.qualname}"
        least = LEAST_OF_BEST * self._own_score(words)
        scores = self.scores(words)
        order = sorted(scores, key=lambda number: (-scores[number], number))
        found: list[Example] = []
        for number in order:
            if len(found) == most or scores[number] < least:
                break
            if shape not in self._shapes[number] and self.examples[number].name != name:
                found.append(self.examples[number])
        return found

    def scores(self, words: Counter[str]) -> dict[int, float]:
        """Return BM25 of each example, by its number, that shares a word."""
        scores: defaultdict[int, float] = defaultdict(float)
        average = self._average()
        for word, asked in words.items():
            weight = self._weight(word) * min(asked, 3)
            for number, count in self._places.get(word, ()):
                scores[number] += weight * _saturated(count, self._lengths[number] / average)
        return dict(scores)

    def _own_score(self, words: Counter[str]) -> float:
        """Return what the asked function would score, as far as its words are known here."""
        relative = words.total() / self._average()
        return sum(
            self._weight(word) * min(count, 3) * _saturated(count, relative)
            for word, count in words.items()
            if word in self._places
        )

    def _average(self) -> float:
        return sum(self._lengths) / len(self._lengths) if self._lengths else 1.0

    def _weight(self, word: str) -> float:
        having = len(self._places.get(word, ()))
        return math.log(1 + (len(self.examples) - having + 0.5) / (having + 0.5))


def _saturated(count: int, relative_length: float) -> float:
    return count * (K1 + 1) / (count + K1 * (1 - B + B * relative_length))


def merged(*groups: Sequence[Example]) -> Library:
    """Return a library of these groups; of two alike the one of the earlier group stays."""
    return Library(example for group in groups for example in group)

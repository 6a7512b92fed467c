"""The pairs that examples are taken from, searched by what functions do.

Ranking is Okapi BM25 (Robertson and Zaragoza 2009) over the words of
``features``, with the usual k1 = 1.2 and b = 0.75.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cached_property

from perfopt_cli.core import Target
from perfopt_cli.model.examples.example import Example
from perfopt_cli.model.examples.features import shape_of, words_of

K1 = 1.2
B = 0.75
MOST = 2
MOST_OFTEN = 3
LONGEST = 1500
"""Pairs with a longer side (characters) are no examples."""
LEAST_OF_BEST = 0.4
"""An example that scores less than this share of what the function would itself is left out."""


class Library:
    """Pairs to search. Those that are long, or whose two sides are equal, are left out.

    They are taken from the iterable, and read, when the first search is made.
    """

    def __init__(self, examples: Iterable[Example]) -> None:
        self._given = examples

    @property
    def examples(self) -> list[Example]:
        """The pairs."""
        return self._index.examples

    @cached_property
    def _index(self) -> Index:
        return Index(self._given)

    def nearest(self, target: Target, most: int = MOST) -> list[Example]:
        """Return the examples whose slow side is most like the target, the nearest first.

        Never the target itself, nor what differs from it in names only.
        """
        index = self._index
        words = words_of(target.source)
        shape, name = shape_of(target.source), f"{target.path}::{target.qualname}"
        scores = index.scores(words)
        least = LEAST_OF_BEST * index.score_of_itself(words)
        found: list[Example] = []
        for number in sorted(scores, key=lambda number: (-scores[number], number)):
            if len(found) == most or scores[number] < least:
                break
            example = index.examples[number]
            if shape not in index.shapes[number] and example.name != name:
                found.append(example)
        return found


class Index:
    """Which words occur in which pairs, and what each occurrence is worth."""

    def __init__(self, given: Iterable[Example]) -> None:
        self.examples: list[Example] = []
        self.shapes: list[tuple[str, str]] = []
        counted: list[Counter[str]] = []
        known = set()
        for example in given:
            shapes = shape_of(example.slow), shape_of(example.fast)
            long = max(len(example.slow), len(example.fast)) > LONGEST
            if long or shapes[0] == shapes[1] or shapes in known:
                continue
            known.add(shapes)
            self.examples.append(example)
            self.shapes.append(shapes)
            counted.append(words_of(example.slow))
        self._average = sum(words.total() for words in counted) / max(1, len(counted)) or 1.0
        having = Counter(word for words in counted for word in words)
        total = len(counted)
        self._rarity = {
            word: math.log(1 + (total - number + 0.5) / (number + 0.5))
            for word, number in having.items()
        }
        self._places: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, words in enumerate(counted):
            for word, worth in self._worth(words).items():
                self._places[word].append((number, worth))

    def _worth(self, words: Counter[str]) -> dict[str, float]:
        """Return what each known word is worth in a text of these."""
        flat = K1 * (1 - B + B * words.total() / self._average)
        return {
            word: self._rarity[word] * count * (K1 + 1) / (count + flat)
            for word, count in words.items()
            if word in self._rarity
        }

    def scores(self, words: Counter[str]) -> dict[int, float]:
        """Return BM25 of each pair, by its number, that shares a word."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word, asked in words.items():
            often = min(asked, MOST_OFTEN)
            for number, worth in self._places.get(word, ()):
                scores[number] += often * worth
        return dict(scores)

    def score_of_itself(self, words: Counter[str]) -> float:
        """Return what the function asked about would score if it were here."""
        worth = self._worth(words)
        return sum(min(words[word], MOST_OFTEN) * worth[word] for word in worth)

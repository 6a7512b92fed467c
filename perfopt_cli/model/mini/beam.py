"""Beam search: the most probable replies that can still become code, all different."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

START, END = 1, 2
BEAMS = 8
LONGEST = 96
"""Words of a reply; a longer one is given up."""
ALIKE = 5
"""How many of the beams may begin with the same word, which is the family."""

POWER = 1.0
"""A reply's score is its log-probability over its length to this power."""

State = TypeVar("State")
Result = TypeVar("Result", bound=Hashable)


class Steps(Protocol):
    """What writes: see ``runner.Writing``."""

    def step(self, words: Sequence[int], rows: Sequence[int]) -> Array:
        """Return log-probabilities of the next words, a row for each of the words given."""


class Grammar(Protocol[State]):
    """What a reply can be."""

    def start(self) -> State:
        """Return where every reply begins."""

    def words(self, state: State) -> Array:
        """Return which words may follow, as an array of booleans over the vocabulary."""

    def after(self, state: State, word: int) -> State | None:
        """Return where the reply is with one more word; None where nothing comes of it."""


@dataclass(frozen=True, slots=True)
class Found(Generic[Result]):
    """A reply's words without the end, what comes of it, and its score."""

    words: tuple[int, ...]
    result: Result
    score: float

    @property
    def total(self) -> float:
        """The logarithm of the reply's probability."""
        return self.score * math.pow(len(self.words) + 1, POWER)


@dataclass(frozen=True, slots=True)
class _Beam(Generic[State]):
    words: tuple[int, ...]
    state: State
    total: float


def search(
    writing: Steps,
    grammar: Grammar[State],
    finish: Callable[[tuple[int, ...]], Result | None],
    *,
    n: int,
    beams: int = BEAMS,
    longest: int = LONGEST,
    alike: int = ALIKE,
) -> list[Found[Result]]:
    """Return up to n replies with different results, the most probable first.

    ``finish`` says what comes of a whole reply: None for one that is of no use. Of
    the beams up to ``alike`` begin with the same word. Equal probabilities go by
    the order of the words, so the same model always finds the same.
    """
    import numpy as np

    live = [_Beam((), grammar.start(), 0.0)]
    rows = [0]
    done: dict[Result, Found[Result]] = {}
    for length in range(1, longest + 1):
        log_probs = writing.step([_last(beam) for beam in live], rows)
        allowed = np.stack([grammar.words(beam.state) for beam in live])
        totals = np.array([beam.total for beam in live])[:, None] + log_probs
        totals[~(allowed & np.isfinite(log_probs))] = -np.inf
        best = _best(totals, 8 * beams)
        _end(live, totals, best[: 2 * beams], finish, done)
        live, rows = _go_on(live, totals, best, grammar, beams, alike)
        if not live or _enough(done, live, length, n):
            break
    return sorted(done.values(), key=lambda one: (-one.score, one.words))[:n]


def _last(beam: _Beam[Any]) -> int:
    return beam.words[-1] if beam.words else START


def _best(totals: Array, count: int) -> list[int]:
    """Return the places of so many of the best numbers, the best first."""
    import numpy as np

    flat = totals.ravel()
    some = min(flat.size, count)
    best = np.argpartition(-flat, some - 1)[:some]
    order = np.lexsort((best, -flat[best]))
    places: list[int] = best[order][np.isfinite(flat[best[order]])].tolist()
    return places


def _end(
    live: Sequence[_Beam[Any]],
    totals: Array,
    best: Sequence[int],
    finish: Callable[[tuple[int, ...]], Result | None],
    done: dict[Result, Found[Result]],
) -> None:
    """Keep what comes of the beams for which to end here is among the best."""
    for place in best:
        row, word = divmod(place, totals.shape[1])
        if word != END:
            continue
        words = live[row].words
        result = finish(words)
        score = _score(float(totals[row, END]), len(words) + 1)
        if result is not None and (result not in done or done[result].score < score):
            done[result] = Found(words, result, score)


def _go_on(
    live: Sequence[_Beam[State]],
    totals: Array,
    best: Sequence[int],
    grammar: Grammar[State],
    beams: int,
    alike: int,
) -> tuple[list[_Beam[State]], list[int]]:
    """Return the best beams that are one word longer, and which each goes on from."""
    found: list[_Beam[State]] = []
    rows: list[int] = []
    count: dict[int, int] = {}
    for place in best:
        row, word = divmod(place, totals.shape[1])
        words = (*live[row].words, word)
        many = len(words) > 1 and count.get(words[0], 0) >= alike
        state = None if many or word == END else grammar.after(live[row].state, word)
        if state is not None:
            count[words[0]] = count.get(words[0], 0) + 1
            found.append(_Beam(words, state, float(totals[row, word])))
            rows.append(row)
        if len(found) == beams:
            break
    return found, rows


def _score(total: float, length: int) -> float:
    return total / math.pow(length, POWER)


def _enough(
    done: dict[Result, Found[Result]], live: Sequence[_Beam[Any]], length: int, n: int
) -> bool:
    """Tell whether nothing that may still come is better than the n best so far."""
    if len(done) < n:
        return False
    worst = sorted((one.score for one in done.values()), reverse=True)[n - 1]
    return _score(max(beam.total for beam in live), length + 1) <= worst

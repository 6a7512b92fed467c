"""The search finds the most probable replies that may be written, each result once."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import pytest

np = pytest.importorskip("numpy")

from perfopt_cli.model.mini.beam import END, Found, search  # noqa: E402

WORDS = 7
A, B, C = 3, 4, 5


class Numbers:
    """Log-probabilities that depend on the last word, and on how long the row is."""

    def __init__(self, seed: int = 0, ends: float = 0.0) -> None:
        table = np.random.default_rng(seed).normal(size=(9, WORDS, WORDS))
        table[:, :, END] += ends
        self.table = table - np.log(np.exp(table).sum(-1, keepdims=True))
        self.rows: list[tuple[int, ...]] = [()]
        self.steps = 0

    def step(self, words: Sequence[int], rows: Sequence[int]) -> Any:
        self.rows = [(*self.rows[row], word) for word, row in zip(words, rows, strict=True)]
        self.steps += 1
        return np.stack([self.table[len(row), row[-1]] for row in self.rows])

    def total(self, words: Sequence[int]) -> float:
        path = [1, *words, END]
        pairs = itertools.pairwise(path)
        return float(sum(self.table[at, one, two] for at, (one, two) in enumerate(pairs, 1)))


class Letters:
    """A, B and C in any order, up to ``longest`` of them; no B after ``banned``."""

    def __init__(self, longest: int = 3, banned: int = 0) -> None:
        self.longest = longest
        self.banned = banned

    def start(self) -> tuple[int, ...]:
        return ()

    def words(self, state: tuple[int, ...]) -> Any:
        allowed = np.zeros(WORDS, dtype=bool)
        if state:
            allowed[END] = True
        if len(state) < self.longest:
            allowed[[A, B, C]] = True
        return allowed

    def after(self, state: tuple[int, ...], word: int) -> tuple[int, ...] | None:
        return None if state[-1:] == (self.banned,) and word == B else (*state, word)


def all_replies(longest: int = 3) -> list[tuple[int, ...]]:
    return [
        words
        for length in range(1, longest + 1)
        for words in itertools.product((A, B, C), repeat=length)
    ]


def of(found: Sequence[Found[Any]]) -> list[tuple[int, ...]]:
    return [one.words for one in found]


@pytest.mark.parametrize("seed", range(5))
def test_with_room_for_all_it_finds_the_most_probable(seed: int) -> None:
    numbers = Numbers(seed)
    found = search(numbers, Letters(), lambda words: words, n=4, beams=64, alike=64)
    scores = {words: numbers.total(words) / (len(words) + 1) for words in all_replies()}
    assert of(found) == sorted(scores, key=lambda words: -scores[words])[:4]
    assert [one.score for one in found] == pytest.approx([scores[words] for words in of(found)])


def test_the_same_model_always_finds_the_same() -> None:
    runs = [search(Numbers(3), Letters(), lambda words: words, n=8) for _ in range(2)]
    assert runs[0] == runs[1]


def test_what_the_grammar_forbids_is_never_written() -> None:
    found = search(Numbers(1), Letters(banned=A), lambda words: words, n=99, beams=64, alike=64)
    assert set(of(found)) == {
        words for words in all_replies() if (A, B) not in itertools.pairwise(words)
    }


def test_of_replies_with_the_same_result_the_most_probable_stays() -> None:
    numbers = Numbers(2)
    found = search(
        numbers, Letters(), lambda words: "".join(map(str, sorted(words))), n=99, beams=64, alike=64
    )
    assert len({one.result for one in found}) == len(found)
    for one in found:
        alike = [words for words in all_replies() if sorted(words) == sorted(one.words)]
        assert one.words == max(alike, key=lambda words: numbers.total(words))


def test_replies_of_no_use_are_left_out() -> None:
    found = search(Numbers(2), Letters(), lambda words: words if A in words else None, n=99)
    assert found
    assert all(A in one.words for one in found)


def test_only_so_many_beams_begin_with_the_same_word() -> None:
    numbers = Numbers(0)
    numbers.table[1, 1, [B, C]] = -math.inf, -20.0
    many = of(search(numbers, Letters(), lambda words: words, n=4, beams=4, alike=4))
    assert {words[0] for words in many} == {A}
    few = of(search(numbers, Letters(), lambda words: words, n=4, beams=4, alike=3))
    assert {words[0] for words in few} == {A, C}


def test_it_stops_when_nothing_better_can_come() -> None:
    sure = Numbers(0, ends=6.0)
    found = search(sure, Letters(longest=7), lambda words: words, n=1)
    assert [len(one.words) for one in found] == [1]
    assert sure.steps == 2


def test_a_reply_that_never_ends_is_given_up() -> None:
    numbers = Numbers(0)
    assert search(numbers, Letters(longest=99), lambda words: None, n=1, longest=5) == []
    assert numbers.steps == 5


def test_numbers_that_are_none_are_never_followed() -> None:
    numbers = Numbers(0)
    numbers.table[1, 1, A] = math.nan
    found = of(search(numbers, Letters(), lambda words: words, n=99, beams=64, alike=64))
    assert {words[0] for words in found} == {B, C}

"""Which replies are set against each other, and by what margin."""

from __future__ import annotations

import pytest

from perfopt_cli.core import Speedup
from perfopt_cli.train.preferences import Preference, Scored, margin_of, preferences
from perfopt_cli.train.records import Level


def reply(name: str, ratio: float | None = None, level: Level | None = None) -> Scored:
    speedup = Speedup(ratio, ratio * 0.99, ratio * 1.01) if ratio else None
    return Scored(name, level or (Level.FASTER if ratio else Level.PASSED), speedup)


def chosen(*replies: Scored, seed: object = 0, cap: float = 3.0) -> tuple[Preference, ...]:
    return preferences("ask", replies, cap=cap, seed=seed)


WRONG = reply("wrong", level=Level.FAILED)


@pytest.mark.parametrize(
    ("fast", "slow", "margin"),
    [
        (reply("a", 4.0), reply("b", 2.0), 2.0),
        (reply("a", 8.0), reply("b", 2.0), 3.0),
        (reply("a", 4.0), reply("b"), 0.0),
        (reply("a"), reply("b"), 0.0),
    ],
)
def test_the_margin_is_the_slower_time_over_the_faster_one_up_to_the_cap(
    fast: Scored, slow: Scored, margin: float
) -> None:
    assert margin_of(fast, slow, 3.0) == margin


def test_each_of_the_five_fastest_is_set_against_one_of_the_slowest_half() -> None:
    replies = [reply(f"r{ratio}", ratio) for ratio in range(1, 13)]
    for seed in range(20):
        found = chosen(*replies, seed=seed)
        assert [one.chosen for one in found] == ["r12", "r11", "r10", "r9", "r8"]
        assert {one.rejected for one in found} <= {f"r{ratio}" for ratio in range(1, 7)}
    assert {one.rejected for seed in range(20) for one in chosen(*replies, seed=seed)} == {
        f"r{ratio}" for ratio in range(1, 7)
    }


def test_of_an_odd_number_the_middle_one_is_none_of_the_slowest_half() -> None:
    found = [chosen(*(reply(f"r{n}", n) for n in (1, 2, 3)), seed=seed) for seed in range(20)]
    assert {one.rejected for pairs in found for one in pairs} == {"r1"}


def test_what_was_not_shown_to_be_slower_is_not_set_against() -> None:
    near = [reply("a", 2.0), reply("b", 2.01), reply("c"), reply("d")]
    found = {(one.chosen, one.rejected) for seed in range(20) for one in chosen(*near, seed=seed)}
    assert found == {("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")}
    assert chosen(reply("a", 2.0), reply("b", 2.01)) == ()
    assert chosen(reply("a"), reply("b"), WRONG) == ()


def test_wrong_code_is_never_chosen_and_stands_in_a_twentieth_of_the_pairs() -> None:
    replies = [reply("fast", 9.0), reply("slow", 1.0), WRONG, reply("x", level=Level.BROKEN)]
    found = [one for seed in range(4000) for one in chosen(*replies, seed=seed)]
    assert {one.chosen for one in found} == {"fast"}
    replaced = [one for one in found if one.rejected != "slow"]
    assert {one.rejected for one in replaced} == {"wrong", "x"}
    assert {one.margin for one in replaced} == {0.0}
    assert 0.035 < len(replaced) / len(found) < 0.065


def test_where_nothing_is_wrong_every_pair_is_of_right_code() -> None:
    found = [one for seed in range(200) for one in chosen(reply("a", 3.0), reply("b"), seed=seed)]
    assert {(one.chosen, one.rejected) for one in found} == {("a", "b")}
    assert len(found) == 200


def test_equal_texts_count_once() -> None:
    found = chosen(reply("a", 3.0), reply("a", 3.0), reply("b", 1.0))
    assert [(one.chosen, one.rejected) for one in found] == [("a", "b")]


def test_the_same_seed_draws_the_same_pairs() -> None:
    replies = [reply(f"r{ratio}", ratio) for ratio in range(1, 20)]
    assert chosen(*replies, seed=("a", 1)) == chosen(*replies, seed=("a", 1))
    assert len({chosen(*replies, seed=("a", n)) for n in range(9)}) > 1

"""The order of rules is learned from outcomes: numbers by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from perfopt_cli.model.rules import RULES
from perfopt_cli.model.worth import (
    MINI,
    MINI_PRIOR,
    OWN,
    PRIOR,
    SHIPPED,
    SUREST,
    TYPICAL,
    Tally,
    added,
    counted,
    expected,
    merged,
    ordered,
    read_table,
    scaled,
    table_of,
    table_text,
)


def test_worth_is_gain_times_chance_over_time_with_the_prior() -> None:
    tally = Tally(judged=10, accepted=5, gain=5 * math.log(2), seconds=30)
    chance = (5 + 1) / (10 + 4)
    gain = (5 * math.log(2) + math.log(1.3)) / (5 + 1)
    milliseconds = (30 + 12) / (10 + 4) * 1000
    assert tally.worth == pytest.approx(gain * chance / milliseconds)
    assert Tally().worth == pytest.approx(PRIOR.gain / 12_000)


def test_what_gains_most_for_its_time_goes_first_and_what_never_gained_last() -> None:
    table = {
        "slow": Tally(4, 2, 2 * math.log(2), 400),
        "fast": Tally(4, 2, 2 * math.log(2), 4),
        "never": Tally(40, 0, 0.0, 80),
    }
    names = ["never", "new", "slow", "fast", "newer"]
    assert ordered(names, table) == ["fast", "new", "newer", "slow", "never"]


def test_a_rule_is_poor_only_after_many_tries() -> None:
    # 0.262 / 36 s against half of 0.262 / 12 s.
    assert Tally(8, 0, 0.0, 24).poor
    assert not Tally(7, 0, 0.0, 24).poor
    assert not Tally(8, 1, math.log(2), 24).poor


def test_a_candidate_of_several_rules_counts_to_each_by_its_part() -> None:
    found = counted("rules:a+b", accepted=True, ratio=4.0, seconds=6.0)
    assert found["a"] == found["b"] == Tally(0.5, 0.5, math.log(2), 3.0)
    assert counted("rules:a", accepted=False, ratio=1.5, seconds=6.0) == {"a": Tally(1, 0, 0.0, 6)}
    assert counted("some model", accepted=True, ratio=4.0, seconds=6.0) == {}


def test_a_candidate_of_the_small_model_counts_to_its_family() -> None:
    found = counted("mini:join", accepted=True, ratio=4.0, seconds=6.0)
    assert found == {"mini:join": Tally(1, 1, math.log(4), 6.0)}


def test_rules_together_are_worth_what_they_are_alone() -> None:
    table = {"a": Tally(4, 2, 1.0, 12.0), "mini:a": Tally(4, 2, 1.0, 12.0)}
    assert expected("rules:a+b", 1.0, table) == table["a"].worth + Tally().worth
    assert expected("rules:a", 1.0, table) == table["a"].worth
    assert expected("a model", 1.0, table) == 0


def test_a_guess_of_the_small_model_is_worth_the_more_the_more_probable_it_is() -> None:
    table = {"mini:a": Tally(4, 2, 1.0, 12.0)}
    usual = (1.0 + MINI_PRIOR.gain) / (12.0 + MINI_PRIOR.seconds) / 1000
    assert expected("mini:a", TYPICAL, table) == pytest.approx(usual)
    assert expected("mini:a", TYPICAL / 4, table) == pytest.approx(usual / 2)
    assert expected("mini:a", 1.0, table) == pytest.approx(usual * SUREST)
    assert 0 < expected("mini:b", TYPICAL, {}) < expected("rules:b", 1.0, {})


def test_a_projects_own_outcomes_count_five_times() -> None:
    shipped, own = {"a": Tally(1, 1, 1.0, 2.0)}, {"a": Tally(1, 0, 0.0, 8.0), "b": Tally(1)}
    assert added([shipped, own])["a"] == Tally(2, 1, 1.0, 10.0)
    # Of the project's two candidates one took all the time: 6 of 2 * 3 s.
    assert merged(shipped, own) == {"a": Tally(6, 1, 1.0, 3.0 + 5 * 6.0), "b": Tally(5)}


def test_times_are_scaled_to_three_seconds_for_a_candidate_in_the_mean() -> None:
    table = {"a": Tally(3, 1, 1.0, 100.0), "b": Tally(1, 0, 0.0, 20.0)}
    assert scaled(table) == {"a": Tally(3, 1, 1.0, 10.0), "b": Tally(1, 0, 0.0, 2.0)}
    assert scaled({"a": Tally(1)}) == {"a": Tally(1)}


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    table = {"b": Tally(1, 1, 0.5, 2.25), "a": Tally(3)}
    path = tmp_path / "worth.json"
    path.write_text(table_text(table))
    assert read_table(path) == table
    path.write_text(table_text({}))
    assert read_table(path) == {}


@pytest.mark.parametrize(
    "row",
    [
        3,
        {},
        {"judged": 1},
        {"judged": -1, "accepted": 0, "gain": 0, "seconds": 0},
        {"judged": 1, "accepted": 0, "gain": float("nan"), "seconds": 0},
        {"judged": 1, "accepted": 0, "gain": 0, "seconds": float("inf")},
        {"judged": True, "accepted": 0, "gain": 0, "seconds": 0},
        {"judged": "1", "accepted": 0, "gain": 0, "seconds": 0},
        {"judged": 1, "accepted": 0, "gain": 0, "seconds": 0, "more": 0},
    ],
)
def test_a_row_that_is_not_as_it_should_be_is_left_out(tmp_path: Path, row: object) -> None:
    path = tmp_path / "worth.json"
    good = {"judged": 1, "accepted": 0, "gain": 0, "seconds": 2}
    path.write_text(json.dumps({"a": row, "b": good}))
    assert read_table(path) == {"b": Tally(1, 0, 0, 2)}


@pytest.mark.parametrize("text", ["", "[1]", "{", "[" * 100_000, '"x"', "\udc80"])
def test_a_file_that_is_no_table_is_an_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "worth.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert read_table(path) == {}
    assert read_table(tmp_path / "missing.json") == {}


def test_a_link_or_a_huge_file_is_not_read(tmp_path: Path) -> None:
    real, link, huge = (tmp_path / name for name in ("real", "link", "huge"))
    real.write_text(table_text({"a": Tally(1)}))
    link.symlink_to(real)
    huge.write_text(real.read_text() + " " * 1_000_000)
    assert (read_table(link), read_table(huge)) == ({}, {})


def test_the_shipped_table_is_of_rules_that_exist(tmp_path: Path) -> None:
    shipped = read_table(SHIPPED)
    assert {name for name in shipped if not name.startswith(MINI)} <= set(RULES)
    assert table_of(None) == table_of(tmp_path) == scaled(shipped)
    (tmp_path / OWN).parent.mkdir()
    (tmp_path / OWN).write_text(table_text({"flag-break": Tally(1)}))
    mine = table_of(tmp_path)["flag-break"].judged
    assert mine == pytest.approx(shipped.get("flag-break", Tally()).judged + 5)

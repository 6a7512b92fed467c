"""Which pairs are taken."""

from __future__ import annotations

from collections import Counter

from perfopt_cli.train.pairs.balance import Row, balanced, done, split_of
from perfopt_cli.train.pairs.make import NOTHING

SIGNS = {"common": "+", "rare": "-", "a": "*", NOTHING: "/"}


def rows(family: str, count: int, origin: str = "package") -> list[Row]:
    return [
        {"family": family, "slow": "x" + f"{SIGNS[family]}x" * n, "fast": "x", "origin": origin}
        for n in range(count)
    ]


def test_common_families_do_not_swamp_rare_ones() -> None:
    chosen = balanced([*rows("common", 900), *rows("rare", 9)], 100, 0)
    families = Counter(row["family"] for row in chosen)
    assert families["rare"] >= 7
    assert families["common"] > 70


def test_nothing_to_do_has_a_fixed_share() -> None:
    chosen = balanced([*rows("a", 900), *rows(NOTHING, 900)], 100, 0)
    assert Counter(row["family"] for row in chosen) == {"a": 86, NOTHING: 14}


def test_of_pairs_that_differ_by_names_one_is_taken() -> None:
    one = {"family": "a", "slow": "f(x, 'a')", "fast": "x", "origin": "p"}
    other = {"family": "a", "slow": "g(y, 'b')", "fast": "y", "origin": "p"}
    assert len(balanced([one, other], 10, 0)) == 1


def test_no_package_fills_a_family_while_others_have_pairs() -> None:
    many = [
        *rows("a", 500, "large"),
        *({**row, "slow": row["slow"] + "*1"} for row in rows("a", 50, "small")),
    ]
    taken = Counter(row["origin"] for row in balanced(many, 100, 0))
    assert taken["small"] >= 12


def test_a_package_is_in_one_split_and_most_are_for_training() -> None:
    splits = Counter(split_of(f"package {n}", 0) for n in range(2000))
    assert splits["train"] > 1700
    assert min(splits["val"], splits["test"]) > 50
    assert split_of("package 1", 0) == split_of("package 1", 0)


def test_the_fast_sides_of_some_pairs_have_nothing_to_do() -> None:
    learned = done(rows("a", 200), 0)
    assert 40 < len(learned) < 80
    assert {(row["family"], row["slow"], row["fast"]) for row in learned} == {(NOTHING, "x", "x")}


def test_what_has_nothing_to_do_has_no_fast_side() -> None:
    assert done(rows(NOTHING, 50), 0) == []

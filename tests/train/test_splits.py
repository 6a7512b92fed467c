from __future__ import annotations

import pytest

from perfopt_cli.train import records
from perfopt_cli.train.formats.rows import Draft
from perfopt_cli.train.splits import split_pairs, tagged


def pairs(count: int) -> list[records.Pair]:
    return [records.Pair(f"p{n}", f"{n}", f"{n}", records.Tests()) for n in range(count)]


def split_of(count: int, seed: int = 0) -> dict[str, str]:
    found = split_pairs(pairs(count), seed)
    return {pair.group: split for split, ones in found.items() for pair in ones}


def test_about_a_tenth_of_the_groups_each_is_held_out() -> None:
    chosen = list(split_of(1000).values())
    assert len(chosen) == 1000
    assert 70 < chosen.count("test") < 130
    assert 70 < chosen.count("val") < 130


def test_more_data_moves_no_group() -> None:
    few, many = split_of(200), split_of(400)
    assert few == {group: many[group] for group in few}


def test_the_seed_decides() -> None:
    assert split_of(50, seed=1) != split_of(50, seed=2)


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, [0, 0, 0]), (1, [1, 0, 0]), (2, [1, 0, 1]), (3, [1, 1, 1])]
)
@pytest.mark.parametrize("seed", range(5))
def test_few_groups_fill_train_then_test_then_val(count: int, sizes: list[int], seed: int) -> None:
    found = split_pairs(pairs(count), seed)
    held = [len(found[split]) for split in ("train", "val", "test")]
    assert held == sizes


def test_equally_near_programs_get_the_same_tag_and_others_none() -> None:
    def draft(group: str, seconds: float | None) -> Draft:
        return Draft(records.Pair(group, "", "", records.Tests()), "", fast_seconds=seconds)

    drafts = [draft("a", 1.0), draft("a", 2.0), draft("b", 5.0), draft("b", 10.0), draft("c", None)]
    assert [one.pair.tag for one in tagged(drafts)] == [10, 5, 10, 5, None]

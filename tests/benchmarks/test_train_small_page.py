"""The tables of what the small model came to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
from output_page import put_into  # noqa: E402
from train_small_page import (  # noqa: E402
    Answer,
    Stage,
    by_problem,
    interval,
    section,
)

PLAN = {"train": 10, "idle": 0.25, "programs": 5}
CONFIG = {"steps": 2, "rank_weight": 1.0}


def stage(name: str, seed: int, levels: list[int], kind: str = "random") -> Stage:
    answers = tuple(Answer(at // 2, kind, level, None, "") for at, level in enumerate(levels))
    greedy = tuple(Answer(at, "greedy", 4, 2.0, "") for at in range(len(levels) // 2))
    return Stage(name, seed, answers + greedy, {"loss": 0.5})


BEFORE = stage("after fine-tuning", 0, [4, 1, 2, 3])
AFTER = stage("after RRHF", 0, [4, 4, 4, 3])


def test_shares_are_of_the_candidates_of_a_problem_over_all_seeds() -> None:
    other = stage("after fine-tuning", 1, [4, 4, 1, 1])
    assert by_problem([BEFORE, other], "random", 4) == {0: 0.75, 1: 0.0}
    assert by_problem([BEFORE], "random", 3) == {0: 0.5, 1: 0.5}


def test_the_change_is_taken_problem_by_problem() -> None:
    text = section([BEFORE, AFTER], PLAN, CONFIG)
    assert "| after RRHF | +0.0 (+0.0 to +0.0) | +50.0 (+50.0 to +50.0) |" in text


def test_every_stage_has_a_row_for_greedy_and_for_random_candidates() -> None:
    text = section([BEFORE, AFTER], PLAN, CONFIG)
    assert "| after fine-tuning | random | 75.0% (50.0% to 100.0%) |" in text
    assert "| after RRHF | greedy | 100.0% (100.0% to 100.0%) |" in text
    assert "| 0 | after RRHF | 100.0% / 100.0% / 100.0% | 100.0% / 100.0% / 75.0% |" in text


def test_the_interval_of_equal_values_is_one_point_and_of_others_holds_their_mean() -> None:
    assert interval([0.4] * 9) == pytest.approx((0.4, 0.4))
    low, high = interval([0.0] * 50 + [1.0] * 50)
    assert 0.38 < low < 0.43
    assert 0.57 < high < 0.62


def test_the_text_takes_its_place_in_the_page_and_nothing_else_changes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- output: one -->\nold\n<!-- end -->\nb\n", encoding="utf-8")
    put_into(page, "one", "new")
    assert page.read_text() == "a\n<!-- output: one -->\nnew\n<!-- end -->\nb\n"


def test_a_page_without_the_place_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no place for one"):
        put_into(page, "one", "new")
    assert page.read_text() == "a\n"

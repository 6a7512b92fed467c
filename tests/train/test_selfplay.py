"""The stage selfplay: which pairs are made of candidates, and what is trained on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pretend import PretendLearner, Trial, files, pair

from perfopt_cli.core import PerfoptError, Speedup
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.dataset import read_pairs
from perfopt_cli.train.records import Level, Pair, Score
from perfopt_cli.train.samples import Candidate
from perfopt_cli.train.selfplay import new_pairs

PLAY = TrainConfig(stages=("selfplay",), style="pie")
ONE = pair(1)


def drawn(code: str, ratio: float | None, kind: str = "random") -> tuple[Candidate, Score]:
    """A candidate that passes: faster from 1.2, not timed with None."""
    if ratio is None:
        return Candidate(kind, code), Score(Level.PASSED)
    level = Level.FASTER if ratio >= 1.2 else Level.PASSED
    return Candidate(kind, code), Score(level, "", Speedup(ratio, ratio * 0.9, ratio * 1.1))


WRONG = (Candidate("random", "print(2)\n"), Score(Level.FAILED, "", Speedup(9.0, 8.0, 10.0)))


def made(*rows: tuple[Candidate, Score], most: int = 9, one: Pair = ONE) -> list[tuple[str, str]]:
    found = new_pairs([one], {0: rows}, most=most)
    return [(new.slow, new.fast) for new in found]


def test_the_slow_program_is_paired_with_its_fastest_candidate() -> None:
    [new] = new_pairs([ONE], {0: [drawn("a\n", 2.0), drawn("b\n", 2.1)]}, most=9)
    assert (new.group, new.slow, new.fast, new.tests) == ("p1", ONE.slow, "b\n", ONE.tests)
    assert new.ratio == 2.1


def test_a_candidate_is_paired_with_one_that_is_faster_beyond_doubt() -> None:
    rows = [drawn("a\n", 4.0), drawn("b\n", 2.0), drawn("c\n", 0.5)]
    assert made(*rows) == [(ONE.slow, "a\n"), ("c\n", "a\n"), ("c\n", "b\n"), ("b\n", "a\n")]
    ratios = [new.ratio for new in new_pairs([ONE], {0: rows}, most=9)]
    assert ratios == [4.0, 8.0, 4.0, 2.0]


def test_a_candidate_no_faster_than_the_slow_program_is_not_taught() -> None:
    assert made(drawn("a\n", 1.0), drawn("b\n", 0.5)) == []


def test_what_is_wrong_or_was_not_timed_is_in_no_pair() -> None:
    assert made(WRONG, drawn("a\n", None), drawn("b\n", 2.0)) == [(ONE.slow, "b\n")]


def test_a_program_gets_no_more_pairs_than_wanted() -> None:
    rows = [drawn("a\n", 4.0), drawn("b\n", 2.0), drawn("c\n", 0.5)]
    assert made(*rows, most=2) == [(ONE.slow, "a\n"), ("c\n", "a\n")]


def test_two_rows_for_one_slow_program_share_what_it_may_get() -> None:
    pairs = [ONE, replace(ONE, fast="print(1) or 0\n")]
    scored = {0: [drawn("a\n", 2.0)], 1: [drawn("b\n", 4.0), drawn("c\n", 8.0)]}
    found = new_pairs(pairs, scored, most=1)
    assert [(new.slow, new.fast) for new in found] == [(ONE.slow, "c\n")]


def test_a_pair_of_the_data_is_not_new_whatever_its_layout() -> None:
    assert made(drawn(f"{ONE.fast}# a remark\n", 4.0)) == []


def test_the_target_is_no_candidate() -> None:
    assert made(drawn("t\n", 8.0, "target"), drawn("a\n", 2.0)) == [(ONE.slow, "a\n")]


def test_of_equal_candidates_the_first_measurement_counts() -> None:
    rows = [drawn("a\n", 2.0), drawn("a  # again\n", 4.0)]
    [new] = new_pairs([ONE], {0: rows}, most=9)
    assert (new.fast, new.ratio) == ("a\n", 2.0)


def test_a_tag_tells_how_near_the_best_known_a_program_is() -> None:
    rows = [drawn("t\n", 8.0, "target"), drawn("a\n", 4.0), drawn("b\n", 2.0), drawn("c\n", 1.0)]
    tags = {new.fast: new.tag for new in new_pairs([ONE], {0: rows}, most=9)}
    assert tags == {"a\n": 5, "b\n": 3}


def test_it_trains_on_new_pairs_and_on_those_of_the_data_that_are_faster(tmp_path: Path) -> None:
    slow_target = pair(9, fast="print(1)  # no better\nif 0: pass\n")
    pairs = (*(pair(number, fast=f"print(1)  # faster\nif {number}: pass\n") for number in range(5)), slow_target)  # fmt: skip
    trial = Trial(tmp_path, pairs, PLAY)
    record = trial.run()
    first = record["metrics"][0]
    taught = [response for _, response in trial.learner.refined]
    assert first["new_pairs"] == len(taught) - first["data_pairs"] > 0
    assert first["data_pairs"] == 5
    assert all("faster" in response for response in taught)
    assert slow_target.fast not in taught
    kinds = [row["kind"] for row in record["metrics"] if "kind" in row]
    assert kinds == ["random", "greedy", "target"]
    assert first["mean_ratio"] == pytest.approx(2.0)


def test_new_pairs_are_left_in_a_file_that_can_be_trained_on(tmp_path: Path) -> None:
    pairs = tuple(pair(number, fast=f"print(1)  # faster\nif {number}: pass\n") for number in range(8))  # fmt: skip
    record = Trial(tmp_path, pairs, PLAY).run()
    data = read_pairs(tmp_path / "selfplay.jsonl")
    found = [one for split in data.pairs.values() for one in split]
    assert len(found) == record["metrics"][0]["new_pairs"]
    assert {one.group for one in found} <= {one.group for one in pairs}
    assert all(one.tests == pairs[0].tests and one.ratio == 2.0 for one in found)
    assert (tmp_path / "samples" / "selfplay.md").read_text().startswith("# Samples of self-play")


class Unwilling(PretendLearner):
    """Never writes anything faster."""

    def _reply(self, about: str) -> str:
        return "print(1)  # as before\n"


def test_where_nothing_is_faster_the_weights_stay_and_it_is_told(tmp_path: Path) -> None:
    config = replace(PLAY, stages=("sft", "selfplay"))
    trial = Trial(tmp_path, config=config, learner=Unwilling())
    record = trial.run()
    [counts] = [row for row in record["metrics"] if "new_pairs" in row]
    assert (counts["new_pairs"], counts["mean_ratio"]) == (0, None)
    assert "of 5 programs the model made none faster" in trial.listener.notes[-1]
    sft = (tmp_path / "stages" / "sft" / "model" / "model.safetensors").read_text()
    assert (tmp_path / "model.safetensors").read_text() == sft
    assert not (tmp_path / "selfplay.jsonl").exists()


def test_without_timing_nothing_is_known_to_be_faster() -> None:
    assert made(drawn("a\n", None)) == []


def test_a_second_run_comes_to_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Trial(tmp_path / name, config=PLAY).run()
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_the_stage_goes_after_others_with_a_setting_of_its_own(tmp_path: Path) -> None:
    Trial(tmp_path, config=TrainConfig(stages=("sft",))).run()
    config = TrainConfig(stages=("sft", "selfplay"), selfplay_pairs=1)
    Trial(tmp_path, config=config).run()
    with pytest.raises(PerfoptError, match="selfplay_pairs is 2 now and was 1"):
        Trial(tmp_path, config=replace(config, selfplay_pairs=2)).run()


def test_its_rates_are_no_points_over_rl_steps(tmp_path: Path) -> None:
    Trial(tmp_path, config=PLAY).run()
    assert not (tmp_path / "plots" / "reward.svg").exists()
    assert "| selfplay | greedy |" in (tmp_path / "README.md").read_text()
    rows = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert {row["step"] for row in rows} == {0}

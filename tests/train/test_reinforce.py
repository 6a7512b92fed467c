"""The stages reward, rloo and grpo, with a model and a scorer that only pretend."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pretend import Trial, files, pair

from perfopt_cli.core import PerfoptError, Reason, Speedup
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.formats.verdicts import ScoredCandidate
from perfopt_cli.train.preferences import Preference
from perfopt_cli.train.prompts import prompt_for
from perfopt_cli.train.records import Level, Tests
from perfopt_cli.train.reinforce import held_apart

PAIRS = tuple(pair(number) for number in range(8))


def settings(*stages: str, **more: Any) -> TrainConfig:
    return TrainConfig(stages=stages, style="pie", **{"steps": 2, **more})


def ran(root: Path, *stages: str, pairs: Any = PAIRS, **more: Any) -> tuple[Trial, dict[str, Any]]:
    trial = Trial(root, pairs, settings(*stages, **more))
    return trial, trial.run()


def first(record: dict[str, Any], stage: str, step: int) -> dict[str, Any]:
    found = [row for row in record["metrics"] if (row["stage"], row["step"]) == (stage, step)]
    return dict(found[0])


@pytest.mark.parametrize("method", ["rloo", "grpo"])
def test_random_replies_are_rewarded_by_what_their_programs_do(tmp_path: Path, method: str) -> None:
    trial, record = ran(tmp_path, method)
    assert trial.learner.reinforced
    for group in trial.learner.reinforced:
        assert len(group.responses) == 2
        for text, reward in zip(group.responses, group.rewards, strict=True):
            right = "print(1)" in text
            assert reward == (1.0 if right and "faster" in text else 0.0 if right else -1.0)
    rows = [row for row in record["metrics"] if "kind" in row]
    assert [row["kind"] for row in rows] == ["random", "greedy", "target"] * 2
    assert (tmp_path / "samples" / f"{method}-2.md").is_file()


def test_groups_whose_replies_are_all_worth_the_same_are_left_out_and_counted(
    tmp_path: Path,
) -> None:
    trial, record = ran(tmp_path, "grpo", steps=1)
    row = first(record, "grpo", 1)
    assert all(len(set(group.rewards)) > 1 for group in trial.learner.reinforced)
    assert row["groups"] == 8
    assert 0 < row["without_signal"] == 8 - len(trial.learner.reinforced)
    assert row["signal"] == pytest.approx(len(trial.learner.reinforced) / 8)
    assert -1 <= row["mean_reward"] <= 1


def test_where_no_reply_is_better_than_another_the_weights_stay(tmp_path: Path) -> None:
    trial = Trial(tmp_path, PAIRS, settings("sft", "grpo"))
    trial.learner._reply = lambda about: "broken("  # type: ignore[method-assign]
    record = trial.run()
    assert trial.learner.reinforced == []
    assert any("nothing was learnt; raise samples" in note for note in trial.listener.notes)
    assert (tmp_path / "model.safetensors").read_text() == trial.learner.state
    assert first(record, "grpo", 2)["signal"] == 0


def test_the_penalty_holds_to_the_weights_that_the_stage_began_with(tmp_path: Path) -> None:
    alone, _ = ran(tmp_path / "alone", "rloo")
    assert alone.learner.held_to == [None, None]
    after, _ = ran(tmp_path / "after", "sft", "reward", "rloo")
    left = tmp_path / "after" / "stages" / "sft" / "model"
    assert after.learner.held_to == [left, left]
    both, _ = ran(tmp_path / "both", "rloo", "grpo")
    assert both.learner.held_to[2:] == [tmp_path / "both" / "stages" / "rloo-2" / "model"] * 2


def test_the_reward_model_does_not_take_the_place_of_the_one_that_learns(tmp_path: Path) -> None:
    trial, record = ran(tmp_path, "sft", "reward")
    learnt = (tmp_path / "stages" / "sft" / "model" / "model.safetensors").read_text()
    judge = (tmp_path / "stages" / "reward" / "model" / "model.safetensors").read_text()
    assert learnt == trial.learner.state != judge
    assert (tmp_path / "model.safetensors").read_text() == learnt
    assert (tmp_path / "reward" / "model.safetensors").read_text() == judge
    assert first(record, "reward", 0)["figures"]["held_out_accuracy"] == 0.75
    assert "75.0% of 4 held-out pairs" in (tmp_path / "README.md").read_text()


def test_a_run_that_is_taken_up_after_the_reward_model_goes_on_with_the_other(
    tmp_path: Path,
) -> None:
    ran(tmp_path / "cut", "sft", "reward")
    trial, _ = ran(tmp_path / "cut", "sft", "reward", "grpo")
    assert trial.listener.notes[0] == "going on after reward"
    ran(tmp_path / "whole", "sft", "reward", "grpo")
    assert files(tmp_path / "cut") == files(tmp_path / "whole")


def test_a_reward_model_alone_leaves_no_other_weights(tmp_path: Path) -> None:
    ran(tmp_path, "reward")
    assert (tmp_path / "reward" / "config.json").is_file()
    assert not (tmp_path / "config.json").exists()
    assert "No model that writes programs" in (tmp_path / "README.md").read_text()


def test_pairs_of_held_out_problems_are_not_trained_on(tmp_path: Path) -> None:
    trial, _ = ran(tmp_path, "reward")
    groups = {one.group for one in trial.learner.preferences}
    apart = {one.group for one in trial.learner.held_out}
    assert len(apart) == 1
    assert not groups & apart
    pairs = [Preference("p", "a", "b", 0.0, f"g{n % 30}") for n in range(60)]
    kept, out = held_apart(pairs, 0)
    assert (len({one.group for one in out}), len(out)) == (3, 6)
    assert len(kept) + len(out) == 60
    assert held_apart(pairs[:1], 0) == (tuple(pairs[:1]), ())


def test_programs_without_tests_are_judged_by_the_reward_model(tmp_path: Path) -> None:
    untested = replace(pair(20), tests=Tests())
    trial, record = ran(tmp_path, "reward", "grpo", pairs=(*PAIRS, untested), steps=1)
    prompt = prompt_for(untested.slow, style="pie")
    assert [asked for asked, _ in trial.learner.judged] == [prompt, prompt]
    row = first(record, "grpo", 1)
    assert (row["programs"], row["judged_by_model"]) == (9, 1)
    (group,) = [one for one in trial.learner.reinforced if one.prompt == prompt]
    assert all(-1 <= reward <= 3 for reward in group.rewards)
    assert not any(task.slow == untested.slow for task, _ in trial.scorer.asked)


def test_without_a_reward_model_programs_without_tests_are_passed_over(tmp_path: Path) -> None:
    untested = replace(pair(20), tests=Tests())
    _, record = ran(tmp_path, "grpo", pairs=(*PAIRS, untested), steps=1)
    assert first(record, "grpo", 1)["programs"] == 8
    with pytest.raises(PerfoptError, match=r"none of the 1 programs has tests.*the stage reward"):
        ran(tmp_path / "none", "rloo", pairs=(untested,))


def test_recorded_verdicts_are_enough_with_a_reward_model(tmp_path: Path) -> None:
    scored = tuple(
        ScoredCandidate(
            f"m.py::f{number}", f"def f{number}(a):\n    return a\n",
            f"def f{number}(a):\n    return {ratio} * a\n", Level.FASTER, Reason.FASTER,
            Speedup(ratio, ratio * 0.9, ratio * 1.1),
        )
        for number in range(4) for ratio in (2.0, 8.0)
    )  # fmt: skip
    pairs = tuple(replace(pair(number), tests=Tests()) for number in range(4))
    trial = Trial(tmp_path, pairs, settings("reward", "rloo", steps=1), scored=scored)
    record = trial.run()
    assert len(trial.learner.preferences) + len(trial.learner.held_out) == 8
    assert first(record, "rloo", 1)["judged_by_model"] == 4
    assert trial.scorer.asked == []


def test_one_sample_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="--samples 1: the stage rloo compares samples"):
        ran(tmp_path, "sft", "rloo", samples=1)


def test_settings_of_a_stage_may_be_given_when_it_is_added(tmp_path: Path) -> None:
    ran(tmp_path, "sft")
    ran(tmp_path, "sft", "grpo", kl=0.5, reward_cap=2.0)
    with pytest.raises(PerfoptError, match=r"kl is 0\.1 now and was 0\.5"):
        ran(tmp_path, "sft", "grpo", reward_cap=2.0)
    ran(tmp_path, "sft", "grpo", kl=0.5, reward_cap=2.0, steps=3)


def test_more_steps_are_refused_where_a_stage_before_has_steps_too(tmp_path: Path) -> None:
    ran(tmp_path, "rrhf", "grpo")
    with pytest.raises(PerfoptError, match="steps is 3 now and was 2"):
        ran(tmp_path, "rrhf", "grpo", steps=3)


def test_steps_of_two_stages_follow_each_other_in_the_plots(tmp_path: Path) -> None:
    ran(tmp_path, "rrhf", "grpo")
    plot = (tmp_path / "plots" / "passed.svg").read_text()
    assert plot.count("<circle") == 4 * 3
    assert "| grpo 2 | random |" in (tmp_path / "README.md").read_text()

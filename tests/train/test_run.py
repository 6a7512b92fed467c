from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pretend import Trial, files, pair

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.config_file import load_config

ROOT = Path(__file__).resolve().parents[2]


def kill(folder: Path, every: int, *stages: str, steps: int = 3) -> dict[str, object]:
    # In a process of its own, whose only thread may fork.
    words = [str(folder), str(every), str(steps), *stages]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "pretend.py"), *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


STAGES = [("sft", "rrhf"), ("sft", "reward", "grpo")]


@pytest.mark.parametrize("stages", STAGES)
def test_a_run_killed_at_a_write_goes_on_to_the_same_result(
    tmp_path: Path, stages: tuple[str, ...]
) -> None:
    told = kill(tmp_path, 23, *stages)
    assert told["wrong"] == []
    assert int(str(told["kills"])) >= 5


def test_a_run_with_self_play_killed_at_a_write_goes_on_to_the_same_result(tmp_path: Path) -> None:
    told = kill(tmp_path, 7, "selfplay")
    assert told["wrong"] == []
    assert int(str(told["kills"])) >= 5


@pytest.mark.slow
def test_a_run_killed_at_any_write_goes_on_to_the_same_result(tmp_path: Path) -> None:
    assert kill(tmp_path, 1, "sft", "rrhf", steps=2)["wrong"] == []


def test_a_finished_run_is_not_done_again(tmp_path: Path) -> None:
    record = Trial(tmp_path).run()
    again = Trial(tmp_path)
    assert again.run() == record
    assert again.learner.state == ""
    assert again.scorer.asked == []


def test_the_result_is_what_the_last_step_left(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    trial.run()
    assert (tmp_path / "model.safetensors").read_text() == trial.learner.state
    assert (tmp_path / "config.json").is_file()


def test_weights_of_steps_in_between_are_dropped_and_those_of_stages_kept(tmp_path: Path) -> None:
    Trial(tmp_path).run()
    kept = [path.parent.name for path in (tmp_path / "stages").glob("*/model")]
    assert sorted(kept) == ["rrhf-3", "sft"]


def test_more_steps_go_on_to_what_they_had_come_to_at_once(tmp_path: Path) -> None:
    Trial(tmp_path / "grown", config=TrainConfig(steps=1)).run()
    grown = Trial(tmp_path / "grown")
    grown.run()
    Trial(tmp_path / "whole").run()
    assert files(tmp_path / "grown") == files(tmp_path / "whole")


def test_a_stage_can_be_added(tmp_path: Path) -> None:
    Trial(tmp_path, config=TrainConfig(stages=("sft",))).run()
    trial = Trial(tmp_path)
    trial.run()
    assert trial.listener.stages[0] == "loading the model"
    assert not any(stage.startswith("fine-tuning") for stage in trial.listener.stages)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (TrainConfig(steps=2), r"steps is 2 now and was 3: give the run another folder"),
        (TrainConfig(steps=3, learning_rate=1.0), r"learning_rate is 1.0 now and was 5e-05"),
        (TrainConfig(steps=3, stages=("rrhf",)), r"stages is \['rrhf'\] now and was"),
    ],
)
def test_the_folder_of_another_run_is_refused(
    tmp_path: Path, config: TrainConfig, told: str
) -> None:
    Trial(tmp_path).run()
    before = files(tmp_path)
    with pytest.raises(PerfoptError, match=told):
        Trial(tmp_path, config=config).run()
    assert files(tmp_path) == before


def test_other_data_and_another_model_are_refused(tmp_path: Path) -> None:
    Trial(tmp_path).run()
    with pytest.raises(PerfoptError, match=r"the data differs .* --output, or the same data"):
        Trial(tmp_path, pairs=(pair(9),)).run()
    with pytest.raises(PerfoptError, match=r"the model differs .it was base-model"):
        Trial(tmp_path, model="another").run()


def test_settings_that_only_change_the_pace_may_differ(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    trial.run()
    Trial(tmp_path, config=replace(trial.config, workers=3, device_batch=1)).run()


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(PerfoptError, match="is no run folder; choose another with --output"):
        Trial(tmp_path).run()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_weights_that_somebody_deleted_are_told(tmp_path: Path) -> None:
    Trial(tmp_path, config=TrainConfig(steps=1)).run()
    (tmp_path / "stages" / "rrhf-1" / "model").rename(tmp_path / "elsewhere")
    with pytest.raises(PerfoptError, match=r"model is gone.*delete .*done\.json"):
        Trial(tmp_path).run()


def test_a_stage_of_a_later_version_is_told(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="later is not in this version; there are sft, rrhf"):
        Trial(tmp_path, config=TrainConfig(stages=("sft", "later"))).run()


def test_programs_that_do_not_run_are_skipped_and_counted(tmp_path: Path) -> None:
    bad = pair(7, slow="print(2)\n")
    trial = Trial(tmp_path, pairs=(pair(0), bad), config=TrainConfig(stages=("rrhf",), steps=1))
    record = trial.run()
    assert record["metrics"][0] | {"programs": 1, "not_running": 1} == record["metrics"][0]
    assert not any(bad.slow in prompt for prompt in trial.learner.asked)


def test_a_data_set_whose_programs_all_fail_is_an_error_that_says_why(tmp_path: Path) -> None:
    bad = (pair(1, slow="broken("), pair(2, slow="print(2)\n"))
    with pytest.raises(PerfoptError, match=r"none of the 2 slow programs.*SyntaxError . printed 2"):
        Trial(tmp_path, pairs=bad, config=TrainConfig(stages=("rrhf",))).run()


def test_a_group_without_a_right_candidate_is_not_learnt_from(tmp_path: Path) -> None:
    wrong = tuple(pair(number, fast=f"print(2)  # {number}\n") for number in range(30))
    trial = Trial(tmp_path, pairs=wrong, config=TrainConfig(stages=("rrhf",), steps=1))
    record = trial.run()
    without = record["metrics"][0]["no_right_candidate"]
    assert 0 < without == 30 - len(trial.learner.groups)
    assert all(max(group.rewards) >= 1.3 for group in trial.learner.groups)


def test_candidates_are_ranked_random_then_greedy_then_target(tmp_path: Path) -> None:
    trial = Trial(tmp_path, pairs=(pair(3),), config=TrainConfig(stages=("rrhf",), steps=1))
    trial.run()
    [group] = trial.learner.groups
    assert len(group.responses) == 4
    assert group.responses[3] == pair(3).fast
    assert group.rewards[3] == 2.0


def test_each_step_takes_its_programs_in_turn(tmp_path: Path) -> None:
    config = TrainConfig(stages=("rrhf",), steps=3, programs_per_step=2)
    trial = Trial(tmp_path, pairs=tuple(pair(n) for n in range(6)), config=config)
    trial.run()
    assert len(trial.learner.asked) == 6
    assert len(set(trial.learner.asked)) == 6


def test_a_program_is_checked_once_however_many_steps_there_are(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    trial.run()
    checks = [code for task, code in trial.scorer.asked if code == task.slow]
    assert sorted(checks) == sorted(one.slow for one in trial.pairs)


def test_remeasuring_keeps_pairs_whose_target_is_faster(tmp_path: Path) -> None:
    same = pair(8, fast="print(1)  # no better\n")
    config = TrainConfig(stages=("rrhf",), steps=1, remeasure=True)
    trial = Trial(tmp_path, pairs=(same, pair(1)), config=config)
    trial.run()
    assert trial.listener.notes[0] == "1 of 2 targets are faster here"
    assert not any(same.slow in prompt for prompt in trial.learner.asked)


def test_metrics_tell_rates_by_kind_at_every_step(tmp_path: Path) -> None:
    Trial(tmp_path).run()
    rows = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    kinds = [(row["step"], row["kind"]) for row in rows if "kind" in row]
    assert kinds == [(s, k) for s in (1, 2, 3) for k in ("random", "greedy", "target")]
    assert all({"compiled", "passed", "optimised", "reward"} <= set(r) for r in rows if "kind" in r)
    assert [row["stage"] for row in rows if "loss" in row] == ["sft", "rrhf", "rrhf", "rrhf"]


def test_the_settings_in_the_folder_can_be_read_back(tmp_path: Path) -> None:
    trial = Trial(tmp_path)
    trial.run()
    assert load_config({}, tmp_path / "config.toml") == trial.config


def test_samples_can_be_read_with_what_came_of_them(tmp_path: Path) -> None:
    Trial(tmp_path).run()
    text = (tmp_path / "samples" / "step-2.md").read_text()
    assert "### target: FASTER, 2, 2.00x" in text
    assert text.count("### random: ") == 10


def test_two_processes_do_not_work_in_one_folder(tmp_path: Path) -> None:
    import fcntl

    Trial(tmp_path).run()
    with (tmp_path / "lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(PerfoptError, match="in use by another perfopt train"):
            Trial(tmp_path).run()

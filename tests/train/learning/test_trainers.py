"""Real training, on models of a few kilobytes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tuning import CONFIG, GROUPS, PAIRS, farthest, fresh, small, trained  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.model.generation import Sampling  # noqa: E402
from perfopt_cli.model.loading import quiet  # noqa: E402
from perfopt_cli.model.local import LocalModel  # noqa: E402
from perfopt_cli.train.config import TrainConfig  # noqa: E402
from perfopt_cli.train.learning.models import Trainable, uses_bf16  # noqa: E402
from perfopt_cli.train.learning.trainers import (  # noqa: E402
    last_checkpoint,
    run_rrhf_step,
    run_sft,
    share_out,
)

with quiet():
    from transformers import TrainerCallback

KINDS = ["plain", "t5"]


def base(tiny: Any, kind: str) -> Path:
    made = {"plain": lambda: tiny.causal("plain", template=None), "t5": tiny.t5}
    return Path(made[kind]())


def sft(
    loaded: Trainable, folder: Path, config: TrainConfig = CONFIG, **options: Any
) -> dict[str, float]:
    options = {"resume": False, **options}
    return run_sft(loaded.model, loaded.tokenizer, PAIRS, config, folder, **options)


def rrhf(
    loaded: Trainable, folder: Path, config: TrainConfig = CONFIG, **options: Any
) -> dict[str, float]:
    options = {"resume": False, **options}
    return run_rrhf_step(loaded.model, loaded.tokenizer, GROUPS, config, folder, **options)


RUNS: dict[str, Callable[..., dict[str, float]]] = {"sft": sft, "rrhf": rrhf}


class Notes(TrainerCallback):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.logs: list[dict[str, float]] = []

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, float], **options: Any
    ) -> None:
        self.logs.append(dict(logs))


class Stop(TrainerCallback):
    """Ends the run after a step, as Ctrl-C does."""

    def __init__(self, step: int) -> None:
        self.step = step

    def on_step_begin(self, args: Any, state: Any, control: Any, **options: Any) -> None:
        if state.global_step == self.step:
            raise KeyboardInterrupt


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", ["sft", "rrhf"])
def test_training_changes_every_weight_and_lowers_the_loss(
    tiny: Any, tmp_path: Path, kind: str, stage: str
) -> None:
    config = small(epochs=4.0, rl_epochs=4.0)
    loaded = fresh(base(tiny, kind))
    before, notes = trained(loaded.model), Notes()
    RUNS[stage](loaded, tmp_path, config, callbacks=[notes])
    after = trained(loaded.model)
    assert [name for name in before if torch.equal(before[name], after[name])] == []
    losses = [entry["loss"] for entry in notes.logs if "loss" in entry]
    assert len(losses) == 12
    assert sum(losses[-3:]) < sum(losses[:3])


@pytest.mark.parametrize(("stage", "rl_batch", "steps"), [
    ("sft", 5, 1), ("rrhf", 5, 2), ("rrhf", 0, 1),
])  # fmt: skip
def test_rrhf_may_have_a_batch_of_its_own(
    tiny: Any, tmp_path: Path, stage: str, rl_batch: int, steps: int
) -> None:
    config = small(batch=10, device_batch=10, epochs=1.0, rl_epochs=1.0, rl_batch=rl_batch)
    assert RUNS[stage](fresh(base(tiny, "plain")), tmp_path, config)["steps"] == steps


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", ["sft", "rrhf"])
def test_one_row_at_a_time_trains_as_the_whole_batch_does(
    tiny: Any, tmp_path: Path, kind: str, stage: str
) -> None:
    weights, losses = [], []
    for device_batch in (1, 8):
        # Ten rows: the second step has two.
        config = small(batch=8, device_batch=device_batch)
        loaded = fresh(base(tiny, kind), config, dropout=False)
        losses.append(RUNS[stage](loaded, tmp_path / str(device_batch), config)["loss"])
        weights.append(trained(loaded.model))
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    # A step of Adam moves a weight by about 1e-3.
    assert farthest(*weights) < 5e-5


@pytest.mark.parametrize(
    ("kind", "tuning", "stage", "step"),
    [
        ("plain", "full", "sft", 1),
        ("plain", "full", "sft", 3),
        ("t5", "full", "rrhf", 2),
        ("plain", "lora", "rrhf", 5),
        ("t5", "qlora", "sft", 4),
    ],
)
def test_a_run_that_was_stopped_ends_as_one_that_was_not(
    tiny: Any, tmp_path: Path, kind: str, tuning: str, stage: str, step: int
) -> None:
    # Three steps an epoch, the last of them half a batch. Dropout is on in T5 and in LoRA.
    config = small(tuning=tuning)
    whole = fresh(base(tiny, kind), config)
    expected = RUNS[stage](whole, tmp_path / "whole", config)
    with pytest.raises(KeyboardInterrupt):
        RUNS[stage](
            fresh(base(tiny, kind), config), tmp_path / "cut", config, callbacks=[Stop(step)]
        )
    torch.manual_seed(step)
    again = fresh(base(tiny, kind), config)
    metrics = RUNS[stage](again, tmp_path / "cut", config, resume=True)
    assert farthest(trained(whole.model), trained(again.model)) == 0.0
    assert metrics == pytest.approx(expected)


def test_a_checkpoint_that_was_half_written_is_not_used(tiny: Any, tmp_path: Path) -> None:
    whole = fresh(base(tiny, "plain"))
    sft(whole, tmp_path / "whole")
    cut = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        sft(fresh(base(tiny, "plain")), cut, callbacks=[Stop(3)])
    newest = last_checkpoint(cut)
    assert newest is not None
    assert newest.name == "checkpoint-3"
    (newest / "complete").unlink()
    (newest / "model.safetensors").write_bytes(b"half of it")
    assert str(last_checkpoint(cut)).endswith("checkpoint-2")
    again = fresh(base(tiny, "plain"))
    sft(again, cut, resume=True)
    assert farthest(trained(whole.model), trained(again.model)) == 0.0


def test_without_resume_a_run_starts_over(tiny: Any, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        sft(fresh(base(tiny, "plain")), tmp_path, callbacks=[Stop(4)])
    notes = Notes()
    sft(fresh(base(tiny, "plain")), tmp_path, callbacks=[notes])
    assert sum("loss" in entry for entry in notes.logs) == 6


@pytest.mark.parametrize("tuning", ["full", "lora"])
def test_a_finished_run_is_taken_up_without_training(
    tiny: Any, tmp_path: Path, tuning: str
) -> None:
    config = small(tuning=tuning)
    first = fresh(base(tiny, "t5"), config)
    metrics = sft(first, tmp_path, config)
    again, notes = fresh(base(tiny, "t5"), config), Notes()
    assert sft(again, tmp_path, config, resume=True, callbacks=[notes]) == metrics
    assert notes.logs == []
    assert farthest(trained(first.model), trained(again.model)) == 0.0


def test_the_seed_alone_decides(tiny: Any, tmp_path: Path) -> None:
    weights = []
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        config = small(seed=seed, tuning="lora")
        torch.manual_seed(len(weights))
        loaded = fresh(base(tiny, "plain"), config)
        rrhf(loaded, tmp_path / name, config)
        weights.append(trained(loaded.model))
    assert farthest(weights[0], weights[1]) == 0.0
    assert farthest(weights[0], weights[2]) > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_a_trained_model_is_loaded_by_its_folder(tiny: Any, tmp_path: Path, kind: str) -> None:
    loaded = fresh(base(tiny, kind))
    sft(loaded, tmp_path)
    model = LocalModel(str(tmp_path / "model"), None, "none", Sampling(max_new_tokens=4))
    assert len(model.generate("slow 1\n", n=2)) == 2
    saved = dict(model.load().model.named_parameters())
    for name, value in trained(loaded.model).items():
        assert torch.equal(saved[name], value.to(torch.bfloat16))
    assert model.load().model.config.use_cache


@pytest.mark.parametrize("tuning", ["lora", "qlora"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_trained_adapter_is_loaded_on_its_base(
    tiny: Any, tmp_path: Path, kind: str, tuning: str
) -> None:
    config = small(tuning=tuning)
    rrhf(fresh(base(tiny, kind), config), tmp_path, config)
    files = {path.name for path in (tmp_path / "model").iterdir()}
    assert {"adapter_config.json", "adapter_model.safetensors", "tokenizer.json"} <= files
    assert "model.safetensors" not in files
    model = LocalModel(
        str(base(tiny, kind)), tmp_path / "model", "none", Sampling(max_new_tokens=4)
    )
    assert len(model.generate("slow 1\n", n=2)) == 2


def test_what_is_left_is_the_model_without_pickles_or_checkpoints(
    tiny: Any, tmp_path: Path
) -> None:
    sft(fresh(base(tiny, "plain")), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert [path.name for path in (tmp_path / "model").glob("*.bin")] == []


def test_the_metrics_say_what_was_left_out(tiny: Any, tmp_path: Path) -> None:
    loaded = fresh(base(tiny, "plain"))
    pairs = [*PAIRS, ("long " * 200, "x")]
    metrics = run_sft(loaded.model, loaded.tokenizer, pairs, CONFIG, tmp_path, resume=False)
    assert (metrics["rows"], metrics["left_out"], metrics["steps"]) == (10, 1, 6)
    assert json.loads((tmp_path / "model" / "metrics.json").read_text()) == metrics


def test_the_parts_of_the_loss_are_logged_and_add_up(tiny: Any, tmp_path: Path) -> None:
    notes, config = Notes(), small(rank_weight=2.0, device_batch=1)
    metrics = rrhf(fresh(base(tiny, "t5"), config), tmp_path, config, callbacks=[notes])
    steps = [entry for entry in notes.logs if "loss" in entry]
    for entry in steps:
        assert entry["loss"] == pytest.approx(
            2 * entry["rank_loss"] + entry["tuning_loss"], rel=1e-4
        )
        assert 0 <= entry["ordered"] <= 1
    assert metrics["ordered"] == pytest.approx(sum(e["ordered"] for e in steps) / len(steps))


def test_a_loss_that_is_no_number_stops_the_run(tiny: Any, tmp_path: Path) -> None:
    config = small(learning_rate=1e30)
    with pytest.raises(PerfoptError, match=r"the loss became nan at step \d; use a lower"):
        sft(fresh(base(tiny, "plain"), config), tmp_path, config)


def test_nothing_to_train_on_is_an_error(tiny: Any, tmp_path: Path) -> None:
    loaded = fresh(base(tiny, "plain"))
    with pytest.raises(PerfoptError, match="nothing to train on"):
        run_sft(loaded.model, loaded.tokenizer, [], CONFIG, tmp_path, resume=False)


def test_training_prints_nothing(
    tiny: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for tuning in ("full", "lora", "qlora"):
        config = small(tuning=tuning, epochs=1.0)
        sft(fresh(base(tiny, "plain"), config), tmp_path / tuning, config)
    assert capfd.readouterr() == ("", "")


def test_a_second_stage_goes_on_with_the_same_model(tiny: Any, tmp_path: Path) -> None:
    loaded = fresh(base(tiny, "t5"))
    sft(loaded, tmp_path / "1")
    middle = trained(loaded.model)
    rrhf(loaded, tmp_path / "2")
    assert farthest(middle, trained(loaded.model)) > 0
    again = fresh(tmp_path / "1" / "model")
    rrhf(again, tmp_path / "3")
    assert farthest(trained(again.model), trained(loaded.model)) == 0.0


def test_training_in_bf16_leaves_the_weights_in_fp32(tiny: Any, tmp_path: Path) -> None:
    config = small(bf16="auto")
    if not uses_bf16(config):
        pytest.skip("this machine does not compute in bf16")
    loaded = fresh(base(tiny, "t5"), config)
    forward = loaded.model.forward
    rrhf(loaded, tmp_path, config)
    assert {value.dtype for value in trained(loaded.model).values()} == {torch.float32}
    assert loaded.model.forward == forward


@pytest.mark.parametrize(
    ("batch", "most", "devices", "expected"),
    [
        (32, 8, 1, (8, 4)),
        (32, 8, 4, (8, 1)),
        (32, 8, 8, (4, 1)),
        (6, 4, 1, (3, 2)),
        (1, 8, 1, (1, 1)),
    ],
)
def test_a_batch_is_shared_out_evenly(
    batch: int, most: int, devices: int, expected: tuple[int, int]
) -> None:
    assert share_out(batch, most, devices) == expected


def test_a_batch_that_can_not_be_shared_out_is_refused() -> None:
    with pytest.raises(PerfoptError, match="use a multiple of 3"):
        share_out(32, 8, 3)


def test_a_lost_folder_is_made_again(tiny: Any, tmp_path: Path) -> None:
    loaded = fresh(base(tiny, "plain"))
    sft(loaded, tmp_path / "deep" / "down")
    shutil.rmtree(tmp_path / "deep")
    sft(loaded, tmp_path / "deep" / "down", resume=True)
    assert (tmp_path / "deep" / "down" / "model" / "model.safetensors").is_file()

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from checkpoints import Tiny
from pretend import Quiet

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.train.config import TrainConfig  # noqa: E402
from perfopt_cli.train.encode import Group  # noqa: E402
from perfopt_cli.train.learner import TorchLearner  # noqa: E402
from perfopt_cli.train.models import uses_bf16  # noqa: E402
from perfopt_cli.train.team import Team  # noqa: E402

CONFIG = TrainConfig(tuning="lora", batch=2, device_batch=2, epochs=1, rl_epochs=1)
PAIRS = [(f"# slower {number}\n", f"print({number})\n") for number in range(4)]
GROUPS = [Group(prompt, ("x = 1\n", reply), (0.0, 2.0)) for prompt, reply in PAIRS]


def learner(tiny: Tiny, config: TrainConfig = CONFIG, listener: Quiet | None = None) -> Any:
    return TorchLearner(tiny.causal(), config, Team(), listener or Quiet())


@pytest.mark.parametrize("bf16", ["auto", "off"])
def test_a_stage_goes_on_in_this_process_as_in_a_new_one(
    tiny: Tiny, tmp_path: Path, bf16: str
) -> None:
    config = TrainConfig(tuning="lora", batch=2, device_batch=2, rl_epochs=1, bf16=bf16)
    if bf16 == "auto" and not uses_bf16(config):
        pytest.skip("nothing computes in bf16 here")
    first = learner(tiny, config)
    first.start(None)
    first.fine_tune(PAIRS, tmp_path / "sft")
    here, _ = first.rank(GROUPS, tmp_path / "here")
    second = learner(tiny, config)
    second.start(tmp_path / "sft" / "model")
    there, _ = second.rank(GROUPS, tmp_path / "there")
    losses = [[row["loss"] for row in rows if "loss" in row] for rows in (here, there)]
    assert losses[0] == losses[1]


def test_a_model_with_a_template_answers_in_a_chat(tiny: Tiny) -> None:
    asked = learner(tiny)
    asked.start(None)
    assert asked.chat
    plain = TorchLearner(tiny.causal("plain", template=None), CONFIG, Team(), Quiet())
    plain.start(None)
    assert not plain.chat


class Full:
    """Trains, but runs out of memory with more rows at once than fit."""

    def __init__(self, fit: int) -> None:
        self.fit = fit
        self.held: list[int] = []

    def __call__(self, *arguments: Any, **_: Any) -> dict[str, float]:
        config, folder = arguments[3:5]
        self.held.append(config.device_batch)
        if config.device_batch > self.fit:
            raise torch.OutOfMemoryError("CUDA out of memory")
        (folder / "history.json").write_text("[]")
        return {}


def test_where_memory_runs_out_fewer_rows_are_held_at_once(tiny: Tiny, tmp_path: Path) -> None:
    listener, train = Quiet(), Full(2)
    one = learner(tiny, TrainConfig(tuning="lora", device_batch=8), listener)
    one.start(None)
    one.train_by(train, [], tmp_path)
    assert train.held == [8, 4, 2]
    assert listener.notes[-1] == "the GPU's memory is full: going on with device_batch = 2"


def test_where_not_even_one_row_fits_it_is_told_with_what_to_do(tiny: Tiny, tmp_path: Path) -> None:
    one = learner(tiny, TrainConfig(tuning="lora", device_batch=2))
    one.start(None)
    with pytest.raises(PerfoptError, match=r"gradient_checkpointing = true, .* --tuning qlora"):
        one.train_by(Full(0), [], tmp_path)


def test_kept_weights_are_those_of_the_stage_before(tiny: Tiny, tmp_path: Path) -> None:
    first = learner(tiny)
    first.start(None)
    first.fine_tune(PAIRS, tmp_path / "sft")
    first.keep(tmp_path / "kept")
    first.keep(tmp_path / "kept")
    name = "adapter_model.safetensors"
    kept = tmp_path / "kept" / "model"
    assert (kept / name).read_bytes() == (tmp_path / "sft" / "model" / name).read_bytes()
    assert not (kept / "metrics.json").exists()
    learner(tiny).start(kept)


@pytest.mark.parametrize("tuning", ["full", "lora"])
def test_kept_weights_that_no_stage_has_left_can_be_loaded(
    tiny: Tiny, tmp_path: Path, tuning: str
) -> None:
    config = TrainConfig(tuning=tuning, batch=2, device_batch=2, rl_epochs=1, bf16="off")
    first = learner(tiny, config)
    first.start(None)
    first.keep(tmp_path)
    second = learner(tiny, config)
    second.start(tmp_path / "model")
    first_rows, _ = first.refine(PAIRS, tmp_path / "one")
    second_rows, _ = second.refine(PAIRS, tmp_path / "two")
    assert first_rows[0]["loss"] == second_rows[0]["loss"]


def test_only_one_process_writes_kept_weights(tiny: Tiny, tmp_path: Path) -> None:
    other = TorchLearner(tiny.causal(), CONFIG, Team(1, 2), Quiet())
    other.start(None)
    other.keep(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_refining_has_rate_and_epochs_of_an_rl_step(tiny: Tiny, tmp_path: Path) -> None:
    config = TrainConfig(
        tuning="lora", batch=2, device_batch=2, epochs=3, rl_epochs=1, rl_learning_rate=1e-3
    )
    one = learner(tiny, config)
    one.start(None)
    history, figures = one.refine(PAIRS, tmp_path)
    assert figures["steps"] == 2
    assert history[0]["learning_rate"] == 1e-3

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from checkpoints import Tiny
from pretend import Quiet

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from safetensors.torch import load_file  # noqa: E402
from tuning import farthest, trained  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.train.config import TrainConfig  # noqa: E402
from perfopt_cli.train.learning.encode import Group  # noqa: E402
from perfopt_cli.train.learning.learner import TorchLearner  # noqa: E402
from perfopt_cli.train.learning.models import uses_bf16  # noqa: E402
from perfopt_cli.train.preferences import Preference  # noqa: E402
from perfopt_cli.train.rewards import PolicyGroup  # noqa: E402
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


SAMPLED = [
    PolicyGroup(prompt, (reply, "x = 1\n"), (1.0, -1.0), (True, True)) for prompt, reply in PAIRS
]


@pytest.mark.parametrize("tuning", ["full", "lora"])
def test_policy_gradients_hold_to_the_weights_that_the_stage_began_with(
    tiny: Tiny, tmp_path: Path, tuning: str
) -> None:
    config = replace(CONFIG, tuning=tuning, policy_learning_rate=1e-2, policy_batch=2, bf16="off")
    one = learner(tiny, config)
    one.start(None)
    said = []
    for name, reference in (("1", None), ("2", None), ("3", tmp_path / "2" / "model")):
        one.reinforce("grpo", SAMPLED, tmp_path / name, reference)
        said.append(load_file(tmp_path / name / "said.safetensors"))
    assert torch.equal(said[0]["before"], said[0]["reference"])
    # In the second step the model has moved on, and the reference has not.
    assert torch.allclose(said[1]["reference"], said[0]["reference"], atol=1e-4)
    assert not torch.allclose(said[1]["before"], said[1]["reference"], atol=1e-2)
    assert torch.equal(said[2]["before"], said[2]["reference"])


@pytest.mark.parametrize("tuning", ["full", "lora"])
def test_weights_that_are_kept_can_be_taken_up(tiny: Tiny, tmp_path: Path, tuning: str) -> None:
    config = replace(CONFIG, tuning=tuning, bf16="off")
    one = learner(tiny, config)
    one.start(None)
    one.fine_tune(PAIRS, tmp_path / "sft")
    (tmp_path / "kept").mkdir()
    one.keep(tmp_path / "kept")
    other = learner(tiny, config)
    other.start(tmp_path / "kept" / "model")
    assert farthest(trained(one.loaded.model), trained(other.loaded.model)) == 0.0


def test_the_model_comes_back_as_it_was_after_a_reward_model(tiny: Tiny, tmp_path: Path) -> None:
    one = learner(tiny, replace(CONFIG, bf16="off", reward_batch=2))
    one.start(None)
    one.fine_tune(PAIRS, tmp_path / "sft")
    before = trained(one.loaded.model)
    pairs = [Preference(prompt, reply, "x = 1\n", 1.0) for prompt, reply in PAIRS]
    history, figures = one.fit_reward(pairs[:3], pairs[3:], tmp_path / "reward")
    assert farthest(trained(one.loaded.model), before) == 0.0
    assert len([row for row in history if "loss" in row]) == figures["steps"] == 2
    said = one.values([(prompt, reply) for prompt, reply in PAIRS], tmp_path / "reward" / "model")
    assert len(said) == 4
    with pytest.raises(PerfoptError, match=r"is gone; delete .* to train it again"):
        one.values([PAIRS[0]], tmp_path / "nowhere" / "model")

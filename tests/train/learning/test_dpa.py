"""DPA: the loss by hand, and training on models of a few kilobytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tuning import PREFERENCES, farthest, fresh, small, trained  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.model.loading import quiet  # noqa: E402
from perfopt_cli.train.learning.dpa import (  # noqa: E402
    dpa_loss,
    encode_preferences,
    run_dpa,
    without_dropout,
)
from perfopt_cli.train.learning.encode import codec_for  # noqa: E402
from perfopt_cli.train.learning.models import Trainable  # noqa: E402
from perfopt_cli.train.preferences import Preference  # noqa: E402

with quiet():
    from transformers import TrainerCallback

KINDS = ["plain", "t5"]
CONFIG = small(dpa_learning_rate=1e-3, dpa_epochs=2.0)


def base(tiny: Any, kind: str) -> Path:
    made = {"plain": lambda: tiny.causal("plain", template=None), "t5": tiny.t5}
    return Path(made[kind]())


def dpa(loaded: Trainable, folder: Path, config: Any = CONFIG, **options: Any) -> dict[str, float]:
    options = {"resume": False, **options}
    return run_dpa(loaded.model, loaded.tokenizer, PREFERENCES, config, folder, **options)


class Notes(TrainerCallback):
    def __init__(self, stop: int | None = None) -> None:
        self.stop = stop
        self.logs: list[dict[str, float]] = []

    def on_step_begin(self, args: Any, state: Any, control: Any, **options: Any) -> None:
        if state.global_step == self.stop:
            raise KeyboardInterrupt

    def on_log(
        self, args: Any, state: Any, control: Any, logs: dict[str, float], **options: Any
    ) -> None:
        if "loss" in logs:
            self.logs.append(dict(logs))


def test_the_loss_is_what_was_worked_out_by_hand() -> None:
    # Differences of log-ratios: 1 + 0.5, 0, -1; times 0.6, less the margin: 0.4, -3, -0.6.
    loss = dpa_loss(
        torch.tensor([-1.0, -7.0, -5.0]),
        torch.tensor([-3.0, -8.0, -2.0]),
        torch.tensor([-2.0, -7.0, -4.0]),
        torch.tensor([-2.5, -8.0, -2.0]),
        torch.tensor([0.5, 3.0, 0.0]),
        0.6,
    )
    # log(1 + e^-0.4), log(1 + e^3), log(1 + e^0.6)
    assert loss.losses.tolist() == pytest.approx([0.513015, 3.048587, 1.037488], abs=1e-6)
    assert loss.gains.tolist() == pytest.approx([0.9, 0.0, -0.6], abs=1e-6)


def test_the_loss_is_that_of_trl_with_the_margin_in_the_reference() -> None:
    torch.manual_seed(0)
    beta = 0.6
    chosen, rejected, reference, other = (torch.randn(4, 50, dtype=torch.double) * 5).unbind()
    margins = torch.rand(50, dtype=torch.double) * 3
    chosen.requires_grad_()
    rejected.requires_grad_()
    ours = dpa_loss(chosen, rejected, reference, other, margins, beta)
    gradient = torch.autograd.grad(ours.losses.mean(), (chosen, rejected))
    # trl 1.16, DPOTrainer, loss_type "sigmoid", with ref_chosen_logps + margin / beta.
    delta = (chosen - (reference + margins / beta)) - (rejected - other)
    trl = -torch.nn.functional.logsigmoid(beta * delta)
    assert torch.allclose(ours.losses, trl, rtol=1e-12)
    for one, its in zip(gradient, torch.autograd.grad(trl.mean(), (chosen, rejected)), strict=True):
        assert torch.allclose(one, its, rtol=1e-9)
    assert torch.equal(ours.gains > margins, delta > 0)


def test_gradients_are_right_where_the_loss_is_very_large_or_small() -> None:
    chosen = torch.tensor([-1e4, 1e4], requires_grad=True)
    nothing = torch.zeros(2)
    loss = dpa_loss(chosen, nothing, nothing, nothing, nothing, 1.0)
    assert loss.losses.tolist() == [1e4, 0.0]
    (gradient,) = torch.autograd.grad(loss.losses.sum(), chosen)
    assert gradient.tolist() == [-1.0, 0.0]


@pytest.mark.parametrize("kind", KINDS)
def test_at_first_the_model_and_its_reference_say_the_same(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    notes = Notes()
    config = small(dpa_batch=10, device_batch=10)
    dpa(fresh(base(tiny, kind), config), tmp_path, config, callbacks=[notes])
    # Four margins of 0, three of 1.5, three of 3; dropout would move this.
    expected = (4 * 0.693147 + 3 * 1.701413 + 3 * 3.048587) / 10
    assert notes.logs[0]["loss"] == pytest.approx(expected, abs=2e-4)
    assert notes.logs[0]["gain"] == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_is_what_the_model_itself_says_of_each_reply(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    loaded = fresh(base(tiny, kind))
    untouched = fresh(base(tiny, kind))
    dpa(loaded, tmp_path)
    kept = json.loads((tmp_path / "reference.json").read_text())["reference"]
    codec = codec_for(untouched.model, untouched.tokenizer, CONFIG.max_length)
    rows = encode_preferences(codec, PREFERENCES).rows
    model = untouched.model.eval()
    for row, said in list(zip(rows, kept, strict=True))[:3]:
        for response, logp in zip(row.responses, said, strict=True):
            if codec.is_seq2seq:
                ids, labels = row.prompt, response
            else:
                ids = row.prompt + response
                labels = (-100,) * len(row.prompt) + response
            own = model(input_ids=torch.tensor([ids]), labels=torch.tensor([labels])).loss
            assert -own.item() * len(response) == pytest.approx(logp, rel=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_training_makes_the_model_prefer_what_is_faster(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    notes = Notes()
    config = small(dpa_learning_rate=3e-3, dpa_epochs=6.0)
    metrics = dpa(fresh(base(tiny, kind), config), tmp_path, config, callbacks=[notes])
    first, last = notes.logs[0], notes.logs[-1]
    assert last["loss"] < first["loss"]
    assert last["gain"] > first["gain"]
    assert last["acc_dpa"] == 1.0
    assert metrics["steps"] == 18
    assert 0 <= metrics["past_margin"] <= metrics["acc_dpa"] <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_one_pair_at_a_time_trains_as_the_whole_batch_does(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    weights, losses = [], []
    for device_batch in (1, 4):
        config = small(dpa_learning_rate=1e-3, device_batch=device_batch)
        loaded = fresh(base(tiny, kind), config)
        losses.append(dpa(loaded, tmp_path / str(device_batch), config)["loss"])
        weights.append(trained(loaded.model))
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    assert farthest(*weights) < 1e-4


@pytest.mark.parametrize(("kind", "tuning"), [("plain", "full"), ("t5", "lora")])
def test_a_run_that_was_stopped_ends_as_one_that_was_not(
    tiny: Any, tmp_path: Path, kind: str, tuning: str
) -> None:
    config = small(tuning=tuning, dpa_learning_rate=1e-3, dpa_epochs=2.0)
    whole = fresh(base(tiny, kind), config)
    expected = dpa(whole, tmp_path / "whole", config)
    stopped = fresh(base(tiny, kind), config)
    with pytest.raises(KeyboardInterrupt):
        dpa(stopped, tmp_path / "cut", config, callbacks=[Notes(stop=4)])
    again = fresh(base(tiny, kind), config)
    metrics = dpa(again, tmp_path / "cut", config, resume=True)
    assert farthest(trained(whole.model), trained(again.model)) == 0.0
    assert metrics == pytest.approx(expected)


def test_the_reference_is_that_of_the_model_before_also_where_training_goes_on(
    tiny: Any, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        dpa(fresh(base(tiny, "plain")), tmp_path, callbacks=[Notes(stop=3)])
    before = (tmp_path / "reference.json").read_bytes()
    dpa(fresh(base(tiny, "plain")), tmp_path, resume=True)
    assert (tmp_path / "reference.json").read_bytes() == before


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_is_as_before_afterwards(tiny: Any, kind: str) -> None:
    config = small(tuning="lora", lora_dropout=0.2)
    model = fresh(base(tiny, kind), config).model.train()
    ids = torch.tensor([[5, 6, 7, 8]])
    options = {"decoder_input_ids": ids} if kind == "t5" else {}

    def differs() -> bool:
        with torch.no_grad():
            one, other = (model(input_ids=ids, **options).logits for _ in range(2))
        return not torch.equal(one, other)

    for module in model.modules():
        if hasattr(module, "lora_B"):
            for linear in module.lora_B.values():
                torch.nn.init.normal_(linear.weight)
    assert differs()
    with without_dropout(model):
        assert not differs()
    assert differs()


def test_a_pair_with_a_text_that_is_too_long_is_left_out(tiny: Any) -> None:
    loaded = fresh(base(tiny, "plain"))
    codec = codec_for(loaded.model, loaded.tokenizer, 64)
    long = Preference("slow", "x = 1\n", "y" * 500)
    encoded = encode_preferences(codec, [Preference("slow", "x = 1\n", "y"), long])
    assert (len(encoded.rows), encoded.left_out) == (1, 1)
    with pytest.raises(PerfoptError, match="none of the 1 pairs to compare fits into 64 tokens"):
        encode_preferences(codec, [long])

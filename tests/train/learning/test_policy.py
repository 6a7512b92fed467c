"""RLOO and GRPO: the losses by hand, and training on models of a few kilobytes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tuning import SAMPLED, farthest, fresh, small, trained  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.model.loading import quiet  # noqa: E402
from perfopt_cli.train.learning.encode import codec_for  # noqa: E402
from perfopt_cli.train.learning.models import Trainable  # noqa: E402
from perfopt_cli.train.learning.policy import encode_policy_groups, run_policy_step  # noqa: E402
from perfopt_cli.train.learning.policy_losses import grpo_loss, kl_terms, rloo_loss  # noqa: E402
from perfopt_cli.train.learning.policy_reference import (  # noqa: E402
    read_said,
    with_weights,
    without_adapter,
)
from perfopt_cli.train.rewards import METHODS, PolicyGroup  # noqa: E402

with quiet():
    from transformers import TrainerCallback

KINDS = ["plain", "t5"]
CONFIG = small(policy_learning_rate=1e-3, policy_epochs=2.0)


def base(tiny: Any, kind: str) -> Path:
    made = {"plain": lambda: tiny.causal("plain", template=None), "t5": tiny.t5}
    return Path(made[kind]())


def reinforced(
    loaded: Trainable, folder: Path, config: Any = CONFIG, groups: Any = SAMPLED, **options: Any
) -> dict[str, float]:
    options = {"resume": False, "method": "grpo", **options}
    return run_policy_step(loaded.model, loaded.tokenizer, groups, config, folder, **options)


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


LN2 = math.log(2)


def test_the_loss_of_rloo_is_what_was_worked_out_by_hand() -> None:
    logps = torch.tensor([[LN2, 0.0], [-LN2, 9.0], [LN2, 0.0]])
    mask = torch.tensor([[1.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    # Ratios of whole responses: 2, 1/2, 2. With A = 1, 1, -1 and clip 0.2: 1.2, 1/2, -2.
    loss = rloo_loss(
        logps, torch.zeros(3, 2), torch.zeros(3, 2), mask, torch.tensor([1.0, 1.0, -1.0]), clip=0.2
    )
    assert loss.losses.tolist() == pytest.approx([-1.2, -0.5, 2.0])
    assert loss.clipped.tolist() == [1.0, 0.0, 0.0]
    # k3 of log ratios ln 2, 0: 1/2 + ln 2 - 1 over two tokens; of -ln 2: 2 - ln 2 - 1.
    assert loss.kl.tolist() == pytest.approx([(LN2 - 0.5) / 2, 1 - LN2, (LN2 - 0.5) / 2])


def test_the_loss_of_grpo_is_what_was_worked_out_by_hand() -> None:
    logps = torch.tensor([[LN2, 0.0], [-LN2, 9.0]])
    reference = torch.tensor([[0.0, 0.0], [0.0, 0.0]])
    mask = torch.tensor([[1.0, 1.0], [1.0, 0.0]])
    loss = grpo_loss(
        logps, torch.zeros(2, 2), reference, mask, torch.tensor([1.0, -1.0]), clip=0.2, kl=0.1
    )
    # Tokens of the first: -1.2 and -1, their mean and a tenth of k3's; second: 0.8, clipped.
    first = -1.1 + 0.1 * (LN2 - 0.5) / 2
    assert loss.losses.tolist() == pytest.approx([first, 0.8 + 0.1 * (1 - LN2)])
    assert loss.clipped.tolist() == pytest.approx([0.5, 1.0])


def test_the_gradient_at_first_is_that_of_reinforce() -> None:
    logps = torch.zeros(2, 3, requires_grad=True)
    nothing, mask = torch.zeros(2, 3), torch.ones(2, 3)
    loss = rloo_loss(logps, nothing, nothing, mask, torch.tensor([2.0, -1.0]), clip=0.2)
    (gradient,) = torch.autograd.grad(loss.losses.sum(), logps)
    assert gradient.tolist() == [[-2.0] * 3, [1.0] * 3]


def test_the_estimate_of_the_divergence_is_right_on_average() -> None:
    own, other = torch.tensor([0.7, 0.2, 0.1]), torch.tensor([0.3, 0.3, 0.4])
    exact = (own * (own / other).log()).sum().item()
    assert (own * kl_terms(own.log(), other.log())).sum().item() == pytest.approx(exact)
    assert (kl_terms(own.log(), other.log()) >= 0).all()


def said_by(model: Any, codec: Any, prompt: tuple[int, ...], response: tuple[int, ...]) -> float:
    """The log-probability of a whole response, by the model's own loss."""
    ids, labels = prompt, response
    if not codec.is_seq2seq:
        ids, labels = prompt + response, (-100,) * len(prompt) + response
    with torch.no_grad():
        loss = model(input_ids=torch.tensor([ids]), labels=torch.tensor([labels])).loss
    return -loss.item() * len(response)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_rewarded_becomes_likelier_than_what_was_not(
    tiny: Any, tmp_path: Path, kind: str, method: str
) -> None:
    config = small(policy_learning_rate=3e-3, policy_epochs=4.0, kl=0.01)
    loaded = fresh(base(tiny, kind), config)
    codec = codec_for(loaded.model, loaded.tokenizer, config.max_length)
    rows = encode_policy_groups(codec, SAMPLED).rows

    def lead() -> list[float]:
        model = loaded.model.eval()
        pairs = [[said_by(model, codec, row.prompt, one) for one in row.responses] for row in rows]
        return [good - bad for good, bad in pairs]

    before = lead()
    metrics = reinforced(loaded, tmp_path, config, method=method)
    assert all(now > was for now, was in zip(lead(), before, strict=True))
    assert metrics["steps"] == 12
    assert metrics["kl"] > 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_model_said_before_is_kept_token_by_token(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    loaded, untouched = fresh(base(tiny, kind)), fresh(base(tiny, kind))
    codec = codec_for(untouched.model, untouched.tokenizer, CONFIG.max_length)
    notes = Notes()
    reinforced(loaded, tmp_path, callbacks=[notes])
    from safetensors import safe_open

    with safe_open(tmp_path / "said.safetensors", "pt") as file:
        digest = file.metadata()["rows"]
    known = read_said(tmp_path / "said.safetensors", digest)
    assert known is not None
    assert known["before"] == known["reference"]
    values = iter(known["before"])
    for row in encode_policy_groups(codec, SAMPLED).rows:
        for response in row.responses:
            told = sum(next(values) for _ in response)
            own = said_by(untouched.model.eval(), codec, row.prompt, response)
            assert told == pytest.approx(own, rel=1e-4)
    # At first the model is what it was: advantages of a group sum to 0, and nothing is clipped.
    assert notes.logs[0]["loss"] == pytest.approx(0.0, abs=1e-5)
    assert (notes.logs[0]["kl"], notes.logs[0]["clipped"]) == pytest.approx((0.0, 0.0), abs=1e-6)


@pytest.mark.parametrize(("kind", "tuning"), [("plain", "full"), ("t5", "lora")])
def test_the_model_is_held_to_the_weights_that_the_stage_began_with(
    tiny: Any, tmp_path: Path, kind: str, tuning: str
) -> None:
    config = small(tuning=tuning, policy_learning_rate=1e-3)
    loaded = fresh(base(tiny, kind), config)
    reinforced(loaded, tmp_path / "1", config)
    left = trained(loaded.model)
    held = with_weights(base(tiny, kind)) if tuning == "full" else without_adapter
    said = []
    for name, reference in (("base", held), ("same", with_weights(tmp_path / "1" / "model"))):
        again = fresh(base(tiny, kind), config)
        with with_weights(tmp_path / "1" / "model")(again.model):
            assert farthest(trained(again.model), left) == 0.0
            notes = Notes(stop=1)
            with pytest.raises(KeyboardInterrupt):
                reinforced(
                    again, tmp_path / name, config, reference=reference, callbacks=[notes]
                )  # fmt: skip
        said.append(notes.logs[0]["kl"] if notes.logs else None)
    first, second = said
    assert first is not None
    assert first > 1e-5
    assert second == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_a_stronger_penalty_keeps_the_model_nearer(tiny: Any, tmp_path: Path, kind: str) -> None:
    found = []
    for kl in (0.0, 5.0):
        config = small(policy_learning_rate=3e-3, policy_epochs=4.0, kl=kl)
        notes = Notes()
        reinforced(fresh(base(tiny, kind), config), tmp_path / str(kl), config, callbacks=[notes])
        found.append(notes.logs[-1]["kl"])
    assert found[1] < found[0] / 2


@pytest.mark.parametrize("kind", KINDS)
def test_one_group_at_a_time_trains_as_the_whole_batch_does(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    weights, metrics = [], []
    for device_batch in (1, 4):
        config = small(policy_learning_rate=1e-3, device_batch=device_batch)
        loaded = fresh(base(tiny, kind), config)
        metrics.append(reinforced(loaded, tmp_path / str(device_batch), config, method="rloo"))
        weights.append(trained(loaded.model))
    assert metrics[0] == pytest.approx(metrics[1], rel=1e-3)
    # Where a gradient is nearly 0, Adam turns rounding into a step of its full size.
    apart = [(one - weights[1][name]).abs() for name, one in weights[0].items()]
    assert sum(int((one > 1e-4).sum()) for one in apart) < 10


@pytest.mark.parametrize(
    ("kind", "tuning"), [("plain", "lora"), ("t5", "full"), ("plain", "qlora")]
)
def test_a_step_that_was_stopped_ends_as_one_that_was_not(
    tiny: Any, tmp_path: Path, kind: str, tuning: str
) -> None:
    config = small(tuning=tuning, policy_learning_rate=1e-3, policy_epochs=2.0)
    whole = fresh(base(tiny, kind), config)
    expected = reinforced(whole, tmp_path / "whole", config)
    stopped = fresh(base(tiny, kind), config)
    with pytest.raises(KeyboardInterrupt):
        reinforced(stopped, tmp_path / "cut", config, callbacks=[Notes(stop=4)])
    again = fresh(base(tiny, kind), config)
    metrics = reinforced(again, tmp_path / "cut", config, resume=True)
    assert farthest(trained(whole.model), trained(again.model)) == 0.0
    assert metrics == pytest.approx(expected)


def test_the_end_of_a_reply_that_was_cut_is_not_learnt(tiny: Any) -> None:
    loaded = fresh(base(tiny, "plain"))
    codec = codec_for(loaded.model, loaded.tokenizer, 128)
    group = PolicyGroup("slow", ("x = 1", "x = 1"), (1.0, 0.0), (True, False))
    (row,) = encode_policy_groups(codec, [group]).rows
    assert row.responses[0] == (*row.responses[1], codec.end)


def test_a_group_with_a_text_that_is_too_long_is_left_out(tiny: Any) -> None:
    loaded = fresh(base(tiny, "plain"))
    codec = codec_for(loaded.model, loaded.tokenizer, 64)
    long = PolicyGroup("slow", ("x = 1\n", "y" * 500), (1.0, 0.0), (True, True))
    encoded = encode_policy_groups(codec, [SAMPLED[0], long])
    assert (len(encoded.rows), encoded.left_out) == (1, 1)
    with pytest.raises(PerfoptError, match="none of the 1 groups of samples fits into 64 tokens"):
        encode_policy_groups(codec, [long])

"""Reward models: the loss by hand, and training over models of a few kilobytes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tuning import PREFERENCES, farthest, small, trained  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.model.loading import quiet  # noqa: E402
from perfopt_cli.train.learning.encode import Row, codec_for  # noqa: E402
from perfopt_cli.train.learning.policy_losses import reward_loss  # noqa: E402
from perfopt_cli.train.learning.reward_model import (  # noqa: E402
    load_reward_model,
    run_reward,
    spoken,
    texts_of,
    values,
)
from perfopt_cli.train.preferences import Preference  # noqa: E402

with quiet():
    from transformers import TrainerCallback

KINDS = ["plain", "t5"]
CONFIG = small(reward_learning_rate=3e-3, reward_epochs=6.0)
UNMEASURED = [replace(pair, margin=0.0) for pair in PREFERENCES]


def base(tiny: Any, kind: str) -> Path:
    made = {"plain": lambda: tiny.causal("plain", template=None), "t5": tiny.t5}
    return Path(made[kind]())


def judged(loaded: Any, folder: Path, config: Any = CONFIG, **options: Any) -> dict[str, float]:
    options = {"resume": False, **options}
    return run_reward(loaded.model, loaded.tokenizer, PREFERENCES, config, folder, **options)


class Stop(TrainerCallback):
    def on_step_begin(self, args: Any, state: Any, control: Any, **options: Any) -> None:
        if state.global_step == 4:
            raise KeyboardInterrupt


def test_the_loss_is_what_was_worked_out_by_hand() -> None:
    loss = reward_loss(torch.tensor([2.0, 0.0]), torch.tensor([0.5, 1.0]), torch.tensor([0.5, 3.0]))
    # log(1 + e^-1), log(1 + e^4)
    assert loss.tolist() == pytest.approx([0.313262, 4.018150], abs=1e-6)


@pytest.mark.parametrize("tuning", ["full", "lora"])
@pytest.mark.parametrize("kind", KINDS)
def test_it_learns_which_reply_is_faster(tiny: Any, tmp_path: Path, kind: str, tuning: str) -> None:
    config = small(tuning=tuning, reward_learning_rate=3e-3, reward_epochs=6.0)
    loaded = load_reward_model(base(tiny, kind), config)
    unseen = Preference("slow 99\n", "def f99(a):\n    return a\n", "while True:\n    pass\n##")
    metrics = judged(loaded, tmp_path, config, held_out=[unseen])
    assert (metrics["steps"], metrics["held_out"]) == (18, 1)
    assert metrics["held_out_accuracy"] == 1.0
    scale = json.loads((tmp_path / "model" / "scale.json").read_text())
    assert scale["spread"] > 0
    again = load_reward_model(base(tiny, kind), config, tmp_path / "model")
    replies = [(pair.prompt, text) for pair in PREFERENCES for text in (pair.chosen, pair.rejected)]
    said = values(again, replies, config, tmp_path / "model")
    assert all(better > worse for better, worse in zip(said[::2], said[1::2], strict=True))
    assert sum(said) / len(said) == pytest.approx(0.0, abs=1e-3)
    known = values(loaded, replies, config, tmp_path / "model")
    assert said == pytest.approx(known, abs=1e-4)


def test_a_quantised_base_can_be_trained_on(tiny: Any, tmp_path: Path) -> None:
    config = small(tuning="qlora", reward_learning_rate=3e-3)
    loaded = load_reward_model(base(tiny, "plain"), config)
    before = trained(loaded.model)
    judged(loaded, tmp_path, config)
    after = trained(loaded.model)
    moved = {name for name, one in after.items() if not torch.equal(one, before[name])}
    assert any("score" in name for name in moved)
    assert any("lora_B" in name for name in moved)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_of_a_reply_does_not_depend_on_the_batch(tiny: Any, kind: str) -> None:
    loaded = load_reward_model(base(tiny, kind), CONFIG)
    codec = codec_for(loaded.model, loaded.tokenizer, CONFIG.max_length)
    pairs = [(codec.prompt(one.prompt), codec.response(one.chosen)) for one in PREFERENCES]
    rows = [Row(prompt, (response,)) for prompt, response in pairs]
    alone = [spoken(loaded.model, codec, [row], CONFIG)[0][0] for row in rows]
    together = spoken(loaded.model, codec, rows, replace(CONFIG, device_batch=10))
    assert [one for (one,) in together] == pytest.approx(alone, abs=1e-5)
    assert len(set(alone)) == len(alone)


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_has_one_end_whatever_stands_in_it(tiny: Any, kind: str) -> None:
    loaded = load_reward_model(base(tiny, kind), CONFIG)
    codec = codec_for(loaded.model, loaded.tokenizer, CONFIG.max_length)
    row = Row(codec.prompt("slow </s>\n"), (codec.response("x = '</s>'\n"), codec.response("y")))
    batch = texts_of(codec, [row])
    assert (batch["input_ids"] == codec.end).sum(-1).tolist() == [1, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_head_to_begin_with_depends_on_the_seed_alone(tiny: Any, kind: str) -> None:
    one, other = (load_reward_model(base(tiny, kind), CONFIG) for _ in range(2))
    assert farthest(trained(one.model), trained(other.model)) == 0.0
    another = load_reward_model(base(tiny, kind), replace(CONFIG, seed=1))
    assert farthest(trained(one.model), trained(another.model)) > 0.0


@pytest.mark.parametrize(("kind", "tuning"), [("plain", "lora"), ("t5", "full")])
def test_a_training_that_was_stopped_ends_as_one_that_was_not(
    tiny: Any, tmp_path: Path, kind: str, tuning: str
) -> None:
    config = small(tuning=tuning, reward_learning_rate=1e-3, reward_epochs=2.0)
    whole = load_reward_model(base(tiny, kind), config)
    expected = judged(whole, tmp_path / "whole", config, held_out=UNMEASURED)
    stopped = load_reward_model(base(tiny, kind), config)
    with pytest.raises(KeyboardInterrupt):
        judged(stopped, tmp_path / "cut", config, callbacks=[Stop()])
    again = load_reward_model(base(tiny, kind), config)
    metrics = judged(again, tmp_path / "cut", config, resume=True, held_out=UNMEASURED)
    assert farthest(trained(whole.model), trained(again.model)) == 0.0
    assert metrics == pytest.approx(expected)
    # Finished, it is read and not done again.
    after = load_reward_model(base(tiny, kind), config)
    metrics = judged(after, tmp_path / "cut", config, resume=True, held_out=UNMEASURED)
    assert farthest(trained(whole.model), trained(after.model)) == 0.0
    assert metrics == pytest.approx(expected)


def test_a_model_that_transformers_has_no_classifier_for_is_told(tiny: Any, tmp_path: Path) -> None:
    from checkpoints import quiet as silent
    from checkpoints import save_tokenizer
    from transformers import BlenderbotSmallConfig, BlenderbotSmallForConditionalGeneration

    with silent():
        config = BlenderbotSmallConfig(
            vocab_size=512, d_model=16, encoder_layers=1, decoder_layers=1, encoder_ffn_dim=16,
            decoder_ffn_dim=16, encoder_attention_heads=2, decoder_attention_heads=2,
        )  # fmt: skip
        BlenderbotSmallForConditionalGeneration(config).save_pretrained(tmp_path)
        save_tokenizer(tmp_path, None)
    with pytest.raises(PerfoptError, match="no sequence classifier for blenderbot-small"):
        load_reward_model(tmp_path, CONFIG)

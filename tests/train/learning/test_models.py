from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from tuning import CONFIG, GROUPS, farthest, fresh, small, trained  # noqa: E402

from perfopt_cli.core import PerfoptError  # noqa: E402
from perfopt_cli.train.learning.encode import codec_for, collate, encode_groups  # noqa: E402
from perfopt_cli.train.learning.models import load_for_training, load_weights, pick_bf16  # noqa: E402
from perfopt_cli.train.learning.sampling import sample  # noqa: E402
from perfopt_cli.train.learning.trainers import run_rrhf_step  # noqa: E402


def base(tiny: Any, kind: str) -> Path:
    made = {"plain": lambda: tiny.causal("plain", template=None), "t5": tiny.t5}
    return Path(made[kind]())


@pytest.mark.parametrize(
    ("choice", "supported", "expected"),
    [("auto", True, True), ("auto", False, False), ("off", True, False), ("on", True, True)],
)
def test_bf16_is_chosen_only_where_it_is_supported(
    choice: str, supported: bool, expected: bool
) -> None:
    assert pick_bf16(choice, supported=supported, cuda=False) is expected


@pytest.mark.parametrize(
    ("choice", "message"), [("on", "this GPU does not compute in bf16"), ("yes", "auto, on, off")]
)
def test_bf16_that_can_not_be_had_is_an_error(choice: str, message: str) -> None:
    with pytest.raises(PerfoptError, match=message):
        pick_bf16(choice, supported=False, cuda=True)


@pytest.mark.parametrize("kind", ["plain", "t5"])
def test_all_weights_are_trained_in_fp32_where_the_model_is_trained_whole(
    tiny: Any, kind: str
) -> None:
    loaded = fresh(base(tiny, kind))
    assert all(value.requires_grad for value in loaded.model.parameters())
    assert {value.dtype for value in loaded.model.parameters()} == {torch.float32}
    assert loaded.weights == "fp32"


@pytest.mark.parametrize("tuning", ["lora", "qlora"])
@pytest.mark.parametrize("kind", ["plain", "t5"])
def test_only_the_adapter_is_trained_by_lora(tiny: Any, kind: str, tuning: str) -> None:
    names = trained(fresh(base(tiny, kind), small(tuning=tuning)).model)
    assert names
    assert all(".lora_" in name for name in names)
    # Every linear layer but the last has one.
    parts = {"plain": ("q_proj", "down_proj"), "t5": ("SelfAttention.q", "DenseReluDense.wo")}
    assert all(any(part in name for name in names) for part in parts[kind])
    assert not any("lm_head" in name for name in names)


def test_a_new_adapter_depends_on_the_seed_alone(tiny: Any) -> None:
    made = []
    for seed, state in ((0, 1), (0, 2), (1, 1)):
        torch.manual_seed(state)
        made.append(trained(fresh(base(tiny, "plain"), small(tuning="lora", seed=seed)).model))
    assert farthest(made[0], made[1]) == 0.0
    assert farthest(made[0], made[2]) > 0.0


def test_the_random_state_of_the_process_is_left_alone(tiny: Any) -> None:
    before = torch.random.get_rng_state()
    fresh(base(tiny, "plain"), small(tuning="lora"))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_qlora_holds_the_base_in_four_bits(tiny: Any) -> None:
    loaded = fresh(base(tiny, "plain"), small(tuning="qlora"))
    assert loaded.weights == "nf4"
    assert "Linear4bit" in {type(module).__name__ for module in loaded.model.modules()}


def quantised(model: Any) -> dict[str, Any]:
    return {
        name: module.weight.detach().clone()
        for name, module in model.named_modules()
        if type(module).__name__ == "Linear4bit"
    }


@pytest.mark.parametrize("tuning", ["lora", "qlora"])
@pytest.mark.parametrize("kind", ["plain", "t5"])
def test_the_adapter_has_gradients_after_generating(tiny: Any, kind: str, tuning: str) -> None:
    config = small(tuning=tuning)
    loaded = fresh(base(tiny, kind), config)
    before = quantised(loaded.model)
    assert bool(before) == (tuning == "qlora")
    sample(loaded.model, loaded.tokenizer, ["slow\n", "slower\n"], config, seed=0)
    after = quantised(loaded.model)
    assert all(torch.equal(before[name], after[name]) for name in before)
    codec = codec_for(loaded.model, loaded.tokenizer, config.max_length)
    batch = collate(codec, encode_groups(codec, GROUPS[:1]).rows)
    extra = {"input_ids": batch["input_ids"], "attention_mask": batch["attention_mask"]}
    if codec.is_seq2seq:
        extra = {name: value.repeat(4, 1) for name, value in extra.items()}
    loaded.model.train()
    loaded.model(**extra, labels=batch["labels"]).loss.backward()
    # lora_A has none at first, as lora_B is zero.
    silent = [
        name
        for name, value in loaded.model.named_parameters()
        if ".lora_B" in name and not float(value.grad.abs().max()) > 0
    ]
    assert silent == []


@pytest.mark.parametrize("kind", ["plain", "t5"])
def test_generating_and_training_in_turn_trains_every_adapter_in_four_bits(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    config = small(tuning="qlora", rl_epochs=1.0)
    loaded = fresh(base(tiny, kind), config)
    base_weights = quantised(loaded.model)
    for step in (1, 2):
        before = trained(loaded.model)
        sample(loaded.model, loaded.tokenizer, ["slow\n"], config, seed=step)
        run_rrhf_step(
            loaded.model, loaded.tokenizer, GROUPS, config, tmp_path / str(step), resume=False
        )
        after = trained(loaded.model)
        assert [name for name in before if torch.equal(before[name], after[name])] == []
    now = quantised(loaded.model)
    assert all(torch.equal(base_weights[name], now[name]) for name in now)


def test_an_adapter_is_trained_further(tiny: Any, tmp_path: Path) -> None:
    config = small(tuning="lora", rl_epochs=1.0)
    loaded = fresh(base(tiny, "plain"), config)
    run_rrhf_step(loaded.model, loaded.tokenizer, GROUPS, config, tmp_path / "1", resume=False)
    again = load_for_training(base(tiny, "plain"), config, tmp_path / "1" / "model")
    assert farthest(trained(loaded.model), trained(again.model)) == 0.0


def test_weights_that_can_not_be_read_are_reported(tiny: Any, tmp_path: Path) -> None:
    for tuning in ("full", "lora"):
        with pytest.raises(PerfoptError, match=r"can't be read: .*delete the folder"):
            load_weights(fresh(base(tiny, "plain"), small(tuning=tuning)).model, tmp_path)


@pytest.mark.parametrize("name", ["wide", "deep"])
def test_an_adapter_for_another_base_is_reported(tiny: Any, name: str) -> None:
    adapter = tiny.adapter(name, **{"wide": {"hidden": 32}, "deep": {"layers": 3}}[name])
    with pytest.raises(
        PerfoptError, match=f"can't be loaded for training with the adapter .*{name}"
    ):
        load_for_training(base(tiny, "plain"), small(tuning="lora"), adapter)


def test_an_adapter_is_no_start_for_training_the_whole_model(tiny: Any) -> None:
    with pytest.raises(PerfoptError, match="trains no adapter"):
        load_for_training(base(tiny, "plain"), CONFIG, tiny.adapter())


def test_a_folder_without_a_model_is_reported(tmp_path: Path) -> None:
    with pytest.raises(PerfoptError, match="not a transformers model"):
        load_for_training(tmp_path, CONFIG)


def test_an_unknown_way_of_training_is_reported(tiny: Any) -> None:
    with pytest.raises(PerfoptError, match="full, lora, qlora"):
        load_for_training(base(tiny, "plain"), small(tuning="dora"))


def test_quantised_weights_can_not_be_trained_whole(tiny: Any, tmp_path: Path) -> None:
    folder = shutil.copytree(base(tiny, "plain"), tmp_path / "model")
    path = folder / "config.json"
    config = json.loads(path.read_text()) | {"quantization_config": {"load_in_4bit": True}}
    path.write_text(json.dumps(config))
    with pytest.raises(PerfoptError, match="use tuning = qlora"):
        load_for_training(folder, CONFIG)


def test_damaged_weights_are_reported(tiny: Any, tmp_path: Path) -> None:
    folder = shutil.copytree(base(tiny, "plain"), tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"not weights at all")
    with pytest.raises(PerfoptError, match="can't be loaded for training: "):
        load_for_training(folder, CONFIG)

"""What the trainers compute, against the libraries' own losses one response at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from tuning import CONFIG, GROUPS, fresh, small, trained  # noqa: E402

from perfopt_cli.model.loading import quiet  # noqa: E402
from perfopt_cli.train.config import TrainConfig  # noqa: E402
from perfopt_cli.train.learning.encode import Row, codec_for, collate, encode_groups  # noqa: E402
from perfopt_cli.train.learning.group_trainer import GroupTrainer, RRHFTrainer, SFTTrainer  # noqa: E402
from perfopt_cli.train.learning.models import Trainable  # noqa: E402

with quiet():
    from transformers import TrainingArguments

KINDS = ["plain", "chat", "t5"]
GROUP_PAIR = [GROUPS[1], GROUPS[4]]


def base(tiny: Any, kind: str) -> Path:
    made = {
        "plain": lambda: tiny.causal("plain", template=None),
        "chat": tiny.causal,
        "t5": tiny.t5,
    }
    return Path(made[kind]())


def trainer(
    kind: type[GroupTrainer], loaded: Trainable, folder: Path, config: TrainConfig = CONFIG
) -> Any:
    with quiet():
        arguments = TrainingArguments(
            output_dir=str(folder), use_cpu=True, report_to="none", disable_tqdm=True
        )
        codec = codec_for(loaded.model, loaded.tokenizer, config.max_length)
        rows = encode_groups(codec, GROUP_PAIR).rows
        return kind(loaded.model.eval(), arguments, codec, rows, config)


def own_loss(loaded: Trainable, prompt: tuple[int, ...], response: tuple[int, ...]) -> Any:
    """The sum over a response's tokens, by the model's own loss, with nothing padded."""
    if loaded.model.config.is_encoder_decoder:
        ids, labels = torch.tensor([prompt]), torch.tensor([response])
    else:
        ids = torch.tensor([prompt + response])
        labels = torch.tensor([(-100,) * len(prompt) + response])
    return loaded.model(input_ids=ids, labels=labels).loss * len(response)


def loss_of(one: Any, rows: list[Row]) -> Any:
    batch = collate(one.codec, rows)
    return one.compute_loss(one.model, batch, num_items_in_batch=one.items(batch))


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_of_fine_tuning_is_the_models_own_over_all_tokens_of_the_batch(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    loaded = fresh(base(tiny, kind))
    one = trainer(SFTTrainer, loaded, tmp_path)
    responses = [(row.prompt, each) for row in one.train_dataset for each in row.responses]
    total = sum(own_loss(loaded, *each).item() for each in responses)
    tokens = sum(len(response) for _, response in responses)
    assert loss_of(one, list(one.train_dataset)).item() == pytest.approx(total / tokens, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_of_two_prompts_is_that_of_each_response_alone_put_together(
    tiny: Any, tmp_path: Path, kind: str
) -> None:
    loaded = fresh(base(tiny, kind))
    one = trainer(RRHFTrainer, loaded, tmp_path, small(rank_weight=3.0))
    expected = 0.0
    for row in one.train_dataset:
        sums = [own_loss(loaded, row.prompt, each).item() for each in row.responses]
        scores = [-total / len(each) for total, each in zip(sums, row.responses, strict=True)]
        for a, low in enumerate(row.rewards):
            for b, high in enumerate(row.rewards):
                expected += 3 * max(0.0, scores[a] - scores[b]) if low < high else 0.0
        expected += sums[row.rewards.index(max(row.rewards))]
    assert loss_of(one, list(one.train_dataset)).item() == pytest.approx(expected / 2, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_does_not_change_the_loss_of_a_group(tiny: Any, tmp_path: Path, kind: str) -> None:
    one = trainer(RRHFTrainer, fresh(base(tiny, kind)), tmp_path)
    row = one.train_dataset[0]
    long = Row(row.prompt * 3, (row.responses[0] * 4,), (1.0,))
    alone, other = loss_of(one, [row]).item(), loss_of(one, [long]).item()
    assert loss_of(one, [row, long]).item() * 2 == pytest.approx(alone + other, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_in_the_padding_does_not_matter(tiny: Any, tmp_path: Path, kind: str) -> None:
    one = trainer(RRHFTrainer, fresh(base(tiny, kind)), tmp_path)
    batch = collate(one.codec, one.train_dataset)
    expected = one.compute_loss(one.model, batch, num_items_in_batch=2).item()
    batch["input_ids"][batch["attention_mask"] == 0] = 99
    if one.codec.is_seq2seq:
        batch["decoder_input_ids"][batch["labels"] == -100] = 99
    assert one.compute_loss(one.model, batch, num_items_in_batch=2).item() == pytest.approx(
        expected, rel=1e-6
    )


class Wrapped(torch.nn.Module):  # type: ignore[misc]
    """Stands in for what spreads a model over devices."""

    def __init__(self, module: Any) -> None:
        super().__init__()
        self.module = module

    def forward(self, **inputs: Any) -> Any:
        return self.module(**inputs)


def test_prompts_encoded_once_a_group_or_once_a_response_give_the_same_loss(
    tiny: Any, tmp_path: Path
) -> None:
    loaded = fresh(base(tiny, "t5"))
    one = trainer(RRHFTrainer, loaded, tmp_path)
    calls: list[int] = []
    loaded.model.encoder.register_forward_hook(
        lambda module, given, result: calls.append(len(result.last_hidden_state))
    )
    batch = collate(one.codec, one.train_dataset)
    once = one.compute_loss(loaded.model, batch, num_items_in_batch=2)
    assert calls == [2]
    one.accelerator.unwrap_model = lambda model: getattr(model, "module", model)
    each = one.compute_loss(Wrapped(loaded.model), batch, num_items_in_batch=2)
    assert calls == [2, 8]
    assert once.item() == pytest.approx(each.item(), rel=1e-6)


@pytest.mark.parametrize("tuning", ["full", "lora", "qlora"])
@pytest.mark.parametrize("kind", ["plain", "t5"])
def test_gradient_checkpointing_gives_the_same_gradients(
    tiny: Any, tmp_path: Path, kind: str, tuning: str
) -> None:
    gradients, runs = [], []
    for checkpointing in (False, True):
        config = small(tuning=tuning, gradient_checkpointing=checkpointing, lora_dropout=0.0)
        loaded = fresh(base(tiny, kind), config, dropout=False)
        runs.append(0)

        def count(*given: Any) -> None:
            runs[-1] += 1

        next(
            m for n, m in loaded.model.named_modules() if n.endswith(("q", "q_proj"))
        ).register_forward_hook(count)
        one = trainer(RRHFTrainer, loaded, tmp_path, config)
        # Only in training the layers are run twice.
        loaded.model.train()
        loss_of(one, list(one.train_dataset)).backward()
        gradients.append({n: p.grad for n, p in loaded.model.named_parameters() if p.requires_grad})
    assert runs == [1, 2]
    assert gradients[0].keys() == trained(loaded.model).keys()
    for name, plain in gradients[0].items():
        assert torch.allclose(plain, gradients[1][name], rtol=1e-4, atol=1e-5), name
    assert any(float(plain.abs().max()) > 0 for plain in gradients[0].values())


def test_every_epoch_has_an_order_of_its_own(tiny: Any, tmp_path: Path) -> None:
    one = trainer(SFTTrainer, fresh(base(tiny, "plain")), tmp_path, small(batch=2))
    one.train_dataset = [Row((n,), ((n,),)) for n in range(20)]

    def order(step: int) -> list[int]:
        one.state.global_step = step
        return [int(n) for batch in one.get_train_dataloader() for n in batch["input_ids"][:, 0]]

    # Ten steps an epoch.
    assert order(0) == order(7)
    assert sorted(order(0)) == sorted(order(10)) == list(range(20))
    assert order(0) != order(10)

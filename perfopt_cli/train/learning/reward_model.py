"""Reward models: a number for a reply. Needs the ``model`` extra; only training imports it.

They are transformers' sequence classifiers with one output, over the same
checkpoint as the model that is trained, so that anything can load them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.loading import quiet
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.learning.encode import Codec, Encoded, Row, codec_for
from perfopt_cli.train.learning.group_trainer import GroupTrainer
from perfopt_cli.train.learning.models import Trainable, load_for_training, uses_bf16
from perfopt_cli.train.learning.policy_losses import reward_loss
from perfopt_cli.train.learning.trainers import run_stage
from perfopt_cli.train.preferences import Preference
from perfopt_cli.train.rundir import read_json, write_json

with quiet():
    import torch
    from accelerate import PartialState

SCALE = "scale.json"
"""The file beside the weights with mean and spread of what the model says."""

HEAD = "score|classifier|classification_head"


class Judge:
    """Reads a checkpoint as a classifier with one output; a new head depends on the seed alone."""

    head = HEAD

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def read(self, folder: Path, dtype: Any, place: int | str, quantization: Any) -> Any:
        """Return the model. Raises ValueError where transformers has no classifier of its kind."""
        from transformers import AutoConfig, AutoModelForSequenceClassification

        config = AutoConfig.from_pretrained(str(folder), local_files_only=True, num_labels=1)
        if type(config) not in AutoModelForSequenceClassification._model_mapping:
            raise ValueError(
                f"transformers has no sequence classifier for {config.model_type}, so the stage "
                "reward can't be done with it; leave it out"
            )
        options: dict[str, Any] = {}
        if quantization is not None:
            quantization.llm_int8_skip_modules = HEAD.split("|")
            options["quantization_config"] = quantization
        with torch.random.fork_rng():
            torch.manual_seed(self.seed)
            model, info = AutoModelForSequenceClassification.from_pretrained(
                str(folder), config=config, dtype=dtype, device_map={"": place},
                use_safetensors=True, local_files_only=True, output_loading_info=True, **options,
            )  # fmt: skip
        heads = tuple(f"{name}." for name in HEAD.split("|"))
        missing = [name for name in info["missing_keys"] if not name.startswith(heads)]
        if missing:
            raise ValueError(f"its files lack the weights {', '.join(sorted(missing)[:3])}")
        return model


def load_reward_model(folder: Path, config: TrainConfig, weights: Path | None = None) -> Trainable:
    """Load a checkpoint as a reward model: a new one, or with what ``run_reward`` left.

    Raises PerfoptError.
    """
    judge = Judge(config.seed)
    if weights is None or config.tuning != "full":
        loaded = load_for_training(folder, config, weights, reader=judge)
    else:
        loaded = load_for_training(weights, config, reader=judge)
    codec = codec_for(loaded.model, loaded.tokenizer, config.max_length)
    # By these the classifiers of transformers find where a text ends.
    loaded.model.config.pad_token_id = codec.padding
    loaded.model.config.eos_token_id = codec.end
    return loaded


@dataclass(frozen=True, slots=True)
class JudgedRow(Row):
    """A pair as token ids, the faster first."""

    margin: float = 0.0


def encode_judged(codec: Codec, pairs: Sequence[Preference]) -> Encoded:
    """Encode pairs; one with a text that is too long is left out. Raises PerfoptError for all."""
    rows = _fitting(codec, pairs)
    if pairs and not rows:
        raise PerfoptError(
            f"none of the {len(pairs)} pairs to judge fits into {codec.reads} tokens; raise "
            "max_length, or use a model with a longer context"
        )
    return Encoded(rows, len(pairs) - len(rows))


def _fitting(codec: Codec, pairs: Sequence[Preference]) -> tuple[JudgedRow, ...]:
    rows = (
        JudgedRow(
            codec.prompt(pair.prompt),
            (codec.response(pair.chosen), codec.response(pair.rejected)),
            (1.0, 0.0),
            pair.margin,
        )
        for pair in pairs
    )
    return tuple(row for row in rows if row.length <= codec.reads)


def texts_of(codec: Codec, rows: Sequence[Row]) -> dict[str, Any]:
    """Return prompt and response of each as one text, padded on the right; one end token each.

    The classifiers of encoder-decoder models want the same number of end tokens everywhere.
    """
    texts = [
        (*(x for x in (*row.prompt, *response) if x != codec.end), codec.end)
        for row in rows
        for response in row.responses
    ]
    width = max(map(len, texts))
    # A filler that is an end token would be one too many.
    filler = codec.padding if codec.padding != codec.end or not codec.is_seq2seq else 0
    masks = [[1] * len(text) + [0] * (width - len(text)) for text in texts]
    return {
        "input_ids": torch.tensor([[*text, *[filler] * (width - len(text))] for text in texts]),
        "attention_mask": torch.tensor(masks),
    }


class RewardTrainer(GroupTrainer):
    """The loss of a reward model, as a mean over the pairs of an optimiser step."""

    def items(self, batch: dict[str, Any]) -> Any:
        """Return how many pairs there are."""
        return batch["margins"].numel()

    def batch_of(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Return the rows as one batch, with margins."""
        margins = [row.margin for row in rows if isinstance(row, JudgedRow)]
        return {**texts_of(self.codec, rows), "margins": torch.tensor(margins)}

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return this batch's part of the mean loss."""
        margins = inputs["margins"]
        texts = {name: inputs[name] for name in ("input_ids", "attention_mask")}
        chosen, rejected = _said(model, texts).view(-1, 2).unbind(-1)
        parts = {
            "right": (chosen > rejected).sum(),
            "pairs": torch.tensor(float(len(margins)), device=margins.device),
        }
        for name, value in parts.items():
            self.parts[name] = self.parts.get(name, 0.0) + value.detach()
        return self._whole(reward_loss(chosen, rejected, margins).sum(), num_items_in_batch)

    def shown(self, parts: dict[str, float]) -> dict[str, float]:
        """Return the share of pairs whose faster reply is said to be worth more."""
        return {"accuracy": parts["right"] / parts["pairs"]}


def _said(model: Any, texts: dict[str, Any]) -> Any:
    return model(**texts, use_cache=False).logits.squeeze(-1).float()


def run_reward(
    model: Any,
    tokenizer: Any,
    pairs: Sequence[Preference],
    config: TrainConfig,
    folder: Path,
    *,
    held_out: Sequence[Preference] = (),
    resume: bool,
    callbacks: Sequence[Any] = (),
) -> dict[str, float]:
    """Train a reward model on pairs of replies, and save it to ``folder/model``; as ``run_sft``.

    Further metrics: accuracy (share of pairs in the right order, mean over
    steps), and of the pairs held out: held_out_accuracy, held_out. Rate, batch
    and epochs are the ``reward_`` settings.
    """
    figures = run_stage(
        RewardTrainer, model, tokenizer, lambda codec: encode_judged(codec, pairs),
        replace(config, batch=config.reward_batch), folder, resume=resume,
        epochs=config.reward_epochs, rate=config.reward_learning_rate, callbacks=callbacks,
    )  # fmt: skip
    codec = codec_for(model, tokenizer, config.max_length)
    said = [x for pair in spoken(model, codec, _fitting(codec, pairs), config) for x in pair]
    if PartialState().is_main_process:
        write_json(folder / "model" / SCALE, {"mean": fmean(said), "spread": pstdev(said)})
    if rows := _fitting(codec, held_out):
        right = [one[0] > one[1] for one in spoken(model, codec, rows, config)]
        figures |= {"held_out_accuracy": fmean(right), "held_out": len(right)}
    return figures


def spoken(model: Any, codec: Codec, rows: Sequence[Row], config: TrainConfig) -> list[list[float]]:
    """Return what the model says of each row's responses."""
    order = sorted(range(len(rows)), key=lambda number: rows[number].length)
    found: dict[int, list[float]] = {}
    training = model.training
    autocast = torch.autocast(model.device.type, torch.bfloat16, enabled=uses_bf16(config))
    model.eval()
    for start in range(0, len(order), config.device_batch):
        numbers = order[start : start + config.device_batch]
        part = [rows[number] for number in numbers]
        texts = {name: one.to(model.device) for name, one in texts_of(codec, part).items()}
        with torch.no_grad(), autocast:
            said = iter(_said(model, texts).tolist())
        found |= {
            number: [next(said) for _ in row.responses]
            for number, row in zip(numbers, part, strict=True)
        }
    model.train(training)
    return [found[number] for number in range(len(rows))]


def values(
    loaded: Trainable, replies: Sequence[tuple[str, str]], config: TrainConfig, weights: Path
) -> list[float]:
    """Return standard scores of (prompt, reply): by mean and spread of what it was trained on.

    A text that is too long is worth −1. Raises PerfoptError where the scale is gone.
    """
    scale = read_json(weights / SCALE)
    if scale is None:
        raise PerfoptError(f"{weights / SCALE} is gone; train the reward model again")
    codec = codec_for(loaded.model, loaded.tokenizer, config.max_length)
    rows = [Row(codec.prompt(prompt), (codec.response(text),)) for prompt, text in replies]
    fits = [number for number, row in enumerate(rows) if row.length <= codec.reads]
    said = spoken(loaded.model, codec, [rows[number] for number in fits], config)
    known = dict(zip(fits, said, strict=True))
    return [
        (known[number][0] - scale["mean"]) / (scale["spread"] or 1.0) if number in known else -1.0
        for number in range(len(rows))
    ]

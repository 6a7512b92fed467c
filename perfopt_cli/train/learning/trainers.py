"""Supervised fine-tuning and RRHF. Needs the ``model`` extra; only training imports it.

Both run on ``transformers.Trainer``, so ``accelerate launch`` spreads them over
devices.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.loading import quiet
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.learning.encode import (
    Codec,
    Encoded,
    Group,
    codec_for,
    encode_groups,
    encode_pairs,
)
from perfopt_cli.train.learning.group_trainer import GroupTrainer, RRHFTrainer, SFTTrainer
from perfopt_cli.train.learning.models import load_weights, uses_bf16
from perfopt_cli.train.learning.pace import Pace

with quiet():
    import torch
    from accelerate import PartialState
    from transformers import PrinterCallback, TrainerCallback, TrainingArguments

SAVE_EVERY = 0.05
"""The share of a stage's steps after which its state is saved."""

FIGURES = (
    *("loss", "rank_loss", "tuning_loss", "ordered", "acc_dpa", "past_margin", "gain"),
    *("accuracy", "kl", "clipped"),
)
"""What is logged at optimiser steps and told as a mean over them."""

_COMPLETE = "complete"
_METRICS = "metrics.json"


def run_sft(
    model: Any,
    tokenizer: Any,
    pairs: Sequence[tuple[str, str]],
    config: TrainConfig,
    folder: Path,
    *,
    resume: bool,
    callbacks: Sequence[Any] = (),
) -> dict[str, float]:
    """Fine-tune the model on (prompt, response) pairs, and save it to ``folder/model``.

    With ``resume`` it goes on from where an earlier call in the folder was
    stopped, to the same result; where that had finished, its weights are put
    into the model. The metrics: loss (mean over steps), steps, rows, left_out,
    responses_left_out, tokens (of prompts and responses, all epochs). Raises
    PerfoptError where nothing fits or the loss is no number.
    """
    return run_stage(
        SFTTrainer, model, tokenizer, lambda codec: encode_pairs(codec, pairs), config, folder,
        resume=resume, epochs=config.epochs, rate=config.learning_rate, callbacks=callbacks,
        minutes=config.minutes,
    )  # fmt: skip


def run_rrhf_step(
    model: Any,
    tokenizer: Any,
    groups: Sequence[Group],
    config: TrainConfig,
    folder: Path,
    *,
    resume: bool,
    callbacks: Sequence[Any] = (),
) -> dict[str, float]:
    """Train the model on ranked responses, and save it to ``folder/model``; else as ``run_sft``.

    Further metrics: rank_loss, tuning_loss (means over steps) and ordered, the
    share of pairs with different rewards that the model scored in that order.
    """
    config = replace(config, batch=config.rl_batch or config.batch)
    return run_stage(
        RRHFTrainer, model, tokenizer, lambda codec: encode_groups(codec, groups), config, folder,
        resume=resume, epochs=config.rl_epochs, rate=config.rl_learning_rate, callbacks=callbacks,
    )  # fmt: skip


class _Watch(TrainerCallback):  # type: ignore[misc]
    """Ends a stage whose time is up, and marks a checkpoint once every process wrote its part.

    With ``every`` seconds above 0 it says when to save.
    """

    def __init__(self, pace: Pace, every: float) -> None:
        self.pace = pace
        self.every = every
        self.saved = pace.before

    def on_train_begin(self, args: Any, state: Any, control: Any, **options: Any) -> None:
        """Start the clock."""
        self.pace.begin()

    def on_step_end(self, args: Any, state: Any, control: Any, **options: Any) -> None:
        """Stop, or save, where it is time to."""
        control.should_training_stop |= self.pace.is_over
        if self.every:
            control.should_save = self.pace.elapsed - self.saved >= self.every

    def on_save(self, args: Any, state: Any, control: Any, **options: Any) -> None:
        """Mark the checkpoint that was just written, with how long the stage took so far."""
        PartialState().wait_for_everyone()
        self.saved = self.pace.elapsed
        if state.is_world_process_zero:
            name = f"checkpoint-{state.global_step}"
            path = Path(args.output_dir) / name / _COMPLETE
            path.write_text(f"{self.saved}\n", encoding="utf-8")


def last_checkpoint(folder: Path) -> Path | None:
    """Return the newest checkpoint of a stage that was written to its end."""
    found = [path.parent for path in (folder / "checkpoints").glob(f"checkpoint-*/{_COMPLETE}")]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def _elapsed(checkpoint: Path | None) -> float:
    """Return how many seconds the stage had taken when the checkpoint was written."""
    if checkpoint is None:
        return 0.0
    return float((checkpoint / _COMPLETE).read_text(encoding="utf-8") or 0.0)


def run_stage(
    kind: Callable[..., GroupTrainer],
    model: Any,
    tokenizer: Any,
    encode: Callable[[Codec], Encoded],
    config: TrainConfig,
    folder: Path,
    *,
    resume: bool,
    epochs: float,
    rate: float,
    callbacks: Sequence[Any],
    minutes: float = 0.0,
) -> dict[str, float]:
    """Train with a kind of trainer on what ``encode`` gives; see ``run_sft`` for the rest.

    It ends after so many minutes at the latest, where they are not 0.
    """
    done = folder / "model" / _METRICS
    if resume and done.is_file():
        load_weights(model, folder / "model")
        return dict(json.loads(done.read_text(encoding="utf-8")))
    with quiet(), _as_it_was(model):
        codec = codec_for(model, tokenizer, config.max_length)
        encoded = encode(codec)
        if not encoded.rows:
            raise PerfoptError("there is nothing to train on")
        arguments = _arguments(folder, config, epochs, rate)
        if not resume:
            _clear(folder)
        checkpoint = last_checkpoint(folder) if resume else None
        pace = Pace(config.schedule, config.warmup, 60 * minutes, _elapsed(checkpoint))
        watch = _Watch(pace, 60 * config.save_minutes)
        trainer = kind(model, arguments, codec, encoded.rows, config, [watch, *callbacks], pace)
        trainer.remove_callback(PrinterCallback)
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    with quiet():
        metrics = _metrics(trainer, encoded)
        _keep(trainer, tokenizer, metrics, folder)
    # What the optimiser holds is twice the size of the model, and hangs in cycles.
    del trainer
    gc.collect()
    return metrics


@contextmanager
def _as_it_was(model: Any) -> Iterator[None]:
    """Take back what the trainer changes in the model for its own sake, once it is done."""
    cached, forward = model.config.use_cache, model.__dict__.get("forward")
    try:
        yield
    finally:
        model.config.use_cache = cached
        # In bf16 it is wrapped, and the next trainer would wrap it again. Accelerate's own way
        # back goes too far: it takes the decorators of transformers off as well.
        # And a model that is marked as prepared gets no wrapper from the next one at all.
        for name in ("forward", "_original_forward", "_is_accelerate_prepared"):
            model.__dict__.pop(name, None)
        if forward is not None:
            model.forward = forward


def _arguments(folder: Path, config: TrainConfig, epochs: float, rate: float) -> TrainingArguments:
    cuda = torch.cuda.is_available()
    rows, steps = share_out(
        config.batch, config.device_batch, PartialState(cpu=not cuda).num_processes
    )
    arguments = TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        per_device_train_batch_size=rows,
        gradient_accumulation_steps=steps,
        num_train_epochs=epochs,
        learning_rate=rate,
        weight_decay=config.weight_decay,
        bf16=uses_bf16(config),
        use_cpu=not cuda,
        seed=config.seed,
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="steps",
        save_steps=SAVE_EVERY,
        save_total_limit=2,
        remove_unused_columns=False,
        ddp_find_unused_parameters=False,
        report_to="none",
        disable_tqdm=True,
        log_level="error",
    )
    # Several GPUs in one process would be nn.DataParallel, which splits groups.
    arguments._n_gpu = min(arguments.n_gpu, 1)
    return arguments


def share_out(batch: int, most: int, devices: int) -> tuple[int, int]:
    """Return how many rows a device holds at once (``most``), and how many times a step.

    Raises PerfoptError where the batch can't be shared out evenly.
    """
    if batch < 1 or most < 1:
        raise PerfoptError(f"batch = {batch}, device_batch = {most}: both must be at least 1")
    if batch % devices:
        raise PerfoptError(
            f"batch = {batch} can't be shared out to {devices} devices; use a multiple of {devices}"
        )
    rows = batch // devices
    held = max(size for size in range(1, min(rows, most) + 1) if rows % size == 0)
    return held, rows // held


def _clear(folder: Path) -> None:
    processes = PartialState()
    if processes.is_main_process:
        for name in ("checkpoints", "model"):
            shutil.rmtree(folder / name, ignore_errors=True)
    processes.wait_for_everyone()


def _metrics(trainer: Any, encoded: Encoded) -> dict[str, float]:
    # From the history, not from what train() returns: that is about the part since a resume.
    steps = [entry for entry in trainer.state.log_history if "loss" in entry]
    figures = {
        name: sum(entry[name] for entry in steps if name in entry)
        / max(1, sum(name in entry for entry in steps))
        for name in FIGURES
        if any(name in entry for entry in steps)
    }
    tokens = sum(
        len(row.prompt) * (1 if trainer.codec.is_seq2seq else len(row.responses))
        + sum(map(len, row.responses))
        for row in encoded.rows
    )
    return figures | {
        "steps": trainer.state.global_step,
        "rows": len(encoded.rows),
        "left_out": encoded.left_out,
        "responses_left_out": encoded.responses_left_out,
        "tokens": tokens * trainer.state.epoch,
    }


def _keep(trainer: Any, tokenizer: Any, metrics: dict[str, float], folder: Path) -> None:
    """Save what ``--model`` or ``--adapter`` loads, whole or not at all, then drop checkpoints."""
    draft = folder / "model.draft"
    if trainer.is_world_process_zero():
        shutil.rmtree(draft, ignore_errors=True)
    trainer.accelerator.wait_for_everyone()
    trainer.save_model(str(draft))
    if trainer.is_world_process_zero():
        (draft / "training_args.bin").unlink(missing_ok=True)
        tokenizer.save_pretrained(str(draft))
        (draft / _METRICS).write_text(json.dumps(metrics), encoding="utf-8")
        os.replace(draft, folder / "model")
        shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    trainer.accelerator.wait_for_everyone()

"""The trainers of fine-tuning and RRHF. Needs the ``model`` extra; only training imports it.

A batch gives the same gradient however it is split: losses are summed and
divided by what the whole batch holds, tokens for fine-tuning, groups for RRHF.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.loading import quiet
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.learning.encode import IGNORED, BucketSampler, Codec, Row, collate

with quiet():
    import torch
    from torch.optim.lr_scheduler import LambdaLR
    from torch.utils.data import DataLoader
    from transformers import Trainer, TrainingArguments

from perfopt_cli.train.learning.losses import rrhf_loss, token_nll
from perfopt_cli.train.learning.optimizer import make_muon
from perfopt_cli.train.learning.pace import Pace


class GroupTrainer(Trainer):  # type: ignore[misc]
    """What both trainers share: the data's order, scaling of the loss, scores of responses."""

    def __init__(
        self,
        model: Any,
        args: TrainingArguments,
        codec: Codec,
        rows: Sequence[Row],
        config: TrainConfig,
        callbacks: Sequence[Any] = (),
        pace: Pace | None = None,
    ) -> None:
        super().__init__(model, args, train_dataset=rows, callbacks=list(callbacks))
        self.codec = codec
        self.config = config
        self.pace = pace or Pace(config.schedule, config.warmup)
        # The trainer is not to divide the loss by the number of accumulated batches: see _whole.
        self.model_accepts_loss_kwargs = True
        self.parts: dict[str, Any] = {}
        self.heat = 1.0

    def create_optimizer(self, model: Any = None) -> Any:
        """Make the optimiser that the settings name."""
        if self.config.optimizer != "muon":
            return super().create_optimizer(model)
        if self.optimizer is None:  # type: ignore[has-type]
            bf16 = self.args.bf16
            self.optimizer = make_muon(
                self.model if model is None else model,
                self.args.learning_rate,
                self.args.weight_decay,
                torch.bfloat16 if bf16 else torch.float32,
            )
        return self.optimizer

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """Make the schedule of the learning rate: the stage's pace."""
        if self.lr_scheduler is None:  # type: ignore[has-type]
            self.lr_scheduler = LambdaLR(
                optimizer or self.optimizer,
                lambda step: self.pace.factor(step, num_training_steps),
            )
        return self.lr_scheduler

    def get_train_dataloader(self) -> Any:
        """Return batches of rows of similar length, in an order given by the seed.

        With several devices, a last step of an epoch that has too few rows for all
        of them is filled up with rows from the epoch's start.
        """
        rows, batch = self.train_dataset, self.config.batch
        steps = -(-len(rows) // batch)
        sampler = BucketSampler(
            [row.length for row in rows],
            batch,
            self.args.seed,
            lambda: int(self.state.global_step // steps),
        )
        return self.accelerator.prepare(
            DataLoader(
                rows,
                batch_size=self.args.per_device_train_batch_size,
                sampler=sampler,
                collate_fn=self.batch_of,
                pin_memory=torch.cuda.is_available(),
            )
        )

    def batch_of(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Return the rows as one batch."""
        return collate(self.codec, rows)

    def get_batch_samples(
        self, epoch_iterator: Iterator[Any], num_batches: int, device: Any
    ) -> tuple[list[Any], Any]:
        """Return one optimiser step's batches, and what to divide their loss by."""
        batches = list(islice(epoch_iterator, num_batches))
        items = torch.tensor(sum(int(self.items(batch)) for batch in batches), device=device)
        return batches, self.accelerator.gather(items).sum()

    def items(self, batch: dict[str, Any]) -> Any:
        """Return how many items the loss of a batch is summed over."""
        raise NotImplementedError

    def _whole(self, value: Any, items: Any) -> Any:
        """Return a device's sum as its part of the mean over all; gradients are averaged later."""
        return value / items * self.accelerator.num_processes

    def _nll(self, model: Any, batch: dict[str, Any]) -> tuple[Any, Any]:
        """Return −log P of the labels (responses × tokens) at the heat, and the labels."""
        labels = batch["labels"]
        if self.codec.is_seq2seq:
            read = self._read(model, batch)
            read |= {"decoder_input_ids": batch["decoder_input_ids"], "use_cache": False}
            if self.codec.gives_nll and self.heat == 1:
                return model(**read, labels=labels).nll, labels
            return self._token_nll(model(**read).logits, labels), labels
        # Logits of prompts are not needed, and with a large vocabulary they fill the memory.
        first = max(1, int((labels != IGNORED).any(0).int().argmax()))
        labels = labels[:, first:]
        options = {}
        if self.accelerator.unwrap_model(model)._supports_logits_to_keep():
            options["logits_to_keep"] = labels.shape[1] + 1
        logits = model(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            use_cache=False,
            **options,
        ).logits
        return self._token_nll(logits[:, -labels.shape[1] - 1 : -1], labels), labels

    def _token_nll(self, logits: Any, labels: Any) -> Any:
        return token_nll(logits if self.heat == 1 else logits / self.heat, labels)

    def _read(self, model: Any, batch: dict[str, Any]) -> dict[str, Any]:
        """Return what an encoder-decoder has read for each response; it reads a prompt once."""
        ids, mask, groups = batch["input_ids"], batch["attention_mask"], batch["groups"]
        if len(groups) == len(ids):
            return {"input_ids": ids, "attention_mask": mask}
        if model is not self.accelerator.unwrap_model(model):
            # Several devices: gradients are gathered for what goes through the wrapper's forward.
            return {"input_ids": ids[groups], "attention_mask": mask[groups]}
        with self.accelerator.autocast():
            found = model.get_encoder()(input_ids=ids, attention_mask=mask)
        states = {name: one[groups] for name, one in found.items() if torch.is_tensor(one)}
        return {"encoder_outputs": type(found)(**states), "attention_mask": mask[groups]}

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log also the parts of the loss. Raises PerfoptError where the loss is no number."""
        if self.parts and "loss" in logs:
            summed = {name: self.accelerator.gather(one).sum() for name, one in self.parts.items()}
            logs |= self.shown({name: float(one) for name, one in summed.items()})
            self.parts = {}
        if not abs(logs.get("loss", 0.0)) < float("inf"):
            raise PerfoptError(
                f"the loss became {logs['loss']} at step {self.state.global_step}; use a lower "
                "learning rate, or bf16 = off"
            )
        super().log(logs, start_time)

    def shown(self, parts: dict[str, float]) -> dict[str, float]:
        """Return figures to log from the sums of the parts since the last log."""
        return {}


class SFTTrainer(GroupTrainer):
    """Cross-entropy of the responses, as a mean over the tokens of an optimiser step."""

    def items(self, batch: dict[str, Any]) -> Any:
        """Return how many tokens the responses have."""
        return (batch["labels"] != IGNORED).sum()

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return this batch's part of the mean loss."""
        nll, _ = self._nll(model, inputs)
        return self._whole(nll.sum(), num_items_in_batch)


class RRHFTrainer(GroupTrainer):
    """The loss of PerfRL, as a mean over the groups of an optimiser step."""

    def items(self, batch: dict[str, Any]) -> Any:
        """Return how many groups there are."""
        return batch["groups"].unique().numel()

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return this batch's part of the mean loss."""
        nll, labels = self._nll(model, inputs)
        loss = rrhf_loss(
            nll,
            labels,
            inputs["rewards"],
            inputs["groups"],
            rank_weight=self.config.rank_weight,
            length_penalty=self.config.length_penalty,
            reduction=self.config.tuning_loss,
        )
        share = self.items(inputs) / num_items_in_batch
        parts = {"rank": loss.rank * share, "tuning": loss.tuning * share}
        parts |= {"ordered": loss.ordered, "pairs": loss.pairs}
        for name, value in parts.items():
            self.parts[name] = self.parts.get(name, 0.0) + value.detach()
        return self._whole(loss.total * self.items(inputs), num_items_in_batch)

    def shown(self, parts: dict[str, float]) -> dict[str, float]:
        """Return the two losses, and the share of pairs in the right order."""
        figures = {"rank_loss": parts["rank"], "tuning_loss": parts["tuning"]}
        return (
            figures | {"ordered": parts["ordered"] / parts["pairs"]} if parts["pairs"] else figures
        )

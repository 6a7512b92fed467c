"""RLOO and GRPO. Needs the ``model`` extra; only training imports it.

Without trl, which takes no encoder-decoder models, and on our own trainer, so
that a step that is stopped goes on to the same result.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.loading import quiet
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.learning.dpa import without_dropout
from perfopt_cli.train.learning.encode import IGNORED, Codec, Encoded, Row
from perfopt_cli.train.learning.group_trainer import GroupTrainer
from perfopt_cli.train.learning.policy_losses import PolicyLoss, grpo_loss, rloo_loss
from perfopt_cli.train.learning.policy_reference import Reference, like, read_said, write_said
from perfopt_cli.train.learning.trainers import run_stage
from perfopt_cli.train.rewards import PolicyGroup, advantages

with quiet():
    import torch
    from accelerate.utils import gather_object

_SAID = "said.safetensors"


@dataclass(frozen=True, slots=True)
class PolicyRow(Row):
    """A group as token ids, with each token's log P by the model before, and by the reference."""

    before: tuple[tuple[float, ...], ...] = ()
    reference: tuple[tuple[float, ...], ...] = ()
    advantages: tuple[float, ...] = ()


def encode_policy_groups(codec: Codec, groups: Sequence[PolicyGroup]) -> Encoded:
    """Encode groups; one with a text that is too long is left out: the others' mean would be off.

    The end token is left out where the model didn't write it. Raises
    PerfoptError where no group fits.
    """
    rows = []
    for group in groups:
        prompt = codec.prompt(group.prompt)
        replies = tuple(
            ids if done or len(ids) == 1 else ids[:-1]
            for ids, done in zip(map(codec.response, group.responses), group.finished, strict=True)
        )
        if max(map(len, replies)) <= codec.room(prompt):
            rows.append(PolicyRow(prompt, replies, group.rewards))
    if groups and not rows:
        raise PerfoptError(
            f"none of the {len(groups)} groups of samples fits into {codec.reads} tokens; raise "
            "max_length, or use a model with a longer context"
        )
    return Encoded(tuple(rows), len(groups) - len(rows))


class PolicyTrainer(GroupTrainer):
    """The loss of RLOO or GRPO, as a mean over the groups of an optimiser step.

    What the model before and the reference say of the samples is computed once,
    and kept beside the checkpoints. Dropout is off, so that the first step's
    probability ratios are 1. Probabilities are those at the temperature that was
    sampled with.
    """

    def __init__(
        self,
        model: Any,
        *arguments: Any,
        method: str,
        reference: Reference | None,
        **options: Any,
    ) -> None:
        super().__init__(model, *arguments, **options)
        self.heat = self.config.temperature
        self.method = method
        self.held = reference

    def train(self, *arguments: Any, **options: Any) -> Any:
        """Compute what is held on to, then train."""
        with without_dropout(self.model):
            self.train_dataset = [self._weighed(row) for row in self._told()]
            return super().train(*arguments, **options)

    def items(self, batch: dict[str, Any]) -> Any:
        """Return how many groups there are."""
        return batch["groups"].unique().numel()

    def batch_of(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Return the rows as one batch; log-probabilities lie where the labels do."""
        batch = super().batch_of(rows)
        groups = [row for row in rows if isinstance(row, PolicyRow)]
        for name in ("before", "reference"):
            if all(getattr(row, name) for row in groups):
                said = torch.zeros(batch["labels"].shape)
                known = [one for row in groups for one in getattr(row, name)]
                said[batch["labels"] != IGNORED] = torch.tensor([x for one in known for x in one])
                batch[name] = said
        return batch | {
            "advantages": torch.tensor([one for row in groups for one in row.advantages]),
            "shares": torch.tensor(
                [1 / len(row.responses) for row in groups for _ in row.responses]
            ),
        }

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return this batch's part of the mean loss."""
        loss = self.loss_of(model, inputs)
        shares = inputs["shares"]
        parts = {"kl": loss.kl, "clipped": loss.clipped}
        sums = {name: (one.detach() * shares).sum() for name, one in parts.items()}
        sums["all"] = shares.sum()
        for name, value in sums.items():
            self.parts[name] = self.parts.get(name, 0.0) + value
        return self._whole((loss.losses * shares).sum(), num_items_in_batch)

    def loss_of(self, model: Any, batch: dict[str, Any]) -> PolicyLoss:
        """Return the loss of each response."""
        nll, labels = self._nll(model, batch)
        width = labels.shape[1]
        before, reference = batch["before"][:, -width:], batch["reference"][:, -width:]
        mask = (labels != IGNORED).to(nll.dtype)
        given = (-nll, before, reference, mask, batch["advantages"])
        if self.method == "rloo":
            return rloo_loss(*given, clip=self.config.clip)
        return grpo_loss(*given, clip=self.config.clip, kl=self.config.kl)

    def shown(self, parts: dict[str, float]) -> dict[str, float]:
        """Return the KL divergence a token from the reference, and the share that is clipped."""
        return {name: parts[name] / parts["all"] for name in ("kl", "clipped")}

    def _weighed(self, row: PolicyRow) -> PolicyRow:
        """Return the row with its advantages; in RLOO the KL penalty is part of the reward."""
        rewards = list(row.rewards)
        if self.method == "rloo":
            gone = [
                sum(one) - sum(other)
                for one, other in zip(row.before, row.reference, strict=True)
            ]  # fmt: skip
            rewards = [r - self.config.kl * one for r, one in zip(rewards, gone, strict=True)]
        return replace(row, advantages=advantages(self.method, rewards))

    def _told(self) -> list[PolicyRow]:
        """Return the rows with log-probabilities; those in the stage's folder are taken."""
        rows: Sequence[PolicyRow] = self.train_dataset
        path = Path(self.args.output_dir).parent / _SAID
        digest = sha256(repr([(row.prompt, row.responses) for row in rows]).encode()).hexdigest()
        known = read_said(path, digest)
        self.accelerator.wait_for_everyone()
        if known is None:
            before = self._say(rows)
            with self.held(self.model) if self.held else nullcontext():
                reference = self._say(rows) if self.held else before
            known = {"before": before, "reference": reference}
            if self.is_world_process_zero():
                write_said(path, digest, known)
        places = {name: iter(values) for name, values in known.items()}
        return [
            replace(row, **{name: like(row.responses, place) for name, place in places.items()})
            for row in rows
        ]

    def _say(self, rows: Sequence[PolicyRow]) -> list[float]:
        """Return log P of every token of the rows by the model as it is; all processes share."""
        size, rank = self.accelerator.num_processes, self.accelerator.process_index
        mine = sorted(range(rank, len(rows), size), key=lambda number: rows[number].length)
        held = self.args.per_device_train_batch_size
        found: list[tuple[int, list[float]]] = []
        self.model.eval()
        for start in range(0, len(mine), held):
            numbers = mine[start : start + held]
            batch = self._prepare_inputs(self.batch_of([rows[number] for number in numbers]))
            with torch.no_grad(), self.accelerator.autocast():
                nll, labels = self._nll(self.model, batch)
            said = iter((-nll[labels != IGNORED]).tolist())
            for number in numbers:
                count = sum(map(len, rows[number].responses))
                found.append((number, [next(said) for _ in range(count)]))
        return [one for _, said in sorted(gather_object(found)) for one in said]


def run_policy_step(
    model: Any,
    tokenizer: Any,
    groups: Sequence[PolicyGroup],
    config: TrainConfig,
    folder: Path,
    *,
    method: str,
    reference: Reference | None = None,
    resume: bool,
    callbacks: Sequence[Any] = (),
) -> dict[str, float]:
    """Train the model on groups of its own samples by ``rloo`` or ``grpo``; else as ``run_sft``.

    The KL penalty holds on to ``reference``, or to the model as it is given.
    Further metrics (means over steps): kl, clipped; see ``PolicyTrainer.shown``.
    ``config`` gives kl, clip, and rate, batch and epochs by its ``policy_`` settings.
    """
    if not resume:
        (folder / _SAID).unlink(missing_ok=True)
    return run_stage(
        partial(PolicyTrainer, method=method, reference=reference), model, tokenizer,
        lambda codec: encode_policy_groups(codec, groups),
        replace(config, batch=config.policy_batch), folder, resume=resume,
        epochs=config.policy_epochs, rate=config.policy_learning_rate, callbacks=callbacks,
    )  # fmt: skip

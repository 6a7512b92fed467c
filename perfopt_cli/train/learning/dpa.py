"""Direct performance alignment. Needs the ``model`` extra; only training imports it.

Source: Nichols et al., Performance-Aligned LLMs for Generating Fast Code
(2024): DPO with a margin. It is what trl's ``DPOTrainer`` computes with
``margin / beta`` added to ``ref_chosen_logps``, without trl, and for
encoder-decoder models too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.loading import quiet
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.learning.encode import Codec, Encoded, Row
from perfopt_cli.train.learning.group_trainer import GroupTrainer
from perfopt_cli.train.learning.trainers import run_stage
from perfopt_cli.train.preferences import Preference
from perfopt_cli.train.rundir import write_json

with quiet():
    import torch
    from accelerate.utils import gather_object
    from torch.nn import functional

_REFERENCE = "reference.json"


@dataclass(frozen=True, slots=True)
class DPALoss:
    """The losses of pairs (one entry each), and what they are made of.

    ``gains`` are β·Δ: how much more the model prefers the faster reply than the
    reference does.
    """

    losses: Any
    gains: Any


def dpa_loss(
    chosen: Any,
    rejected: Any,
    reference_chosen: Any,
    reference_rejected: Any,
    margins: Any,
    beta: float,
) -> DPALoss:
    """Return −log σ(β·Δ − μ) with Δ = (log π/π_ref)(chosen) − (log π/π_ref)(rejected).

    All tensors have one entry a pair; log-probabilities are sums over a reply's
    tokens, its end token among them.
    """
    gains = beta * ((chosen - reference_chosen) - (rejected - reference_rejected))
    return DPALoss(-functional.logsigmoid(gains - margins), gains)


@dataclass(frozen=True, slots=True)
class PreferenceRow(Row):
    """A pair as token ids, the faster first; ``reference`` are their log-probabilities before."""

    margin: float = 0.0
    reference: tuple[float, float] = (0.0, 0.0)


def encode_preferences(codec: Codec, pairs: Sequence[Preference]) -> Encoded:
    """Encode pairs; one with a text that is too long is left out. Raises PerfoptError for all."""
    rows = []
    for pair in pairs:
        prompt = codec.prompt(pair.prompt)
        replies = (codec.response(pair.chosen), codec.response(pair.rejected))
        if max(map(len, replies)) <= codec.room(prompt):
            rows.append(PreferenceRow(prompt, replies, (1.0, 0.0), pair.margin))
    if pairs and not rows:
        raise PerfoptError(
            f"none of the {len(pairs)} pairs to compare fits into {codec.reads} tokens; raise "
            "max_length, or use a model with a longer context"
        )
    return Encoded(tuple(rows), len(pairs) - len(rows))


class DPATrainer(GroupTrainer):
    """The loss of DPA, as a mean over the pairs of an optimiser step.

    What the model says before is its own reference; it is computed once, and
    kept beside the checkpoints. Dropout is off, so that both say the same at
    the start.
    """

    def train(self, *arguments: Any, **options: Any) -> Any:
        """Compute the reference, then train."""
        with without_dropout(self.model):
            self.train_dataset = self._referenced()
            return super().train(*arguments, **options)

    def items(self, batch: dict[str, Any]) -> Any:
        """Return how many pairs there are."""
        return batch["margins"].numel()

    def batch_of(self, rows: Sequence[Row]) -> dict[str, Any]:
        """Return the rows as one batch, with margins and references."""
        pairs = [row for row in rows if isinstance(row, PreferenceRow)]
        return super().batch_of(rows) | {
            "margins": torch.tensor([row.margin for row in pairs]),
            "reference": torch.tensor([row.reference for row in pairs]),
        }

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """Return this batch's part of the mean loss."""
        chosen, rejected = self._said(model, inputs).unbind(-1)
        before, other = inputs["reference"].unbind(-1)
        margins = inputs["margins"]
        loss = dpa_loss(chosen, rejected, before, other, margins, self.config.beta)
        parts = {
            "acc_dpa": (loss.gains > 0).sum(),
            "past_margin": (loss.gains > margins).sum(),
            "gain": loss.gains.sum(),
            "pairs": torch.tensor(float(len(margins)), device=margins.device),
        }
        for name, value in parts.items():
            self.parts[name] = self.parts.get(name, 0.0) + value.detach()
        return self._whole(loss.losses.sum(), num_items_in_batch)

    def shown(self, parts: dict[str, float]) -> dict[str, float]:
        """Return the mean β·Δ, and the shares of pairs where it is above 0, and above the margin.

        The accuracy that trl logs is the latter where it is given margins in the reference.
        """
        return {name: parts[name] / parts["pairs"] for name in ("acc_dpa", "past_margin", "gain")}

    def _said(self, model: Any, batch: dict[str, Any]) -> Any:
        """Return the log-probabilities of the replies, pairs × (chosen, rejected)."""
        nll, _ = self._nll(model, batch)
        return -nll.sum(-1).view(-1, 2)

    def _referenced(self) -> tuple[PreferenceRow, ...]:
        rows: Sequence[PreferenceRow] = self.train_dataset
        path = Path(self.args.output_dir).parent / _REFERENCE
        digest = sha256(repr([(row.prompt, row.responses) for row in rows]).encode()).hexdigest()
        known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        self.accelerator.wait_for_everyone()
        if known.get("rows") != digest:
            known = {"rows": digest, "reference": self._reference(rows)}
            if self.is_world_process_zero():
                write_json(path, known)
        return tuple(
            replace(row, reference=tuple(said))
            for row, said in zip(rows, known["reference"], strict=True)
        )

    def _reference(self, rows: Sequence[PreferenceRow]) -> list[list[float]]:
        """Return what the model says of the rows now; every process does its share."""
        size, rank = self.accelerator.num_processes, self.accelerator.process_index
        mine = sorted(range(rank, len(rows), size), key=lambda number: rows[number].length)
        held = self.args.per_device_train_batch_size
        found: list[tuple[int, list[float]]] = []
        self.model.eval()
        for start in range(0, len(mine), held):
            numbers = mine[start : start + held]
            batch = self._prepare_inputs(self.batch_of([rows[number] for number in numbers]))
            with torch.no_grad(), self.accelerator.autocast():
                said = self._said(self.model, batch)
            found += zip(numbers, said.tolist(), strict=True)
        return [said for _, said in sorted(gather_object(found))]


@contextmanager
def without_dropout(model: Any) -> Iterator[None]:
    """Switch dropout off for a while, also where a layer has its rate as a number."""
    places = [
        (module, name, rate)
        for module in model.modules()
        for name, rate in vars(module).items()
        if isinstance(rate, float) and ("dropout" in name or isinstance(module, torch.nn.Dropout))
    ]
    for module, name, _ in places:
        setattr(module, name, 0.0)
    try:
        yield
    finally:
        for module, name, rate in places:
            setattr(module, name, rate)


def run_dpa(
    model: Any,
    tokenizer: Any,
    pairs: Sequence[Preference],
    config: TrainConfig,
    folder: Path,
    *,
    resume: bool,
    callbacks: Sequence[Any] = (),
) -> dict[str, float]:
    """Train the model on pairs of replies, and save it to ``folder/model``; else as ``run_sft``.

    Further metrics (means over steps): acc_dpa, past_margin and gain, see
    ``DPATrainer.shown``. ``config`` gives beta, and rate, batch and epochs by
    its ``dpa_`` settings.
    """
    if not resume:
        (folder / _REFERENCE).unlink(missing_ok=True)
    return run_stage(
        DPATrainer, model, tokenizer, lambda codec: encode_preferences(codec, pairs),
        replace(config, batch=config.dpa_batch), folder, resume=resume,
        epochs=config.dpa_epochs, rate=config.dpa_learning_rate, callbacks=callbacks,
    )  # fmt: skip

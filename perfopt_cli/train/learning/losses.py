"""The losses of fine-tuning and RRHF, on tensors alone. Needs torch; only training imports it.

Rows are responses; a group is the responses to one prompt, in the order in
which ties are broken. Sources: PerfRL (Duan et al., 2023), section 4.3; RRHF
(Yuan et al., 2023), equations 1 to 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from perfopt_cli.train.learning.encode import IGNORED


@dataclass(frozen=True, slots=True)
class RRHFLoss:
    """The loss of a batch of groups, and what it is made of; means over groups.

    ``ordered`` of the ``pairs`` with different rewards have the better response
    scored higher.
    """

    total: Any
    rank: Any
    tuning: Any
    ordered: Any
    pairs: Any


def token_nll(logits: Any, labels: Any) -> Any:
    """Return −log P of each label (rows × length), and 0 where the label is ``IGNORED``.

    ``logits`` is rows × length × vocabulary, each position's own: those of a
    causal model are to be shifted first.
    """
    flat = functional.cross_entropy(
        logits.float().reshape(-1, logits.shape[-1]),
        labels.reshape(-1),
        ignore_index=IGNORED,
        reduction="none",
    )
    return flat.view(labels.shape)


def response_scores(nll: Any, labels: Any, length_penalty: float = 1.0) -> Any:
    """Return p = Σ_t log P(y_t | y_<t, x) / |y|^length_penalty of each row (RRHF, equation 1)."""
    return -nll.sum(-1) / _lengths(labels) ** length_penalty


def rank_loss(scores: Any, rewards: Any, groups: Any) -> Any:
    """Return Σ max(0, p_a − p_b) over the pairs of a group with r_a < r_b, as a mean over groups.

    All arguments have one entry a row; ``groups`` holds each row's group number
    (RRHF, equation 2).
    """
    gaps = torch.relu(scores[:, None] - scores[None, :])
    return gaps[_pairs(rewards, groups)].sum() / groups.unique().numel()


def tuning_loss(nll: Any, labels: Any, rewards: Any, groups: Any, reduction: str = "sum") -> Any:
    """Return −log P of each group's best response, as a mean over groups (RRHF, equation 3).

    The best has the highest reward, and comes first where several have it.
    ``reduction`` is ``sum`` over its tokens, the papers', or their ``mean``.
    """
    if reduction not in ("sum", "mean"):
        raise ValueError(f"reduction {reduction!r} is neither sum nor mean")
    totals = nll.sum(-1)
    if reduction == "mean":
        totals = totals / _lengths(labels)
    return totals[best_rows(rewards, groups)].sum() / groups.unique().numel()


def rrhf_loss(
    nll: Any,
    labels: Any,
    rewards: Any,
    groups: Any,
    *,
    rank_weight: float = 1.0,
    length_penalty: float = 1.0,
    reduction: str = "sum",
) -> RRHFLoss:
    """Return L = rank_weight · L_rank + L_tuning (PerfRL, section 4.3)."""
    scores = response_scores(nll, labels, length_penalty)
    rank = rank_loss(scores, rewards, groups)
    tuning = tuning_loss(nll, labels, rewards, groups, reduction)
    pairs = _pairs(rewards, groups)
    ordered = (scores[:, None] < scores[None, :])[pairs].sum()
    return RRHFLoss(rank_weight * rank + tuning, rank, tuning, ordered, pairs.sum())


def best_rows(rewards: Any, groups: Any) -> Any:
    """Return a mask of the rows that are the first with the highest reward of their group."""
    together = groups[:, None] == groups[None, :]
    better = rewards[:, None] < rewards[None, :]
    number = torch.arange(len(rewards), device=rewards.device)
    earlier = (rewards[:, None] == rewards[None, :]) & (number[:, None] > number[None, :])
    return ~(together & (better | earlier)).any(-1)


def _pairs(rewards: Any, groups: Any) -> Any:
    """Return a mask, rows × rows, of (a, b) in one group with r_a < r_b."""
    return (groups[:, None] == groups[None, :]) & (rewards[:, None] < rewards[None, :])


def _lengths(labels: Any) -> Any:
    return (labels != IGNORED).sum(-1).clamp(min=1)

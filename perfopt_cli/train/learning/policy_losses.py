"""The losses of RLOO, GRPO and reward models, on tensors alone. Needs torch.

Rows are responses. ``logps``, ``before`` and ``reference`` are log P of each
token (rows × length) by the model in training, by the model that drew the
responses, and by the one that the KL penalty holds on to; ``mask`` is 1 where a
token belongs to the response.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class PolicyLoss:
    """Of each response: its loss, its KL a token, and the share of it where clipping holds."""

    losses: Any
    kl: Any
    clipped: Any


def kl_terms(logps: Any, reference: Any) -> Any:
    """Return π_ref/π − log(π_ref/π) − 1 of each token, an estimate of KL(π ‖ π_ref) that is ≥ 0.

    Source: Schulman, Approximating KL Divergence (2020), k3; Shao et al., 2024, equation 4.
    """
    gap = reference - logps
    return torch.exp(gap) - gap - 1


def rloo_loss(
    logps: Any, before: Any, reference: Any, mask: Any, advantages: Any, *, clip: float
) -> PolicyLoss:
    """Return −min(ρ·A, clip(ρ, 1 − ε, 1 + ε)·A) with ρ = π/π_before of whole responses.

    The gradient at the first step is that of REINFORCE, −A·∇log π(y | x)
    (Ahmadian et al., 2024, equation 8). The KL penalty is in the advantages.
    """
    ratio = torch.exp(((logps - before) * mask).sum(-1))
    losses, clipped = _clipped(ratio, advantages, clip)
    return PolicyLoss(losses, _mean(kl_terms(logps, reference).detach(), mask), clipped)


def grpo_loss(
    logps: Any, before: Any, reference: Any, mask: Any, advantages: Any, *, clip: float, kl: float
) -> PolicyLoss:
    """Return the mean over tokens of −min(ρ_t·A, clip(ρ_t, 1 − ε, 1 + ε)·A) + kl·k3.

    ρ_t = π/π_before of each token. Source: Shao et al., DeepSeekMath (2024), equation 3.
    """
    losses, clipped = _clipped(torch.exp(logps - before), advantages[:, None], clip)
    away = kl_terms(logps, reference)
    total = _mean(losses + kl * away, mask)
    return PolicyLoss(total, _mean(away.detach(), mask), _mean(clipped, mask))


def reward_loss(chosen: Any, rejected: Any, margins: Any) -> Any:
    """Return −log σ(r_f − r_s − μ) of each pair.

    Source: Nichols et al., Performance-Aligned LLMs for Generating Fast Code (2024), equation 2.
    """
    return -functional.logsigmoid(chosen - rejected - margins)


def _clipped(ratio: Any, advantages: Any, clip: float) -> tuple[Any, Any]:
    bounded = ratio.clamp(1 - clip, 1 + clip) * advantages
    free = ratio * advantages
    return -torch.minimum(free, bounded), (bounded < free).float()


def _mean(values: Any, mask: Any) -> Any:
    return (values * mask).sum(-1) / mask.sum(-1).clamp(min=1)

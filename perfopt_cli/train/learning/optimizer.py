"""Muon for the matrices inside a network, AdamW for all else. Needs torch.

Muon (Jordan et al., 2024) takes the momentum's nearest half-orthogonal matrix as
the update, by Newton-Schulz steps. It is scaled to the size of AdamW's (Liu et
al., Muon is Scalable for LLM Training, 2025), so one learning rate serves both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch

MOMENTUM = 0.95
BETAS = (0.9, 0.95)
TINY = 1e-8
STEPS = 4
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of Jordan et al.: singular values come to between 0.7 and 1.2; four steps do for all
that are above a hundredth of the matrix's norm."""
LIKE_ADAM = 0.2
"""The root mean square of AdamW's updates (Liu et al., section 2.2)."""


class Muon(torch.optim.Optimizer):  # type: ignore[misc]
    """Muon on parameter groups marked ``matrices``, AdamW on the others.

    Matrices of one shape are worked on together, in ``dtype``.
    """

    def __init__(
        self, groups: Iterable[dict[str, Any]], lr: float, weight_decay: float, dtype: torch.dtype
    ) -> None:
        super().__init__(groups, {"lr": lr, "weight_decay": weight_decay, "matrices": False})
        self.dtype = dtype

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Any = None) -> Any:
        """Take a step. A closure is called for the loss, with gradients."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            given = [one for one in group["params"] if one.grad is not None]
            if given:
                (self._muon if group["matrices"] else self._adam)(group, given)
        return loss

    def _muon(self, group: dict[str, Any], given: list[Any]) -> None:
        alike: dict[tuple[int, int], list[Any]] = {}
        for one in given:
            rows, columns = one.shape
            alike.setdefault((min(rows, columns), max(rows, columns)), []).append(one)
        for (_, longer), parameters in alike.items():
            flat = torch.stack([_lying(self._moved(one)) for one in parameters])
            updates = orthogonal(flat.to(self.dtype))
            for one, update in zip(parameters, updates, strict=True):
                one.mul_(1 - group["lr"] * group["weight_decay"])
                turned = update.T if one.shape[0] > one.shape[1] else update
                one.add_(turned.to(one.dtype), alpha=-group["lr"] * LIKE_ADAM * longer**0.5)

    def _moved(self, one: Any) -> Any:
        """Return the gradient with Nesterov's momentum."""
        state = self.state[one]
        if not state:
            state["momentum"] = torch.zeros_like(one)
        momentum = state["momentum"].lerp_(one.grad, 1 - MOMENTUM)
        return one.grad.lerp(momentum, MOMENTUM)

    def _adam(self, group: dict[str, Any], given: list[Any]) -> None:
        for one in given:
            state = self.state[one]
            if not state:
                state["step"] = torch.zeros(())
                state["mean"], state["square"] = torch.zeros_like(one), torch.zeros_like(one)
            state["step"] += 1
            count = float(state["step"])
            state["mean"].lerp_(one.grad, 1 - BETAS[0])
            state["square"].mul_(BETAS[1]).addcmul_(one.grad, one.grad, value=1 - BETAS[1])
            spread = (state["square"] / (1 - BETAS[1] ** count)).sqrt_().add_(TINY)
            if one.ndim > 1:
                one.mul_(1 - group["lr"] * group["weight_decay"])
            one.addcdiv_(state["mean"], spread, value=-group["lr"] / (1 - BETAS[0] ** count))


def _lying(matrix: Any) -> Any:
    return matrix.T if matrix.shape[0] > matrix.shape[1] else matrix


def orthogonal(matrices: Any, steps: int = STEPS) -> Any:
    """Return half-orthogonal matrices near to those of a stack, none of which is taller than wide.

    Their singular values are about 1, not exactly.
    """
    a, b, c = NEWTON_SCHULZ
    x = matrices / (matrices.flatten(1).norm(dim=1)[:, None, None] * 1.01 + TINY)
    for _ in range(steps):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x


def make_muon(model: Any, rate: float, weight_decay: float, dtype: torch.dtype) -> Muon:
    """Return the optimiser of a model: its embeddings, head and vectors are left to AdamW."""
    entry, exit = model.get_input_embeddings(), model.get_output_embeddings()
    outer = {id(part.weight) for part in (entry, exit) if part is not None}
    inside: list[Any] = []
    others: list[Any] = []
    for one in model.parameters():
        if one.requires_grad:
            is_inside = one.ndim == 2 and min(one.shape) > 2 and id(one) not in outer
            (inside if is_inside else others).append(one)
    groups = [{"params": inside, "matrices": True}, {"params": others, "matrices": False}]
    return Muon([group for group in groups if group["params"]], rate, weight_decay, dtype)

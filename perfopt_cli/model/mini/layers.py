"""The parts that the small model's network is built from. Needs torch.

Pre-norm transformer layers (Xiong et al., 2020) without biases: rotary
positions (Su et al., 2021), squared ReLU (So et al., 2021), normalised queries
and keys (Henry et al., 2020).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from perfopt_cli.model.mini.sizes import EPSILON, ROTARY_BASE

FAR = -1e4
"""Is added to the scores of what must not be seen."""


class Norm(nn.Module):  # type: ignore[misc]
    """Layer normalisation without a bias."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x: Any) -> Any:
        """Normalise the last dimension."""
        return functional.layer_norm(x, self.weight.shape, self.weight, None, EPSILON)


class _Rotate(torch.autograd.Function):  # type: ignore[misc]
    """Turns pairs of numbers, (x_i, x_{i + half}), by the angles of their positions.

    As a function of its own, because the gradient of a rotation is the rotation
    back: nothing is kept, and little memory is touched.
    """

    @staticmethod
    def forward(context: Any, x: Any, cos: Any, sin: Any) -> Any:
        context.save_for_backward(cos, sin)
        return _turned(x, cos, sin)

    @staticmethod
    def backward(context: Any, *gradients: Any) -> Any:
        cos, sin = context.saved_tensors
        return _turned(gradients[0], cos, -sin), None, None


def _turned(x: Any, cos: Any, sin: Any) -> Any:
    half = x.shape[-1] // 2
    first, second = x[..., :half], x[..., half:]
    out = torch.empty_like(x)
    torch.mul(first, cos, out=out[..., :half]).addcmul_(second, sin, value=-1)
    torch.mul(second, cos, out=out[..., half:]).addcmul_(first, sin)
    return out


def angles(first: int, count: int, dim: int, like: Any) -> tuple[Any, Any]:
    """Return cos and sin (count × 1 × dim / 2) of the positions from ``first`` on."""
    steps = torch.arange(0, dim, 2, device=like.device, dtype=torch.float32) / dim
    places = torch.arange(first, first + count, device=like.device, dtype=torch.float32)
    turns = torch.outer(places, ROTARY_BASE**-steps)[:, None, :]
    return turns.cos(), turns.sin()


class Attention(nn.Module):  # type: ignore[misc]
    """Attention of several heads on ``x`` itself."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = Norm(size)
        self.query = nn.Linear(size, size, bias=False)
        self.key = nn.Linear(size, size, bias=False)
        self.value = nn.Linear(size, size, bias=False)
        self.query_norm = Norm(size // heads)
        self.key_norm = Norm(size // heads)
        self.out = nn.Linear(size, size, bias=False)

    def split(self, x: Any) -> Any:
        """Return rows × tokens × heads × dim."""
        return x.view(*x.shape[:2], self.heads, -1)

    def forward(
        self,
        x: Any,
        turn: tuple[Any, Any],
        mask: Any = None,
        *,
        causal: bool = False,
        cache: Any = None,
        layer: int = 0,
    ) -> Any:
        """Return ``x`` plus what its tokens gather; with a cache, from earlier tokens too."""
        inner = self.norm(x)
        query = self.query_norm(self.split(self.query(inner)))
        key = self.key_norm(self.split(self.key(inner)))
        cos, sin = (part.to(query.dtype) for part in turn)
        query = _Rotate.apply(query, cos, sin).transpose(1, 2)
        key = _Rotate.apply(key, cos, sin).transpose(1, 2)
        value = self.split(self.value(inner)).transpose(1, 2)
        if cache is not None:
            key, value = cache.update(key, value, layer)
        return _sum(x, self.out(attended(query, key, value, mask, causal=causal)))


class CrossAttention(Attention):
    """Attention on what the encoder has read; the order of that is in it already."""

    def read(self, memory: Any) -> tuple[Any, Any]:
        """Return keys and values of the source."""
        key = self.key_norm(self.split(self.key(memory))).transpose(1, 2)
        return key, self.split(self.value(memory)).transpose(1, 2)

    def look(self, x: Any, key: Any, value: Any, mask: Any) -> Any:
        """Return ``x`` plus what its tokens gather of the source."""
        query = self.query_norm(self.split(self.query(self.norm(x)))).transpose(1, 2)
        return _sum(x, self.out(attended(query, key, value, mask)))


def attended(query: Any, key: Any, value: Any, mask: Any, *, causal: bool = False) -> Any:
    """Return the heads' outputs side by side, rows × tokens × size."""
    key, value = key.to(query.dtype), value.to(query.dtype)
    if query.is_cuda or not torch.is_grad_enabled():
        found = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, is_causal=causal
        )
    else:
        # On processors the gradient of torch's own attention takes three times as long.
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(-1, -2)
        if causal:
            mask = scores.new_ones(scores.shape[-2:]).bool().tril()
        if mask is not None:
            scores = scores + torch.zeros_like(mask, dtype=scores.dtype).masked_fill(~mask, FAR)
        found = scores.softmax(-1) @ value
    return found.transpose(1, 2).flatten(2)


class Feed(nn.Module):  # type: ignore[misc]
    """The layer that works on each token alone."""

    def __init__(self, size: int, inner: int) -> None:
        super().__init__()
        self.norm = Norm(size)
        self.up = nn.Linear(size, inner, bias=False)
        self.down = nn.Linear(inner, size, bias=False)

    def forward(self, x: Any) -> Any:
        """Return ``x`` plus the layer's output."""
        return _sum(x, self.down(functional.relu(self.up(self.norm(x))).square()))


def _sum(x: Any, more: Any) -> Any:
    return x + more.to(x.dtype)  # A sum of two types would be several times slower.

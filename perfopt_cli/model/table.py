"""The vocabulary's table in 8 bits. Everything here needs the ``model`` extra.

bitsandbytes leaves the table of the vocabulary as it is, and in a small model
with a large vocabulary that is a quarter of the weights: half of what is left
once the others have 4 bits.
"""

from __future__ import annotations

from typing import Any

import torch

LEAST = 2**24
"""Tables with fewer weights than this are left alone."""

_PART = 8192


class Table:
    """A table of vectors as 8-bit numbers with a scale for each row, rounded to nearest."""

    def __init__(self, weight: Any) -> None:
        self.codes = torch.empty(weight.shape, dtype=torch.int8, device=weight.device)
        self.scales = torch.empty(weight.shape[0], dtype=weight.dtype, device=weight.device)
        for start in range(0, weight.shape[0], _PART):
            part = weight[start : start + _PART].float()
            scales = (part.abs().amax(1) / 127).clamp(min=1e-12).to(weight.dtype)
            self.scales[start : start + _PART] = scales
            part = (part / scales.float()[:, None]).round_().clamp_(-127, 127)
            self.codes[start : start + _PART] = part.to(torch.int8)

    def rows(self, ids: Any) -> Any:
        """Return the vectors of these tokens."""
        return self.codes[ids].to(self.scales.dtype) * self.scales[ids][..., None]

    def products(self, states: Any) -> Any:
        """Return the product of each state with each vector: … × rows."""
        flat = states.reshape(-1, states.shape[-1]).to(self.scales.dtype)
        if flat.device.type == "cpu" and flat.dtype == torch.bfloat16:
            found = torch.ops.aten._weight_int8pack_mm(flat, self.codes, self.scales)
        else:
            parts = [
                (flat @ self.codes[start : start + _PART].to(flat.dtype).T)
                for start in range(0, len(self.codes), _PART)
            ]
            found = torch.cat(parts, -1) * self.scales
        return found.view(*states.shape[:-1], -1)


class TableEmbedding(torch.nn.Module):  # type: ignore[misc]
    """Stands in for an Embedding."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table = table

    def forward(self, ids: Any) -> Any:
        """Return the vectors of these tokens."""
        return self.table.rows(ids)


class TableHead(torch.nn.Module):  # type: ignore[misc]
    """Stands in for a Linear without a bias, at the model's end."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self.table = table

    def forward(self, states: Any) -> Any:
        """Return a score for each token of the vocabulary."""
        return self.table.products(states)


def shrink_vocabulary(model: Any, least: int = LEAST) -> bool:
    """Hold the model's vocabulary in 8 bits, once where input and output share it; tell if done.

    Left alone are small tables, tables that an adapter has changed, and
    encoder-decoder models.
    """
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    entry, head = base.get_input_embeddings(), base.get_output_embeddings()
    if (
        base.config.is_encoder_decoder
        or type(entry) is not torch.nn.Embedding
        or type(head) is not torch.nn.Linear
        or head.bias is not None
        or entry.weight.numel() < least
        or not entry.weight.is_floating_point()
    ):
        return False
    with torch.inference_mode():
        table = Table(entry.weight)
        shared = head.weight.data_ptr() == entry.weight.data_ptr()
        base.set_input_embeddings(TableEmbedding(table))
        base.set_output_embeddings(TableHead(table if shared else Table(head.weight)))
    return True


def let_go_of_file(model: Any) -> None:
    """Copy what still lies in the mapped checkpoint, so that the rest of the file leaves memory."""
    for _, one in [*model.named_parameters(), *model.named_buffers()]:
        if type(one) in (torch.nn.Parameter, torch.Tensor) and one.device.type == "cpu":
            one.data = one.data.clone()

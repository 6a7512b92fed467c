"""Attention for steps of a few tokens. Everything here needs the ``model`` extra."""

from __future__ import annotations

from typing import Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "perfopt_grouped"
MOST_TOKENS = 32
"""Longer steps, such as a prompt, go to torch's own attention."""

_PLAIN = {"sliding_window", "position_ids", "use_cache", "cache_position", "is_causal"}


def use_grouped_attention(model: Any) -> bool:
    """Have the model take short steps by grouped attention, where it can; tell whether it does.

    On CPUs torch's attention on bf16 is about ten times slower for a step of
    more than one token over grouped heads: it repeats the keys and values of
    each group, and its blocks are made for long steps.
    """
    if model.config._attn_implementation != "sdpa" or not model._supports_attention_backend:
        return False
    AttentionInterface.register(NAME, grouped)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    model.set_attn_implementation(NAME)
    return True


def grouped(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    scaling: float | None = None,
    **options: Any,
) -> tuple[Any, None]:
    """Return the attention of each group of heads in one product (rows × tokens × heads × width).

    Steps that are long, unmasked though they look at several new tokens, or
    with anything out of the ordinary are left to torch's attention.
    """
    rows, heads, tokens, width = query.shape
    is_odd = any(_is_given(given) for name, given in options.items() if name not in _PLAIN)
    if is_odd or tokens > MOST_TOKENS or not _can_mask(attention_mask, tokens):
        found, _ = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **options
        )
        return found, None
    groups = key.shape[1]
    each = heads // groups
    asked = query.reshape(rows, groups, each * tokens, width)
    scale = width**-0.5 if scaling is None else scaling
    scores = (asked @ key.transpose(2, 3)).view(rows, groups, each, tokens, -1).float() * scale
    if attention_mask is not None:
        scores = scores.masked_fill(~attention_mask[:, :, None], float("-inf"))
    shares = scores.softmax(-1).to(value.dtype).view(rows, groups, each * tokens, -1)
    found = (shares @ value).view(rows, heads, tokens, -1)
    return found.transpose(1, 2).contiguous(), None


def _is_given(option: Any) -> bool:
    return (
        option is not None
        and option is not False
        and not (isinstance(option, float) and option == 0.0)
    )


def _can_mask(mask: Any, tokens: int) -> bool:
    if mask is None:
        return tokens == 1
    return bool(mask.dtype == torch.bool and mask.dim() == 4 and mask.shape[1] == 1)

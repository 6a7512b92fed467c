"""Pick tokens from a model's scores. Everything here needs the ``model`` extra."""

from __future__ import annotations

from typing import Any

import torch

LIKELY = 256
"""So many of the likeliest tokens are sorted; all of them only where these are not enough."""


def pick(scores: Any, draws: Any, temperature: float, top_p: float) -> Any:
    """Return a token for each place (… of … × vocabulary).

    ``draws`` holds a number in [0, 1) for each place; a negative one asks for
    the likeliest token. Else the token is drawn from the smallest set of
    tokens whose probability reaches ``top_p`` (nucleus sampling, Holtzman et
    al., 2020).
    """
    greedy = draws < 0
    picked = torch.empty_like(draws, dtype=torch.long)
    if bool(greedy.any()):
        # Twice as fast as the argmax of 16-bit numbers on CPUs.
        picked[greedy] = scores[greedy].float().argmax(-1)
    if not bool(greedy.all()):
        picked[~greedy] = _drawn(scores[~greedy].float() / temperature, draws[~greedy], top_p)
    return picked


def _drawn(scores: Any, draws: Any, top_p: float) -> Any:
    total = scores.logsumexp(-1, keepdim=True)
    # Sorting a vocabulary of 150,000 takes longer than a small model's step on a CPU.
    top, tokens = scores.topk(min(LIKELY, scores.shape[-1]))
    reached = (top - total).exp().cumsum(-1)
    if bool((reached[:, -1] < top_p).any()):
        top, tokens = scores.sort(-1, descending=True)
        reached = (top - total).exp().cumsum(-1)
    before = reached - (top - total).exp()
    size = (before < top_p).sum(-1, keepdim=True).clamp(min=1)
    mass = reached.gather(-1, size - 1)
    index = (reached <= draws[:, None] * mass).sum(-1, keepdim=True)
    return tokens.gather(-1, torch.minimum(index, size - 1)).squeeze(-1)

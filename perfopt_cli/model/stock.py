"""Replies from transformers' own loop, for models that perfopt's can't run.

Such are models whose caches are not plain keys and values (sliding windows,
state spaces) and those with constraints on their output. The prompt is read
anew for each batch. Everything here needs the ``model`` extra.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import GenerationConfig

from perfopt_cli.core import Target
from perfopt_cli.model.generation import Done, Sampling, ends_of
from perfopt_cli.model.loading import Loaded


def write(
    loaded: Loaded,
    ids: Any,
    new_tokens: int,
    target: Target | None,
    sampling: Sampling,
    numbers: Sequence[int],
) -> list[str]:
    """Return the replies of these numbers in one batch; number 0 is the greedy one."""
    model, tokenizer = loaded.model, loaded.tokenizer
    is_seq2seq = model.config.is_encoder_decoder
    start = 1 if is_seq2seq else ids.shape[1]
    is_sampled = list(numbers) != [0]
    # Code repeats itself, so a penalty that the checkpoint asks for is taken off.
    settings: dict[str, Any] = {"do_sample": is_sampled, "repetition_penalty": 1.0}
    if is_sampled:
        settings |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0}
    options: dict[str, Any] = {"stopping_criteria": [_Complete(tokenizer, target, start)]}
    if is_sampled and 0 in numbers:
        options["logits_processor"] = [_GreedyFirstRow()]
    ends = sorted(ends_of(loaded))
    padding = tokenizer.pad_token_id
    if padding is None:
        padding = ends[0] if ends else 0
    written = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        generation_config=GenerationConfig(
            max_new_tokens=new_tokens,
            num_return_sequences=len(numbers),
            eos_token_id=ends or None,
            pad_token_id=padding,
            **settings,
        ),
        **options,
    )
    return [
        tokenizer.decode(row, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        for row in written[:, start:]
    ]


class _GreedyFirstRow:
    """Leaves the first row of a sampled batch its likeliest token only."""

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        best = scores[0].argmax()
        scores[0] = float("-inf")
        scores[0, best] = 0.0
        return scores


class _Complete:
    """Stops each row once its reply has given a rewrite of the target."""

    def __init__(self, tokenizer: Any, target: Target | None, start: int) -> None:
        self.is_done = Done(tokenizer, target)
        self.start = start
        self.done: set[int] = set()

    def __call__(self, input_ids: Any, scores: Any, **options: Any) -> Any:
        for row, written in enumerate(input_ids[:, self.start :].tolist()):
            if row not in self.done and self.is_done(written):
                self.done.add(row)
        return torch.tensor(
            [row in self.done for row in range(len(input_ids))], device=input_ids.device
        )

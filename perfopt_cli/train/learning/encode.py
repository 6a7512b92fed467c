"""Prompts and responses as token ids, and batches of them, for both kinds of models.

A causal model reads prompt and response in one row; an encoder-decoder reads
the prompt and writes the response. Nothing is ever cut: what is too long is
left out and counted. Imports torch where batches are made only.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.generation import prompt_ids, windows

TIES = ("random", "greedy", "target")
"""Kinds of candidates, first the one that wins where rewards are the same (PerfRL, section 4.3)."""

IGNORED = -100
"""The label of a position that is no part of a response: prompt and padding."""

_POOL = 32  # How many batches' rows are sorted by length together.


@dataclass(frozen=True, slots=True)
class Group:
    """A prompt and responses to it with their rewards, in the order in which ties are broken."""

    prompt: str
    responses: tuple[str, ...]
    rewards: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.responses or len(self.responses) != len(self.rewards):
            raise ValueError(
                f"a group has {len(self.responses)} responses and {len(self.rewards)} rewards"
            )


def make_group(prompt: str, candidates: Sequence[tuple[str, str, float]]) -> Group:
    """Return the group of (kind, response, reward) candidates; kinds are those of ``TIES``."""
    ranked = sorted(candidates, key=lambda candidate: TIES.index(candidate[0]))
    return Group(prompt, tuple(text for _, text, _ in ranked), tuple(one for *_, one in ranked))


@dataclass(frozen=True, slots=True)
class Row:
    """A group as token ids; each response ends with the token that ends a text."""

    prompt: tuple[int, ...]
    responses: tuple[tuple[int, ...], ...]
    rewards: tuple[float, ...] = (0.0,)

    @property
    def length(self) -> int:
        """How many tokens the longest response has, with the prompt."""
        return len(self.prompt) + max(map(len, self.responses))


@dataclass(frozen=True, slots=True)
class Encoded:
    """What fits, and how much does not.

    ``left_out`` groups have a prompt or best response that is too long;
    ``responses_left_out`` other responses are too long, in groups that stay.
    """

    rows: tuple[Row, ...]
    left_out: int
    responses_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Codec:
    """How a model and its tokenizer put texts.

    ``config`` is the model's. A causal model has ``reads`` tokens for prompt and
    response together, an encoder-decoder has ``reads`` and ``writes``. Batches are
    padded to a multiple of ``step``. ``gives_nll``: given labels, the model returns
    −log P of each.
    """

    config: Any
    tokenizer: Any
    is_seq2seq: bool
    end: int
    padding: int
    start: int
    reads: int
    writes: int
    step: int = 1
    gives_nll: bool = False

    def prompt(self, text: str) -> tuple[int, ...]:
        """Return a prompt's ids, as ``perfopt optimize`` has them."""
        return tuple(prompt_ids(self.config, self.tokenizer, text))

    def response(self, text: str) -> tuple[int, ...]:
        """Return a response's ids with the end token."""
        ids = self.tokenizer(text, add_special_tokens=self.is_seq2seq)["input_ids"]
        return tuple(ids) if ids and ids[-1] == self.end else (*ids, self.end)

    def room(self, prompt: Sequence[int]) -> int:
        """Return how many tokens a response to the prompt may have; 0 where it is too long."""
        if self.is_seq2seq:
            return self.writes if len(prompt) <= self.reads else 0
        return max(0, self.reads - len(prompt))


def codec_for(model: Any, tokenizer: Any, max_length: int) -> Codec:
    """Return the codec of a model, with no text longer than ``max_length`` or the model's window.

    Raises PerfoptError for a tokenizer without an end token.
    """
    config = model.config
    # What only judges texts has no settings to write them by.
    generation = getattr(model, "generation_config", None) or config
    ends = generation.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    end = tokenizer.eos_token_id
    if end is None or (ends[0] is not None and end not in ends):
        end = ends[0]
    if end is None:
        raise PerfoptError(
            "the model's tokenizer has no token that ends a text (eos_token), so the model can't "
            "learn where a program ends; set one in tokenizer_config.json"
        )
    padding = end if tokenizer.pad_token_id is None else tokenizer.pad_token_id
    start = getattr(config, "decoder_start_token_id", None)
    if start is None:
        start = getattr(generation, "decoder_start_token_id", None)
    if config.is_encoder_decoder and start is None:
        raise PerfoptError("the model's config.json has no decoder_start_token_id; add it")
    reads, writes, _ = windows(config, tokenizer)
    return Codec(
        config, tokenizer, bool(config.is_encoder_decoder), end, padding, start or 0,
        min(reads, max_length), min(writes, max_length),
        getattr(config, "pads_to", 1), getattr(config, "gives_nll", False),
    )  # fmt: skip


def encode_pairs(codec: Codec, pairs: Sequence[tuple[str, str]]) -> Encoded:
    """Encode (prompt, response) pairs. Raises PerfoptError where none fits."""
    return encode_groups(codec, [Group(prompt, (response,), (0.0,)) for prompt, response in pairs])


def encode_groups(codec: Codec, groups: Sequence[Group]) -> Encoded:
    """Encode groups. Raises PerfoptError where none fits.

    A group whose best response is too long is left out as a whole: the next
    best may be wrong, and would be taught.
    """
    rows = []
    shortened = 0
    for group in groups:
        prompt = codec.prompt(group.prompt)
        responses = [codec.response(text) for text in group.responses]
        fits = [len(response) <= codec.room(prompt) for response in responses]
        if fits[group.rewards.index(max(group.rewards))]:
            kept = [number for number, fit in enumerate(fits) if fit]
            shortened += len(fits) - len(kept)
            rows.append(
                Row(
                    prompt,
                    tuple(responses[number] for number in kept),
                    tuple(group.rewards[number] for number in kept),
                )
            )
    if groups and not rows:
        raise PerfoptError(
            f"none of the {len(groups)} texts to train on fits into {codec.reads} tokens; raise "
            "max_length, or use a model with a longer context"
        )
    return Encoded(tuple(rows), len(groups) - len(rows), shortened)


def collate(codec: Codec, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the rows as one batch of tensors, padded on the right.

    ``labels``, ``rewards`` and ``groups`` have one entry for each response, and
    so have the ``input_ids`` of a causal model. An encoder-decoder's have one
    for each row; its ``decoder_input_ids`` are the labels, shifted.
    """
    import torch

    responses = [response for row in rows for response in row.responses]
    prompts = [row.prompt for row in rows for _ in row.responses]
    batch: dict[str, Any] = {
        "rewards": torch.tensor([reward for row in rows for reward in row.rewards]),
        "groups": torch.tensor([n for n, row in enumerate(rows) for _ in row.responses]),
    }
    if codec.is_seq2seq:
        read: list[tuple[int, ...]] = [row.prompt for row in rows]
        batch["labels"] = _padded(responses, IGNORED, codec.step)
        shifted = [(codec.start, *response[:-1]) for response in responses]
        batch["decoder_input_ids"] = _padded(shifted, codec.padding, codec.step)
    else:
        read = [prompt + response for prompt, response in zip(prompts, responses, strict=True)]
        masked = [
            (IGNORED,) * len(prompt) + response
            for prompt, response in zip(prompts, responses, strict=True)
        ]
        batch["labels"] = _padded(masked, IGNORED, codec.step)
    batch["input_ids"] = _padded(read, codec.padding, codec.step)
    batch["attention_mask"] = _padded([(1,) * len(ids) for ids in read], 0, codec.step)
    return batch


def _padded(rows: Sequence[Sequence[int]], filler: int, step: int) -> Any:
    import torch

    width = -(-max(map(len, rows)) // step) * step
    return torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])


class BucketSampler:
    """Row numbers in an order in which neighbours are of similar length.

    The order depends on the seed and the epoch alone, and each optimiser step's
    ``batch`` rows are the same however they are shared out to devices. Only the
    last batch of an epoch may be smaller. ``epoch`` is asked at the start of
    each round.
    """

    def __init__(
        self, lengths: Sequence[int], batch: int, seed: int, epoch: Callable[[], int]
    ) -> None:
        self.lengths = lengths
        self.batch = batch
        self.seed = seed
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        draw = random.Random(f"{self.seed} {self.epoch()}")
        order = list(range(len(self.lengths)))
        draw.shuffle(order)
        batches = []
        for start in range(0, len(order), self.batch * _POOL):
            pool = order[start : start + self.batch * _POOL]
            pool.sort(key=self.lengths.__getitem__, reverse=True)
            batches += [pool[at : at + self.batch] for at in range(0, len(pool), self.batch)]
        rest = [batches.pop()] if len(order) % self.batch else []
        draw.shuffle(batches)
        for batch in batches + rest:
            yield from batch

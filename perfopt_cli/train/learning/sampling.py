"""Draw responses from a model in training. Needs the ``model`` extra."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.model.loading import quiet
from perfopt_cli.train.config import TrainConfig
from perfopt_cli.train.learning.encode import Codec, codec_for
from perfopt_cli.train.learning.models import uses_bf16


@dataclass(frozen=True, slots=True)
class Sampled:
    """A response. ``kind`` is random or greedy; ``finished`` tells whether the model ended it."""

    text: str
    kind: str
    finished: bool
    tokens: int


def sample(
    model: Any, tokenizer: Any, prompts: Sequence[str], config: TrainConfig, seed: int
) -> list[list[Sampled]]:
    """Return ``config.samples`` random responses and the greedy one to each prompt, in this order.

    A prompt that leaves no room for a response gets none. But for rounding, the
    random responses depend on the seed and the prompt alone, not on the other
    prompts; a prompt that occurs twice gets the same ones. Raises PerfoptError.
    """
    codec = codec_for(model, tokenizer, config.max_length)
    with quiet(), _generating(model, config):
        ids = [codec.prompt(prompt) for prompt in prompts]
        order = [number for number, one in enumerate(ids) if codec.room(one)]
        order.sort(key=lambda number: (len(ids[number]), number))
        found: list[list[Sampled]] = [[] for _ in prompts]
        size, at = max(1, config.device_batch), 0
        while at < len(order):
            part = order[at : at + size]
            draws = [(prompts[number], ids[number]) for number in part]
            replies = _draw(model, codec, draws, config, seed)
            if replies is None:
                if len(part) == 1:
                    raise PerfoptError(
                        f"the model runs out of memory on {config.samples + 1} responses to one "
                        "prompt; use a lower max_new_tokens or samples, or a smaller model"
                    )
                size = len(part) // 2
                continue
            for number, reply in zip(part, replies, strict=True):
                found[number] = reply
            at += len(part)
    return found


@contextmanager
def _generating(model: Any, config: TrainConfig) -> Iterator[None]:
    """Set the model up to generate, and back to what it was."""
    import torch

    training = model.training
    model.eval()
    autocast = torch.autocast(model.device.type, torch.bfloat16, enabled=uses_bf16(config))
    try:
        # No inference_mode: what a model caches in it can't be trained with afterwards.
        with torch.no_grad(), autocast, torch.random.fork_rng():
            yield
    finally:
        model.train(training)


def _draw(
    model: Any,
    codec: Codec,
    draws: Sequence[tuple[str, tuple[int, ...]]],
    config: TrainConfig,
    seed: int,
) -> list[list[Sampled]] | None:
    """Return the responses to (prompt, ids), or None where memory runs out."""
    import torch

    try:
        written = _generate(model, codec, draws, config, seed)
    except (RuntimeError, MemoryError) as error:
        told = str(error).lower()
        # The CPU allocator raises a plain RuntimeError.
        if not isinstance(error, torch.OutOfMemoryError | MemoryError) and (
            "allocate memory" not in told and "out of memory" not in told
        ):
            raise PerfoptError(f"the model failed to generate: {error}") from error
        if model.device.type == "cuda":
            torch.cuda.empty_cache()
        return None
    kinds = ["random"] * config.samples + ["greedy"]
    ends = _ends(model, codec)
    rows = iter(written)
    return [
        [_sampled(codec, ids, next(rows), config, ends, kind) for kind in kinds] for _, ids in draws
    ]


def _generate(
    model: Any,
    codec: Codec,
    draws: Sequence[tuple[str, tuple[int, ...]]],
    config: TrainConfig,
    seed: int,
) -> list[list[int]]:
    """Return the new tokens of each response, all of a prompt's one after the other."""
    import torch
    from transformers import GenerationConfig

    width = max(len(ids) for _, ids in draws)
    # Causal models go on from the last column, so prompts are padded on the left.
    rows = [_padded(ids, width, codec.padding, left=not codec.is_seq2seq) for _, ids in draws]
    masks = [_padded((1,) * len(ids), width, 0, left=not codec.is_seq2seq) for _, ids in draws]
    each = config.samples + 1
    written = model.generate(
        input_ids=torch.tensor(rows, device=model.device),
        attention_mask=torch.tensor(masks, device=model.device),
        logits_processor=[_Choice([prompt for prompt, _ in draws], config, seed)],
        generation_config=GenerationConfig(
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            repetition_penalty=1.0,
            num_return_sequences=each,
            use_cache=True,
            max_new_tokens=max(_room(codec, ids, config) for _, ids in draws),
            eos_token_id=_ends(model, codec),
            pad_token_id=codec.padding,
            decoder_start_token_id=codec.start if codec.is_seq2seq else None,
        ),
    )
    return list(written[:, 1 if codec.is_seq2seq else width :].tolist())


def _padded(ids: Sequence[int], width: int, filler: int, *, left: bool) -> list[int]:
    missing = [filler] * (width - len(ids))
    return [*missing, *ids] if left else [*ids, *missing]


def _room(codec: Codec, ids: Sequence[int], config: TrainConfig) -> int:
    return min(config.max_new_tokens, codec.room(ids))


def _ends(model: Any, codec: Codec) -> list[int]:
    ends = model.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    return sorted({codec.end, *(end for end in ends if end is not None)})


def _sampled(
    codec: Codec,
    ids: Sequence[int],
    written: Sequence[int],
    config: TrainConfig,
    ends: Sequence[int],
    kind: str,
) -> Sampled:
    # Short prompts of a batch leave more room than long ones.
    written = written[: _room(codec, ids, config)]
    at = next((n for n, token in enumerate(written) if token in ends), None)
    kept = list(written if at is None else written[:at])
    text = codec.tokenizer.decode(
        kept, skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    return Sampled(text, kind, at is not None, len(kept))


class _Choice:
    """Leaves each row the token it is to take: its likeliest, or one drawn by its own numbers.

    Drawing is by the Gumbel trick: the largest of log P plus Gumbel noise is
    distributed as P (Maddison et al., 2014).
    """

    def __init__(self, prompts: Sequence[str], config: TrainConfig, seed: int) -> None:
        self.temperature = max(config.temperature, 1e-6)
        self.top_k = config.top_k
        self.generators = [
            _generator(f"{seed} {number} {prompt}") if number < config.samples else None
            for prompt in prompts
            for number in range(config.samples + 1)
        ]

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        import torch

        count = min(self.top_k or scores.shape[1], scores.shape[1])
        values, tokens = scores.float().topk(count)
        noise = torch.stack([_gumbel(one, count) for one in self.generators])
        picked = (values / self.temperature + noise.to(values.device)).argmax(-1, keepdim=True)
        only = torch.full_like(scores, float("-inf"))
        return only.scatter(1, tokens.gather(1, picked), 0.0)


def _generator(text: str) -> Any:
    import torch

    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")
    return torch.Generator().manual_seed(number)


def _gumbel(generator: Any, count: int) -> Any:
    import torch

    if generator is None:
        return torch.zeros(count)
    return -torch.empty(count).exponential_(generator=generator).log()

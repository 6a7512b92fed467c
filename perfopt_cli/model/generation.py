"""Draw replies from a loaded model. Everything here needs the ``model`` extra."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from perfopt_cli.core import PerfoptError, Target
from perfopt_cli.model.loading import Loaded
from perfopt_cli.model.prompt import Prompt, TooLong
from perfopt_cli.model.replies import is_complete

_UNBOUNDED = 10**9


@dataclass(frozen=True, slots=True)
class Sampling:
    """How replies are drawn. The first reply is greedy; these hold for the others.

    A reply has at most ``max_new_tokens``, and fewer for short functions:
    ``spare_tokens`` more than twice the function's own.
    """

    temperature: float = 0.8
    top_p: float = 0.95
    seed: int = 0
    max_new_tokens: int = 4096
    spare_tokens: int = 192


def draw(loaded: Loaded, prompt: str, n: int, sampling: Sampling) -> list[str]:
    """Return n replies, the greedy one first, in one batch where memory allows.

    Raises TooLong for a prompt that can't fit, PerfoptError where generation fails.
    """
    import torch

    ids, new_tokens = _fit(loaded, prompt, sampling)
    target = prompt.target if isinstance(prompt, Prompt) else None
    replies: list[str] = []
    batch = n
    with torch.random.fork_rng(), torch.inference_mode():
        torch.manual_seed(sampling.seed)
        while len(replies) < n:
            rows = min(batch, n - len(replies))
            greedy_first = not replies
            drawn = _batch(loaded, ids, rows, new_tokens, target, sampling, greedy_first)
            if drawn is not None:
                replies += drawn
            elif rows > 1:
                batch = rows // 2
            else:
                raise PerfoptError(
                    f"{loaded.name} runs out of memory on one reply of {new_tokens} tokens "
                    f"({loaded.weights} on {loaded.device}); use a smaller model or --quantize nf4"
                )
    return replies


def _fit(loaded: Loaded, prompt: str, sampling: Sampling) -> tuple[Any, int]:
    """Return the prompt's token ids (1 × length), shortened if need be, and room for a reply."""
    import torch

    source = prompt.target.source if isinstance(prompt, Prompt) else prompt
    own = len(loaded.tokenizer(source, add_special_tokens=False)["input_ids"])
    wanted = min(sampling.max_new_tokens, 2 * own + sampling.spare_tokens)
    reads, writes, shared = windows(loaded.model.config, loaded.tokenizer)
    length, form = 0, prompt
    while True:
        ids = torch.tensor([prompt_ids(loaded.model.config, loaded.tokenizer, form)])
        length = ids.shape[1]
        room = min(wanted, writes - length if shared else writes)
        if length <= reads and room >= min(own, wanted):
            return ids, room
        if not isinstance(form, Prompt) or form.shorter is None:
            break
        form = form.shorter
    what = prompt.target.qualname if isinstance(prompt, Prompt) else "the prompt"
    raise TooLong(
        f"{what} is too long for {loaded.name}: {length} tokens and a reply of about {own}, "
        f"with room for {reads}; use a model with a longer context"
    )


def windows(config: Any, tokenizer: Any) -> tuple[int, int, bool]:
    """Return how many tokens can be read and written, and whether both share one window."""
    positions = getattr(config.get_text_config(), "max_position_embeddings", None)
    trained = tokenizer.model_max_length
    if config.is_encoder_decoder:
        return min(positions or trained, trained), positions or _UNBOUNDED, False
    window = positions or trained
    return window, window, True


def prompt_ids(config: Any, tokenizer: Any, prompt: str) -> list[int]:
    """Return the prompt as the model reads it: a chat where the tokenizer has a template for one.

    A prompt that is to be sent verbatim is none. ``config`` is the model's.
    Raises PerfoptError where the template fails.
    """
    verbatim = isinstance(prompt, Prompt) and prompt.verbatim
    if config.is_encoder_decoder or verbatim or not tokenizer.chat_template:
        return list(tokenizer(prompt)["input_ids"])
    if isinstance(prompt, Prompt):
        system, user = prompt.messages.system, prompt.messages.user
    else:
        system, user = "", prompt
    text = chat_text(tokenizer, system, user)
    # The template has put in the special tokens already.
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def chat_text(tokenizer: Any, system: str, user: str) -> str:
    """Return the messages in the tokenizer's chat template, special tokens and all.

    Raises PerfoptError where the template fails.
    """
    from jinja2 import TemplateError

    options = {"tokenize": False, "add_generation_prompt": True, "enable_thinking": False}
    if system:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        try:
            return str(tokenizer.apply_chat_template(messages, **options))
        except TemplateError:
            user = f"{system}\n\n{user}"  # Some templates refuse the system role.
    try:
        return str(tokenizer.apply_chat_template([{"role": "user", "content": user}], **options))
    except TemplateError as error:
        raise PerfoptError(f"the model's chat template fails: {error}; use another model") from None


def _batch(
    loaded: Loaded,
    ids: Any,
    rows: int,
    new_tokens: int,
    target: Target | None,
    sampling: Sampling,
    greedy_first: bool,
) -> list[str] | None:
    """Return ``rows`` replies, or None where memory runs out."""
    import torch

    try:
        return _sample(loaded, ids, rows, new_tokens, target, sampling, greedy_first)
    except (RuntimeError, MemoryError) as error:
        told = str(error).lower()
        # The CPU allocator raises a plain RuntimeError.
        if not isinstance(error, torch.OutOfMemoryError | MemoryError) and (
            "allocate memory" not in told and "out of memory" not in told
        ):
            raise PerfoptError(f"{loaded.name} failed to generate: {error}") from error
    if loaded.device == "cuda":
        torch.cuda.empty_cache()
    return None


def _sample(
    loaded: Loaded,
    ids: Any,
    rows: int,
    new_tokens: int,
    target: Target | None,
    sampling: Sampling,
    greedy_first: bool,
) -> list[str]:
    import torch
    from transformers import GenerationConfig

    model, tokenizer = loaded.model, loaded.tokenizer
    ids = ids.to(model.device)
    is_seq2seq = model.config.is_encoder_decoder
    start = 1 if is_seq2seq else ids.shape[1]
    settings = _settings(sampling, is_sampled=rows > 1 or not greedy_first)
    options: dict[str, Any] = {}
    if is_seq2seq:
        settings["num_return_sequences"] = rows
    elif rows > 1:
        options["past_key_values"] = _prefilled(model, ids, rows)
        ids = ids.repeat(rows, 1)
    if rows > 1 and greedy_first:
        options["logits_processor"] = [_GreedyFirstRow()]
    if target is not None:
        options["stopping_criteria"] = [_Complete(tokenizer, target, start)]
    written = model.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        generation_config=GenerationConfig(max_new_tokens=new_tokens, **_ends(loaded), **settings),
        **options,
    )
    return [
        tokenizer.decode(row, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        for row in written[:, start:]
    ]


def _settings(sampling: Sampling, *, is_sampled: bool) -> dict[str, Any]:
    # Code repeats itself, so a penalty that the checkpoint asks for is taken off.
    settings: dict[str, Any] = {"do_sample": is_sampled, "repetition_penalty": 1.0}
    if is_sampled:
        settings |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0}
    return settings


def _ends(loaded: Loaded) -> dict[str, Any]:
    """Return the tokens that end a reply, and the one that fills the row after it."""
    tokenizer = loaded.tokenizer
    end = loaded.model.generation_config.eos_token_id
    end = tokenizer.eos_token_id if end is None else end
    padding = tokenizer.pad_token_id
    if padding is None:
        padding = end[0] if isinstance(end, Sequence) else end
    return {"eos_token_id": end, "pad_token_id": 0 if padding is None else padding}


def _prefilled(model: Any, ids: Any, rows: int) -> Any:
    """Return a cache of the prompt but its last token, read once and repeated for each row.

    None for models whose cache can't be repeated so.
    """
    from transformers.cache_utils import DynamicCache, DynamicLayer

    length = ids.shape[1] - 1
    if not length:
        return None
    options = {"logits_to_keep": 1} if model._supports_logits_to_keep() else {}
    read = model(input_ids=ids[:, :length], use_cache=True, **options)
    cache: Any = getattr(read, "past_key_values", None)
    if type(cache) is not DynamicCache or {type(layer) for layer in cache.layers} != {DynamicLayer}:
        return None
    if cache.get_seq_length() != length:
        return None  # An adapter that puts tokens of its own before the prompt.
    cache.batch_repeat_interleave(rows)
    return cache


class _GreedyFirstRow:
    """Leaves the first row of a sampled batch its likeliest token only."""

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        best = scores[0].argmax()
        scores[0] = float("-inf")
        scores[0, best] = 0.0
        return scores


class _Complete:
    """Stops each row once its reply has given a rewrite of the target."""

    def __init__(self, tokenizer: Any, target: Target, start: int) -> None:
        self.tokenizer = tokenizer
        self.target = target
        self.start = start
        self.done: set[int] = set()

    def __call__(self, input_ids: Any, scores: Any, **options: Any) -> Any:
        import torch

        for row, last in enumerate(input_ids[:, -1].tolist()):
            # A reply is complete at the end of a line, so only there it is worth parsing.
            if row not in self.done and "\n" in self.tokenizer.decode([last]):
                text = self.tokenizer.decode(input_ids[row, self.start :], skip_special_tokens=True)
                if is_complete(text, self.target):
                    self.done.add(row)
        finished = [row in self.done for row in range(len(input_ids))]
        return torch.tensor(finished, device=input_ids.device)

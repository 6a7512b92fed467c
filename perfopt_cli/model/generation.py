"""Draw replies from a loaded model. Everything here needs the ``model`` extra."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from perfopt_cli.core import PerfoptError, ReplyFailed, Target
from perfopt_cli.model.loading import Loaded
from perfopt_cli.model.prompt import Prompt, TooLong
from perfopt_cli.model.replies import is_complete

Result = TypeVar("Result")

_UNBOUNDED = 10**9


@dataclass(frozen=True, slots=True)
class Sampling:
    """How replies are drawn. The first reply is greedy; these hold for the others.

    A reply has at most ``max_new_tokens``, and fewer for short functions:
    ``spare_tokens`` more than twice the function's own. ``lookup`` is prompt
    lookup, which changes how fast replies come, not what they say.
    """

    temperature: float = 0.8
    top_p: float = 0.95
    seed: int = 0
    max_new_tokens: int = 4096
    spare_tokens: int = 192
    lookup: bool = True


@dataclass(frozen=True, slots=True)
class Drawn:
    """Replies, and how many were drawn at once: fewer than asked for where memory ran out."""

    replies: list[str]
    batch: int


def draw(loaded: Loaded, prompt: str, n: int, sampling: Sampling) -> Drawn:
    """Return n replies, the greedy one first, in one batch where memory allows.

    A reply depends on the seed and its number only, but for rounding: products
    of another shape add up in another order. Raises TooLong for a prompt that
    can't fit, ReplyFailed where there is too little memory for one reply to this
    prompt, PerfoptError where generation fails.
    """
    import torch

    ids, new_tokens = _fit(loaded, prompt, sampling)
    target = prompt.target if isinstance(prompt, Prompt) else None
    replies: list[str] = []
    batch = n
    with torch.random.fork_rng(), torch.inference_mode():
        torch.manual_seed(sampling.seed)
        writer = _guarded(loaded, lambda: _writer(loaded, ids, new_tokens, target, sampling))
        while len(replies) < n:
            numbers = range(len(replies), min(len(replies) + batch, n))
            drawn = writer and _guarded(loaded, partial(writer, numbers))
            if drawn is not None:
                replies += drawn
            elif writer and len(numbers) > 1:
                batch = len(numbers) // 2
            else:
                raise ReplyFailed(
                    f"{loaded.name} runs out of memory on one reply of {new_tokens} tokens "
                    f"({loaded.weights} on {loaded.device}); use a smaller model or --quantize nf4"
                )
    return Drawn(replies, batch)


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


def _guarded(loaded: Loaded, work: Callable[[], Result]) -> Result | None:
    """Return what the work does, or None where memory runs out."""
    import torch

    try:
        return work()
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


def _writer(
    loaded: Loaded, ids: Any, new_tokens: int, target: Target | None, sampling: Sampling
) -> Callable[[Sequence[int]], list[str]]:
    """Read the prompt, and return a function that writes the replies of these numbers."""
    from perfopt_cli.model.decoding import ROOM, ROOM_ON_GPU, Manner, Writer, read_prompt

    ids = ids.to(loaded.model.device)
    reading = read_prompt(loaded.model, ids)
    if reading is None:
        from perfopt_cli.model.stock import write

        return partial(write, loaded, ids, new_tokens, target, sampling)
    room = ROOM.get(loaded.weights, 1) if loaded.device == "cpu" else ROOM_ON_GPU
    manner = Manner(
        sampling.temperature,
        sampling.top_p,
        sampling.seed,
        new_tokens,
        ends_of(loaded),
        room if sampling.lookup else 0,
    )
    text = partial(
        loaded.tokenizer.decode, skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    is_done = Done(loaded.tokenizer, target)

    def write_rows(numbers: Sequence[int]) -> list[str]:
        return [text(written) for written in Writer(reading, numbers, manner, is_done).write()]

    return write_rows


def ends_of(loaded: Loaded) -> frozenset[int]:
    """Return the tokens that end a reply."""
    end = loaded.model.generation_config.eos_token_id
    end = loaded.tokenizer.eos_token_id if end is None else end
    return frozenset([] if end is None else end if isinstance(end, Sequence) else [end])


class Done:
    """Tells whether a reply has given a rewrite of the target."""

    def __init__(self, tokenizer: Any, target: Target | None) -> None:
        self.tokenizer = tokenizer
        self.target = target

    def __call__(self, written: Sequence[int]) -> bool:
        """Look at the reply's tokens so far; only what the last one changes."""
        # A reply is complete at the end of a line, so only there it is worth parsing.
        if self.target is None or "\n" not in self.tokenizer.decode(written[-1:]):
            return False
        return is_complete(self.tokenizer.decode(written, skip_special_tokens=True), self.target)

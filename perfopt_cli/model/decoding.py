"""Write several replies at once after one reading of the prompt.

Everything here needs the ``model`` extra.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from transformers.cache_utils import DynamicCache, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput

from perfopt_cli.model.attention import NAME
from perfopt_cli.model.lookup import Lookup
from perfopt_cli.model.nucleus import pick
from perfopt_cli.model.rowcache import RowCache, can_repeat

GUESSED, MOST_GUESSED = 3, 16
"""How many tokens a reply is guessed ahead at first, and at most while the guesses hold."""

ROOM = {"nf4": 4, "int8": 8, "bf16": 16}
"""How many tokens a step on a CPU takes before it costs more than they are worth."""

ROOM_ON_GPU = 64

_UNUSUAL = (
    "forced_bos_token_id", "forced_eos_token_id", "suppress_tokens", "begin_suppress_tokens",
    "no_repeat_ngram_size", "bad_words_ids", "sequence_bias",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt as the model has read it, but for its last token: the first step's input.

    ``uneven`` says whether rows of different lengths can share a step.
    """

    model: Any
    ids: tuple[int, ...]
    cache: Any
    length: int
    last: int
    uneven: bool
    encoded: Any = None
    cross: Any = None


@dataclass(frozen=True, slots=True)
class Manner:
    """How replies are drawn. ``room`` is how many tokens a step should have at most.

    Row 0 is greedy; ``room`` of 0 means that nothing is guessed ahead.
    """

    temperature: float
    top_p: float
    seed: int
    new_tokens: int
    ends: frozenset[int]
    room: int


@dataclass(slots=True)
class _Row:
    number: int
    last: int
    lookup: Lookup
    chance: random.Random
    draws: list[float] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    guessed: list[int] = field(default_factory=list)
    reach: int = 0

    def draw(self, place: int) -> float:
        """Return the number that decides the token at a place; -1 in the greedy row."""
        if self.number == 0:
            return -1.0
        while len(self.draws) <= place:
            self.draws.append(self.chance.random())
        return self.draws[place]


def read_prompt(model: Any, ids: Any) -> Reading | None:
    """Read the prompt (1 × length), once; None for models that need transformers' own loop."""
    settings = model.generation_config
    if ids.shape[1] < 2 or any(getattr(settings, name, None) for name in _UNUSUAL):
        return None
    tokens = tuple(ids[0].tolist())
    if model.config.is_encoder_decoder:
        return _read_by_encoder(model, ids, tokens)
    length = ids.shape[1] - 1
    read = model(input_ids=ids[:, :length], use_cache=True, **_last_only(model))
    cache = getattr(read, "past_key_values", None)
    if not can_repeat(cache, length):
        return None
    return Reading(model, tokens, cache, length, tokens[-1], _takes_uneven_rows(model))


def _read_by_encoder(model: Any, ids: Any, tokens: tuple[int, ...]) -> Reading | None:
    start = model.generation_config.decoder_start_token_id
    if not isinstance(start, int):
        return None
    encoded = model.get_encoder()(input_ids=ids, attention_mask=torch.ones_like(ids))
    # One step fills the cache of what the decoder sees of the prompt.
    read = model(
        encoder_outputs=encoded,
        attention_mask=torch.ones_like(ids),
        decoder_input_ids=torch.tensor([[start]], device=ids.device),
        use_cache=True,
    )
    cache = read.past_key_values
    if type(cache) is not EncoderDecoderCache or not can_repeat(cache.self_attention_cache, 1):
        return None
    cross = cache.cross_attention_cache
    return Reading(model, tokens, cache.self_attention_cache, 0, start, False, encoded[0], cross)


def _last_only(model: Any) -> dict[str, int]:
    return {"logits_to_keep": 1} if model._supports_logits_to_keep() else {}


def _takes_uneven_rows(model: Any) -> bool:
    """Tell whether the model takes positions and a mask for each row.

    The masks are of true and false, which only some attention understands.
    """
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    return (
        bool(base._supports_attention_backend)
        and base.config._attn_implementation in ("sdpa", NAME)
        and "position_ids" in inspect.signature(base.forward).parameters
    )


class Writer:
    """Writes a batch of replies, token by token; ``write`` returns their tokens.

    All rows take each step together; a row that is done leaves the batch. Where
    a step has room to spare, rows guess ahead by prompt lookup, and keep what
    the model would have written anyway: guesses change the speed, not the
    replies. The number that decides a token depends on the seed, the row and
    the place only, so that batches may be split.
    """

    def __init__(
        self, reading: Reading, numbers: Sequence[int], manner: Manner, is_done: Callable[..., bool]
    ) -> None:
        self.reading = reading
        self.manner = manner
        self.is_done = is_done
        self.steps = 0
        self._rows = [
            _Row(
                number,
                reading.last,
                Lookup(reading.ids) if manner.room else Lookup(()),
                random.Random(f"{manner.seed}/{number}"),
            )
            for number in numbers
        ]
        self._all = list(self._rows)
        self._cache = RowCache(reading.cache, len(numbers), reading.length)
        self._cross: Any = None

    def write(self) -> list[list[int]]:
        """Write until all replies are done."""
        while self._rows:
            self._step()
        return [row.written for row in self._all]

    def _step(self) -> None:
        self._guess()
        width = 1 + max(len(row.guessed) for row in self._rows)
        scores = self._scores(width)
        draws = [
            [row.draw(len(row.written) + place) for place in range(width)] for row in self._rows
        ]
        manner = self.manner
        picked = pick(
            scores, torch.tensor(draws, device=scores.device), manner.temperature, manner.top_p
        ).tolist()
        left = []
        for index, row in enumerate(self._rows):
            before = len(row.written)
            if not self._take(row, picked[index]):
                left.append(index)
            self._cache.ends.lengths[index] += len(row.written) - before
        self.steps += 1
        if left and len(left) < len(self._rows):
            self._cache.keep(left)
            self._cross = None
        self._rows = [self._rows[index] for index in left]

    def _take(self, row: _Row, picked: Sequence[int]) -> bool:
        """Add the tokens that hold, up to the first that was guessed wrong; tell if all is said."""
        for place, token in enumerate(picked[: len(row.guessed) + 1]):
            row.written.append(token)
            row.last = token
            if (
                token in self.manner.ends
                or len(row.written) >= self.manner.new_tokens
                or self.is_done(row.written)
            ):
                return True
            row.lookup.extend((token,))
            if place < len(row.guessed) and token != row.guessed[place]:
                row.reach = 0
                return False
        row.reach = min(MOST_GUESSED, 2 * len(row.guessed))
        return False

    def _guess(self) -> None:
        rows = self._rows
        for row in rows:
            row.guessed = []
        spare = self.manner.room // len(rows) - 1
        if spare < 1 or not (self.reading.uneven or len(rows) == 1):
            return
        for row in rows:
            # A row that was right all along is trusted further; alone it need not mind the room.
            most = max(min(spare, GUESSED), row.reach if len(rows) == 1 else min(spare, row.reach))
            most = min(most, self.manner.new_tokens - len(row.written) - 1)
            row.guessed = row.lookup.guess(most)

    def _scores(self, width: int) -> Any:
        """Run the model on each row's last token and its guesses: rows × width × vocabulary."""
        reading, cache = self.reading, self._cache
        device = reading.model.device
        asked = [
            [row.last, *row.guessed] + [row.last] * (width - 1 - len(row.guessed))
            for row in self._rows
        ]
        ids = torch.tensor(asked, device=device)
        if reading.cross is not None:
            return self._decoder_scores(ids)
        options: dict[str, Any] = {}
        starts = torch.tensor(cache.ends.lengths, device=device)
        places = starts[:, None] + torch.arange(width, device=device)
        if reading.uneven and (width > 1 or not cache.ends.is_even):
            seen = torch.arange(cache.ends.longest + width, device=device)
            options["attention_mask"] = (seen <= places[:, :, None])[:, None]
        if reading.uneven:
            options["position_ids"] = places
        return reading.model(input_ids=ids, past_key_values=cache, use_cache=True, **options).logits

    def _decoder_scores(self, ids: Any) -> Any:
        reading, rows = self.reading, len(self._rows)
        if self._cross is None:
            self._cross = DynamicCache()
            # Views: what the decoder sees of the prompt is held once.
            self._cross.layers = [_expanded(layer, rows) for layer in reading.cross.layers]
        encoded = reading.encoded.expand(rows, -1, -1)
        return reading.model(
            encoder_outputs=BaseModelOutput(last_hidden_state=encoded),
            attention_mask=torch.ones(encoded.shape[:2], dtype=torch.long, device=ids.device),
            decoder_input_ids=ids,
            past_key_values=EncoderDecoderCache(self._cache, self._cross),
            use_cache=True,
        ).logits


def _expanded(layer: Any, rows: int) -> Any:
    made = type(layer)()
    made.keys = layer.keys.expand(rows, -1, -1, -1)
    made.values = layer.values.expand(rows, -1, -1, -1)
    made.dtype, made.device = layer.keys.dtype, layer.keys.device
    made.is_initialized = True
    return made

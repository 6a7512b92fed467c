"""A cache of keys and values whose rows may have different lengths.

Everything here needs the ``model`` extra.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers.cache_utils import CacheLayerMixin, DynamicCache, DynamicLayer

STEP = 256
"""The cache grows by so many tokens, and is copied each time."""


@dataclass(slots=True)
class Ends:
    """How many tokens of each row are in the cache; what lies beyond is overwritten."""

    lengths: list[int]

    @property
    def longest(self) -> int:
        """The most tokens of any row."""
        return max(self.lengths, default=0)

    @property
    def is_even(self) -> bool:
        """Whether all rows have the same length."""
        return min(self.lengths) == max(self.lengths)


class RowLayer(CacheLayerMixin):  # type: ignore[misc]
    """One layer's keys and values: rows × heads × tokens × width, written in place."""

    def __init__(self, ends: Ends, keys: Any, values: Any) -> None:
        super().__init__()
        self.ends = ends
        self.keys, self.values = keys, values
        self.dtype, self.device = keys.dtype, keys.device
        self.is_initialized = True

    def lazy_initialization(self, key_states: Any, value_states: Any) -> None:
        """Do nothing: the layer is made with its first keys and values."""

    def update(self, key_states: Any, value_states: Any, *args: Any, **kwargs: Any) -> Any:
        """Write each row's new keys and values at its end, and return all there are."""
        new = key_states.shape[-2]
        needed = self.ends.longest + new
        if needed > self.keys.shape[-2]:
            self.keys, self.values = _grown(self.keys, needed), _grown(self.values, needed)
        if self.ends.is_even:
            start = self.ends.longest
            self.keys[:, :, start:needed] = key_states
            self.values[:, :, start:needed] = value_states
        else:
            for row, start in enumerate(self.ends.lengths):
                self.keys[row, :, start : start + new] = key_states[row]
                self.values[row, :, start : start + new] = value_states[row]
        return self.keys[:, :, :needed], self.values[:, :, :needed]

    def keep(self, rows: Any) -> None:
        """Keep these rows only."""
        self.keys, self.values = self.keys[rows], self.values[rows]

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Return how many keys a step of that many tokens sees, and where they start."""
        return self.ends.longest + query_length, 0

    def get_seq_length(self) -> int:
        """Return the length of the longest row."""
        return self.ends.longest

    def get_max_length(self) -> int:
        """Return -1: there is no limit."""
        return -1


class RowCache(DynamicCache):  # type: ignore[misc]
    """The cache of a batch that starts with the same prompt in each row."""

    def __init__(self, prompt: DynamicCache, rows: int, length: int) -> None:
        super().__init__()
        self.ends = Ends([length] * rows)
        room = length + STEP
        self.layers = [
            RowLayer(
                self.ends,
                _repeated(layer.keys, rows, length, room),
                _repeated(layer.values, rows, length, room),
            )
            for layer in prompt.layers
        ]

    def keep(self, rows: Sequence[int]) -> None:
        """Keep these rows only."""
        index = torch.tensor(rows, device=self.layers[0].device)
        for layer in self.layers:
            layer.keep(index)
        self.ends.lengths = [self.ends.lengths[row] for row in rows]


def can_repeat(cache: Any, length: int) -> bool:
    """Tell whether a prompt's cache is a plain one that a RowCache can start with."""
    return (
        type(cache) is DynamicCache
        and {type(layer) for layer in cache.layers} == {DynamicLayer}
        and cache.get_seq_length() == length
    )


def _repeated(states: Any, rows: int, length: int, room: int) -> Any:
    _, heads, _, width = states.shape
    # Zeros: what is masked is multiplied by 0, and memory as it comes may hold NaN.
    made = states.new_zeros((rows, heads, room, width))
    made[:, :, :length] = states[:, :, :length]
    return made


def _grown(states: Any, needed: int) -> Any:
    rows, heads, had, width = states.shape
    made = states.new_zeros((rows, heads, needed + STEP, width))
    made[:, :, :had] = states
    return made

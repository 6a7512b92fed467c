"""Sizes of the small model's network, and the numbers that both forms of it share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

ROTARY_BASE = 10_000.0
EPSILON = 1e-5
"""Is added to a variance before it is divided by."""
TINY = 1e-20
"""A copied word's probability is never taken for less."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of the network. ``copy_size`` is that of the vectors by which words are copied."""

    vocab_size: int = 2048
    d_model: int = 256
    heads: int = 4
    inner: int = 1024
    encoder_layers: int = 4
    decoder_layers: int = 2
    copy_size: int = 64

    @property
    def dim(self) -> int:
        """Of a head."""
        return self.d_model // self.heads

    def as_dict(self) -> dict[str, int]:
        """Return the sizes by name."""
        return asdict(self)


def sizes_of(config: Mapping[str, Any]) -> Sizes:
    """Return the sizes in a model's config.json. Raises KeyError, TypeError or ValueError."""
    return Sizes(**{one.name: int(config[one.name]) for one in fields(Sizes)})


SIZES: Mapping[str, Sizes] = {
    "mini": Sizes(),
    "mini-xs": Sizes(d_model=160, inner=512, encoder_layers=3),
}
"""Sizes of new models by name."""

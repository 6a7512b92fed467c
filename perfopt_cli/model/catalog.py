"""Small models that perfopt recommends, by the memory that their weights need."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

HELD = ("nf4", "int8", "bf16")

# bitsandbytes keeps one float32 scale for each block of 64 weights, or for each row in int8.
_BYTES = {"nf4": 0.5 + 4 / 64, "int8": 1.0, "bf16": 2.0}


@dataclass(frozen=True, slots=True)
class Recommended:
    """A checkpoint on the Hugging Face hub.

    ``parameters`` counts each weight once; ``unquantised`` of them (embeddings,
    output head, norms and biases) are not among the linear layers.
    ``context`` is in tokens, as the checkpoint's configuration has it.
    ``revision`` is the commit that is pulled.
    """

    name: str
    parameters: int
    unquantised: int
    licence: str
    context: int
    note: str
    revision: str

    @property
    def download(self) -> int:
        """Bytes of the safetensors: they are stored as bf16."""
        return 2 * self.parameters

    def memory(self, held: str) -> int:
        """Return the bytes that the weights take as nf4, int8 or bf16."""
        linear = self.parameters - self.unquantised
        # Large vocabularies are held in 8 bits beside quantised weights (table.py).
        return round(linear * _BYTES[held] + self.unquantised * (2 if held == "bf16" else 1))


CATALOG = (
    Recommended(
        "Qwen/Qwen2.5-Coder-0.5B-Instruct", 494_032_768, 136_206_208, "Apache-2.0", 32_768,
        "smallest; for any CPU", "ea3f2471cf1b1f0db85067f1ef93848e38e88c25",
    ),
    Recommended(
        "Qwen/Qwen2.5-Coder-1.5B-Instruct", 1_543_714_304, 233_518_592, "Apache-2.0", 32_768,
        "to start with; for a CPU", "2e1fd397ee46e1388853d2af2c993145b0f1098a",
    ),
    Recommended(
        "Qwen/Qwen3-4B-Instruct-2507", 4_022_468_096, 389_152_256, "Apache-2.0", 262_144,
        "not for code alone; GPU of 6 GB", "cdbee75f17c01a7cc42f958dc650907174af0554",
    ),
    Recommended(
        "Qwen/Qwen2.5-Coder-7B-Instruct", 7_615_616_512, 1_090_328_064, "Apache-2.0", 32_768,
        "GPU of 8 GB", "c03e6d358207e414f1eca0bb1891e29f1db0e242",
    ),
)  # fmt: skip

START = CATALOG[1]
"""What perfopt names to a user who has no model yet."""


def recommended(name: str) -> Recommended | None:
    """Return the table's entry of that name (the owner may be left out), or None."""
    wanted = name.lower()
    for one in CATALOG:
        if wanted in (one.name.lower(), one.name.lower().partition("/")[2]):
            return one
    return None


def nearest(name: str, others: Sequence[str] = ()) -> str:
    """Return the name of the table or of others that the name is likely meant for, or nothing."""
    names = {}
    for full in (*(one.name for one in CATALOG), *others):
        names[full.lower()] = names[full.lower().partition("/")[2]] = full
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.75)
    return names[near[0]] if near else ""


def size_text(count: int) -> str:
    """Return a number of bytes for people: ``3.1 GB``, powers of ten as disks and hubs count."""
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"

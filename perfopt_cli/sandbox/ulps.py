"""Compare floats that a worker set aside, within a number of units in the last place."""

from __future__ import annotations

import base64
import struct
import zlib

_WIDTHS = {"e": (2, "H", 10), "f": (4, "I", 23), "d": (8, "Q", 52)}


def within(one: str, other: str, ulps: int) -> bool:
    """Tell whether two lists of floats, as the worker's ``Floats.text``, differ by at most ulps.

    Nan equals only nan, an infinity only itself; 0.0 and -0.0 are 0 apart.
    """
    if one == other:
        return True
    (heads, data), (other_heads, other_data) = _unpack(one), _unpack(other)
    if heads != other_heads or len(data) != len(other_data):
        return False
    position = 0
    for head in heads.split("\n"):
        width, _, count = head.partition(" ")
        size, code, mantissa = _WIDTHS[width]
        end = position + size * int(count)
        form = f">{count}{code}"
        pairs = zip(
            struct.unpack(form, data[position:end]),
            struct.unpack(form, other_data[position:end]),
            strict=True,
        )
        if not all(a == b or _near(a, b, 8 * size - 1, mantissa, ulps) for a, b in pairs):
            return False
        position = end
    return True


def _unpack(text: str) -> tuple[str, bytes]:
    heads, _, data = zlib.decompress(base64.b64decode(text)).partition(b"\n\n")
    return heads.decode(), data


def _near(one: int, other: int, bits: int, mantissa: int, ulps: int) -> bool:
    magnitudes = one & ((1 << bits) - 1), other & ((1 << bits) - 1)
    infinity = ((1 << (bits - mantissa)) - 1) << mantissa
    if max(magnitudes) >= infinity:  # the same infinity has the same bits
        return min(magnitudes) > infinity
    if one >> bits != other >> bits:  # on either side of zero
        return sum(magnitudes) <= ulps
    return abs(magnitudes[0] - magnitudes[1]) <= ulps

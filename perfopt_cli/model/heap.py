"""Give memory back to the system while a model is loaded."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_MMAP_THRESHOLD = -3
_WHILE_LOADING = 1 << 18
_AFTERWARDS = 4 << 20


@contextmanager
def frugal_heap() -> Iterator[None]:
    """Have freed tensors leave the process within the block; does nothing where libc is not glibc.

    Without it glibc keeps what quantising needs for a moment, which comes to
    twice the size of the whole checkpoint.
    """
    try:
        libc = ctypes.CDLL(None)
        set_option, trim = libc.mallopt, libc.malloc_trim
    except (OSError, AttributeError, TypeError):
        yield
        return
    set_option(_MMAP_THRESHOLD, _WHILE_LOADING)
    try:
        yield
    finally:
        set_option(_MMAP_THRESHOLD, _AFTERWARDS)
        trim(0)

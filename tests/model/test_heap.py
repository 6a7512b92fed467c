from __future__ import annotations

from pathlib import Path

import pytest

from perfopt_cli.model.heap import frugal_heap


def test_errors_come_through() -> None:
    with pytest.raises(ValueError, match="no"), frugal_heap():
        raise ValueError("no")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc here")
def test_what_is_freed_within_leaves_the_process() -> None:
    def pages() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    with frugal_heap():
        before = pages()
        # Every second block lives on, so that the heap could not shrink from its end.
        blocks = [bytearray(1 << 20) for _ in range(64)]
        kept = blocks[::2]
        blocks.clear()
        held = pages() - before
    assert len(kept) == 32
    assert held < 45 * 256

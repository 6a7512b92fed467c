from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from perfopt_cli.model.heap import frugal_heap

ROOT = Path(__file__).resolve().parents[2]


def test_errors_come_through() -> None:
    with pytest.raises(ValueError, match="no"), frugal_heap():
        raise ValueError("no")


# In a process of its own: this one has memory of other tests, that comes and goes.
HOLD = """
from pathlib import Path
from perfopt_cli.model.heap import frugal_heap

def pages():
    return int(Path("/proc/self/statm").read_text().split()[1])

with frugal_heap():
    before = pages()
    # Every second block lives on, so that the heap could not shrink from its end.
    blocks = [bytearray(1 << 20) for _ in range(64)]
    kept = blocks[::2]
    blocks.clear()
    print(len(kept), pages() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc here")
def test_what_is_freed_within_leaves_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOLD], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kept, held = map(int, done.stdout.split())
    assert kept == 32
    assert held < 45 * 256

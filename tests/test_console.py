"""What is written to a terminal."""

from __future__ import annotations

import os
import pty
import re
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
STYLES = re.compile(rb"\x1b\[[0-9;]*m")
SHOW = """
from perfopt_cli.console import Screen, open_console, table
with Screen(1) as screen:
    screen.stage("a stage")
    screen.tests(1, 2)
    screen.note("a note")
    screen.error("an error")
open_console().print(table("Title", ("share", "function"), [("1%", "f")]))
"""


def on_a_terminal(**environment: str) -> bytes:
    """Return what is written to a terminal that has colours."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.pop("NO_COLOR", None)
        os.environ |= {"TERM": "xterm-256color", "PYTHONPATH": str(REPOSITORY), **environment}
        os.execv(sys.executable, [sys.executable, "-c", SHOW])
    written = bytearray()
    while True:
        try:
            data = os.read(terminal, 2**16)
        except OSError:  # the end, on Linux
            break
        if not data:
            break
        written += data
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert status == 0, written
    return bytes(written)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork")
def test_a_terminal_gets_colours_unless_the_user_wants_none() -> None:
    assert STYLES.search(on_a_terminal())
    assert STYLES.search(on_a_terminal(NO_COLOR=""))
    plain = on_a_terminal(NO_COLOR="1")
    assert not STYLES.search(plain)
    for text in (b"a note", b"error: an error", b"Title", b"function"):
        assert text in plain

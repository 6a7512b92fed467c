"""What all tests find: Ctrl-C stops what they start."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    # Jobs that a shell puts in the background ignore Ctrl-C, and so would all that they start.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)

"""A listener that says only what the user should know: a terminal's progress is of no use here."""

from __future__ import annotations

import sys

from perfopt_cli.core import Verdict


class Notes:
    """Prints notes on stderr, without what it takes to show progress."""

    def stage(self, text: str) -> None:
        """Say nothing."""

    def tests(self, done: int, total: int) -> None:
        """Say nothing."""

    def verdict(self, verdict: Verdict) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Print a note."""
        print(f"note: {text}", file=sys.stderr)

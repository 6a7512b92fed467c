"""How a call goes, as lines for the server."""

from __future__ import annotations

import json
import time
from typing import Any, TextIO

from perfopt_cli.core import Verdict
from perfopt_cli.phrases import factor

BETWEEN_NEWS = 0.5


class News:
    """A ``Listener`` that writes lines; ``notes`` keeps the notes for the result."""

    def __init__(self, out: TextIO) -> None:
        self.notes: list[str] = []
        self._out = out
        self._stage = ""
        self._told = 0.0

    def send(self, **event: Any) -> None:
        """Write a line; nobody may be there to read it."""
        try:
            self._out.write(json.dumps(event) + "\n")
            self._out.flush()
        except (BrokenPipeError, ValueError):
            return

    def stage(self, text: str) -> None:
        """Tell of a new part of the work."""
        self._stage = text
        self.send(news=text)

    def tests(self, done: int, total: int) -> None:
        """Tell how many tests have run, twice a second at most."""
        now = time.monotonic()
        if now - self._told >= BETWEEN_NEWS:
            self._told = now
            self.send(news=f"{self._stage}: {done} of {total} tests")

    def verdict(self, verdict: Verdict) -> None:
        """Tell of a verdict."""
        target = verdict.rewrite.target
        speed = f" {factor(verdict.speedup)}" if verdict.speedup else ""
        number = f"candidate {verdict.rewrite.number} of {verdict.rewrite.origin}"
        said = f"{target.path}::{target.qualname}, {number}: {verdict.reason.value}{speed}"
        self.send(news=said)

    def note(self, text: str) -> None:
        """Keep a note, and tell of it."""
        self.notes.append(text)
        self.send(news=text)

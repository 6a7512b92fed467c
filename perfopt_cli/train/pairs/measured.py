"""Pairs from problems with tests: every program of a problem is run and timed beside the others.

For ``perfopt pairs --problems FOLDER``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from perfopt_cli.core import Listener
from perfopt_cli.train.records import Pair


@dataclass(frozen=True, slots=True)
class Found:
    """A pair with where it is from (``leetcode/two-sum``) and what it teaches.

    ``family`` is ``measured``, ``nothing`` (slow and fast are the same text) or
    ``rules:NAME``. ``split`` is the problem's: ``train``, ``val`` or ``test``.
    """

    pair: Pair
    family: str
    origin: str
    split: str


def measured(
    folder: Path,
    output: Path,
    *,
    seed: int,
    jobs: int,
    python: Path,
    listener: Listener,
    problems: int | None = None,
    all_licences: bool = False,
    sandbox: str = "auto",
) -> Iterator[Found]:
    """Yield the pairs of the sets in a folder, as they are measured.

    ``output`` gets a file for each problem that is done, from which a later
    call takes it, and ``sources.json``. ``jobs`` problems are worked on at
    once; ``problems`` bounds how many of each set are. Raises PerfoptError for
    a folder without any set, and SandboxError where there is no sandbox.
    """
    raise NotImplementedError

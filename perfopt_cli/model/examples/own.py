"""Pairs from a project's own verdicts: what was accepted there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from perfopt_cli.core import Status
from perfopt_cli.model.examples.builtin import BUILTIN
from perfopt_cli.model.examples.example import Example
from perfopt_cli.model.examples.library import Library

VERDICTS = ".perfopt/verdicts.jsonl"
MOST_BYTES = 8 * 2**20
MOST_PAIRS = 200
LEAST_SPEEDUP = 1.2


def library_of(root: Path) -> Library:
    """Return the pairs accepted in the project at root, those that come with perfopt, the rules'.

    The file is read, and the rules are applied, when the first search is made.
    """
    return Library(_all_of(root))


def _all_of(root: Path) -> Iterator[Example]:
    # Rules need libcst, which nothing else needs that asks a model.
    from perfopt_cli.model.examples.of_rules import rule_examples

    yield from own_examples(root / VERDICTS)
    yield from BUILTIN
    yield from rule_examples()


def own_examples(path: Path) -> list[Example]:
    """Return the accepted pairs of a file of verdicts, the newest first.

    Of a file that is larger than is read, the end counts. Lines that can't be
    read are passed over: the file is no more than a help. A link is not followed.
    """
    if path.is_symlink() or not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - MOST_BYTES))
            lines = file.read(MOST_BYTES).splitlines()
    except OSError:
        return []
    found: list[Example] = []
    for line in reversed(lines):
        if len(found) == MOST_PAIRS:
            break
        if (example := _example(line)) is not None:
            found.append(example)
    return found


def _example(line: bytes) -> Example | None:
    try:
        row = json.loads(line)
        if row["status"] != Status.ACCEPTED.value or row["reason"] != "FASTER":
            return None
        return _pair(row)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _pair(row: dict[str, Any]) -> Example | None:
    ratio = float(row["speedup"]["ratio"])
    texts = row["path"], row["qualname"], row["slow"], row["candidate"], *row.get("imports", [])
    if not all(isinstance(text, str) for text in texts) or ratio < LEAST_SPEEDUP:
        return None
    path, qualname, slow, candidate, *imports = texts
    fast = "\n".join([*imports, "", candidate]) if imports else candidate
    return Example(f"{path}::{qualname}", slow, fast, f"{ratio:.1f}x as fast")

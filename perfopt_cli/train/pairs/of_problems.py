"""What ``perfopt pairs --problems`` adds: measured pairs, and functions with tests to ask about."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from perfopt_cli.train.formats.own import as_row
from perfopt_cli.train.pairs.balance import Row
from perfopt_cli.train.pairs.make import NOTHING, digest
from perfopt_cli.train.pairs.problems_records import ASKED

if TYPE_CHECKING:
    from perfopt_cli.console import Screen
    from perfopt_cli.train.pairs.build import Options

ASKED_FOLDER = "programs"
"""Where functions with tests are, for stages of ``perfopt train`` that ask a model about them."""
SPLITS = ("train", "val", "test")


def of_problems(options: Options, screen: Screen) -> Iterator[tuple[str, Row]]:
    """Yield the pairs of problems with tests, each with its split."""
    if options.problems is None:
        return
    from perfopt_cli.train.pairs.measured import measured

    screen.stage(f"pairs from the problems in {options.problems}")
    for found in measured(
        options.problems,
        options.output / "measured",
        seed=options.seed,
        jobs=options.jobs,
        python=options.python,
        listener=screen,
        sandbox=options.sandbox,
    ):
        yield found.split, {**as_row(found.pair), "family": found.family, "origin": found.origin}


def write_asked(measured: Iterable[tuple[str, Row]], folder: Path) -> None:
    """Write the functions that have tests, each once: with its fastest known form, or as it is.

    Those that stay as they are do not outnumber the others: there is little to learn of them.
    """
    splits: dict[str, dict[str, Row]] = {name: {} for name in SPLITS}
    for split, row in sorted(measured, key=lambda one: -(one[1].get("ratio") or 0)):
        if row["tests"].get("asserts"):
            family = NOTHING if row["family"] == ASKED else row["family"]
            splits[split].setdefault(row["slow"], {**row, "family": family})
    folder.mkdir(exist_ok=True)
    for name, rows in splits.items():
        slow = [row for row in rows.values() if row["family"] != NOTHING]
        idle = sorted((one for one in rows.values() if one["family"] == NOTHING), key=_drawn)
        lines = sorted(json.dumps(row) for row in (*slow, *idle[: max(1, len(slow))]))
        write(folder / f"{name}.jsonl", "".join(f"{line}\n" for line in lines))


def _drawn(row: Row) -> str:
    return digest(row["slow"])


def write(path: Path, text: str) -> None:
    """Write a file in one piece."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.write_text(text, "utf-8")
    new.replace(path)

"""Make the table of what rules are worth, which ships, from what became of their candidates.

``python benchmarks/rules_worth.py FILE… [--output perfopt_cli/model/worth.json]``

A FILE is a report of ``perfopt optimize --format json``, a project's
``.perfopt/verdicts.jsonl`` or its ``.perfopt/worth.json``. Only candidates count
that were judged then, as rewrites of the original, and only rules that exist
and families of the small model.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from perfopt_cli.core import Status
from perfopt_cli.model.rules import RULES
from perfopt_cli.model.worth import (
    MINI,
    Table,
    added,
    counted,
    ordered,
    read_table,
    scaled,
    table_text,
)

JUDGED = (Status.ACCEPTED.value, Status.REJECTED.value)


def of_candidates(rows: Iterable[Mapping[str, Any]]) -> Iterator[Table]:
    """Yield what each candidate says, as reports and recorded verdicts have it."""
    for row in rows:
        if row["status"] not in JUDGED or row.get("cached") or row.get("from") is not None:
            continue
        seconds, speedup = row.get("seconds"), row["speedup"]
        if seconds is not None:
            accepted = row["status"] == Status.ACCEPTED.value
            ratio = speedup["ratio"] if speedup else None
            yield counted(row["origin"], accepted=accepted, ratio=ratio, seconds=seconds)


def of_file(path: Path) -> Table:
    """Return what a file says. Raises ValueError or KeyError for one of another kind."""
    if path.suffix == ".jsonl":
        lines = path.read_text(encoding="utf-8").splitlines()
        return added(of_candidates(map(json.loads, lines)))
    data = json.loads(path.read_text(encoding="utf-8"))
    return added(of_candidates(data["candidates"])) if "candidates" in data else read_table(path)


def made(paths: Iterable[Path]) -> Table:
    """Return the table of all files, of rules that exist and families of the small model."""
    table = added(map(of_file, paths))
    return {name: one for name, one in table.items() if name in RULES or name.startswith(MINI)}


def main() -> None:
    """Write the table, and print the rules in its order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    table = made(options.files)
    if options.output is not None:
        options.output.write_text(table_text(table), encoding="utf-8")
    worths = scaled(table)
    for name in ordered(table, worths):
        one = table[name]
        told = f"{one.accepted:g} of {one.judged:g} accepted in {one.seconds:.0f} s"
        sys.stdout.write(f"{name}: {told}, worth {worths[name].worth * 1e6:.2f} e-6/ms\n")


if __name__ == "__main__":
    main()

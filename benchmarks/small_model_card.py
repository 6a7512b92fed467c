"""What the small model learned from: counts of pairs, and packages with their licences.

    python benchmarks/small_model_card.py PAIRS [--output perfopt_cli/model/mini/weights/card.md]

PAIRS is a folder that ``perfopt pairs`` has written; with --output the text goes between the
marks of a page that is there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from output_page import put_into

SPLITS = ("train", "val", "test")
OWN = "shapes"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--output", type=Path, metavar="FILE", help="the page to write into")
    options = parser.parse_args()
    rows = {split: read(options.pairs / f"{split}.jsonl") for split in SPLITS}
    sources = json.loads((options.pairs / "sources.json").read_text(encoding="utf-8"))
    text = "\n\n".join([counts(rows), *asked(options.pairs), packages(rows, sources)])
    if options.output:
        put_into(options.output, "small_model_card", text)
    else:
        print(text)
    return 0


def read(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def counts(rows: dict[str, list[dict[str, Any]]]) -> str:
    """Return a table of how many pairs each split has, of which origin."""
    lines = ["| split | pairs | of packages | of small algorithms | of problems"
             " | nothing to do | packages |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for split, found in rows.items():
        small = sum(own(row) for row in found)
        solved = sum(of_problem(row) for row in found)
        idle = sum(row["family"] == "nothing" for row in found)
        names = {row["origin"] for row in found if not own(row) and not of_problem(row)}
        figures = (len(found), len(found) - small - solved, small, solved, idle, len(names))
        lines.append(f"| {split} | " + " | ".join(f"{one:,}" for one in figures) + " |")
    return "\n".join(lines)


def own(row: dict[str, Any]) -> bool:
    return str(row["origin"]).partition(":")[0] == OWN


def of_problem(row: dict[str, Any]) -> bool:
    return "/" in str(row["origin"])


def asked(pairs: Path) -> list[str]:
    """Return how many functions of problems with tests there are, and whose; none without them."""
    file = pairs / "measured" / "sources.json"
    if not file.is_file():
        return []
    found = {split: read(pairs / "programs" / f"{split}.jsonl") for split in SPLITS}
    used = {str(row["origin"]).partition("/")[0] for rows in found.values() for row in rows}
    sizes = ", ".join(f"{len(rows):,} ({split})" for split, rows in found.items())
    terms = [
        f"{one['name']}: {one['holder']}, {one['licence']}"
        for one in json.loads(file.read_text(encoding="utf-8"))
        if one["name"] in used
    ]
    return [
        f"Functions of problems with tests, for RRHF: {sizes}.",
        f"**Problems.** {'; '.join(terms)}.",
    ]


def packages(rows: dict[str, list[dict[str, Any]]], sources: list[dict[str, str]]) -> str:
    """Return the packages that pairs of training were made of, under their licences."""
    used = {row["origin"] for row in rows["train"]}
    by_licence: dict[str, list[str]] = defaultdict(list)
    for one in sources:
        if one["name"] in used:
            by_licence[" ".join(one["licence"].split())].append(f"{one['name']} {one['version']}")
    groups = sorted(by_licence.items(), key=lambda group: (-len(group[1]), group[0]))
    return "\n\n".join(f"**{licence}.** {', '.join(sorted(names))}." for licence, names in groups)


if __name__ == "__main__":
    sys.exit(main())

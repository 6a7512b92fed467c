"""Trials of benchmarks/timing.py -> Markdown. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

Row = Mapping[str, Any]
LOADS = ("idle", "busy")
HOPELESS_KINDS = ("identical", "clear")


def section(rows: Sequence[Row], machine: str) -> str:
    """Return the tables: the goals, and what became of each cheat."""
    lines = [machine, "", "| measure | goal | idle | busy |", "| --- | --- | ---: | ---: |"]
    measures = (
        ("identical code called at least 1.05x faster", "0 of 1,000", accepted, "identical"),
        ("true 1.03x accepted at 1.05", "0 of 300", accepted, "slight"),
        ("true 1.10x accepted", "at least 95 %", share, "true"),
        ("same verdict in repeated runs, away from the threshold", "100 %", steady, "clear"),
        ("cheats accepted", "0", accepted, "cheat"),
        ("CPU to reject a hopeless candidate, median", "100 ms", reject_cpu, None),
        ("time to accept, median (wall)", "3 s", accept_wall, None),
        ("CPU to accept, median", "", accept_cpu, None),
    )
    for name, goal, measure, kind in measures:
        cells = [
            measure([row for row in rows if row["load"] == load and kind in (None, row["kind"])])
            for load in LOADS
        ]
        lines.append(f"| {name} | {goal} | {cells[0]} | {cells[1]} |")
    return "\n".join([*lines, "", *reasons(rows)])


def accepted(rows: Sequence[Row]) -> str:
    """Return how many of the trials were accepted."""
    return f"{sum(row['accepted'] for row in rows)} of {len(rows):,}" if rows else "-"


def share(rows: Sequence[Row]) -> str:
    """Return the same as a share."""
    if not rows:
        return "-"
    count = sum(row["accepted"] for row in rows)
    return f"{count / len(rows):.1%} ({count} of {len(rows):,})"


def steady(rows: Sequence[Row]) -> str:
    """Return the share of cases with one and the same reason in all their trials."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["case"]].add(row["reason"])
    if not found:
        return "-"
    same = sum(len(each) == 1 for each in found.values())
    return f"{same / len(found):.0%} ({same} of {len(found)} candidates)"


def reject_cpu(rows: Sequence[Row]) -> str:
    """Return the median CPU time of rejecting what is no faster, in words."""
    spent = [
        row["cpu_ms"]
        for row in rows
        if row["kind"] in HOPELESS_KINDS and row["reason"] == "NOT_FASTER"
    ]
    return f"{median(spent):.0f} ms" if spent else "-"


def accept_wall(rows: Sequence[Row]) -> str:
    """Return the median wall time of accepting, in words."""
    spent = [row["wall_ms"] for row in rows if row["accepted"]]
    return f"{median(spent) / 1e3:.1f} s" if spent else "-"


def accept_cpu(rows: Sequence[Row]) -> str:
    """Return the median CPU time of accepting, in words."""
    spent = [row["cpu_ms"] for row in rows if row["accepted"]]
    return f"{median(spent) / 1e3:.1f} s" if spent else "-"


def reasons(rows: Sequence[Row]) -> list[str]:
    """Return a table of the cheats and of what was said of them."""
    said: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"] == "cheat":
            said[row["case"]].append(row)
    if not said:
        return []
    lines = ["| cheat | accepted | said of it, in one of the trials |", "| --- | ---: | --- |"]
    for name, trials in said.items():
        detail = trials[-1]["detail"].replace("|", "\\|")
        lines.append(f"| {name} | {accepted(trials)} | {detail} |")
    return lines

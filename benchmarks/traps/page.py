"""Results of the trap runs as Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cases import CATEGORIES

Record = Mapping[str, Any]


def accepted(records: Iterable[Record]) -> list[Record]:
    """Return those that perfopt accepted."""
    return [one for one in records if one["status"] == "accepted"]


def split(records: Iterable[Record]) -> tuple[list[Record], list[Record]]:
    """Return the bad ones and the right ones."""
    bad: list[Record] = []
    right: list[Record] = []
    for one in records:
        (right if one["right"] else bad).append(one)
    return bad, right


def markdown(results: Sequence[Mapping[str, Any]]) -> str:
    """Return the tables; ``results`` are those of the projects."""
    records = [record for result in results for record in result["candidates"]]
    bad, right = split(records)
    touched = [text for result in results for text in result["canaries"]]
    lines = [
        f"{len(results)} projects, {len(records)} candidates. "
        f"Bad ones accepted: **{len(accepted(bad))} of {len(bad)}**. "
        f"Right ones accepted: **{share(right)}**. "
        f"Canaries (files, sockets, processes) touched: **{len(touched)}**.",
        "",
        "| bad candidates | | accepted | refused as |",
        "| --- | ---: | ---: | --- |",
    ]
    for category, meaning in CATEGORIES.items():
        group = [one for one in bad if one["category"] == category]
        if group:
            lines.append(
                f"| {category}: {meaning} | {len(group)} | {len(accepted(group))} | "
                f"{reasons(group)} |"
            )
    lines.append(f"| all | {len(bad)} | {len(accepted(bad))} | {reasons(bad)} |")
    lines += ["", "| project | bad | accepted | right | accepted |", "| --- |" + " ---: |" * 4]
    for result in results:
        wrong, well = split(result["candidates"])
        lines.append(
            f"| {result['project']} | {len(wrong)} | {len(accepted(wrong))} | {len(well)} | "
            f"{len(accepted(well))} |"
        )
    lines += ["", *missed(right)]
    return "\n".join(lines).rstrip() + "\n"


def missed(right: Sequence[Record]) -> list[str]:
    """Return a list of the right candidates that were refused, under a line that says so."""
    refused = [one for one in right if one["status"] != "accepted"]
    if not refused:
        return []
    rows = [
        f"- `{one['project']}`, `{one['qualname']}` ({one['why']}): {one['reason']}"
        for one in refused
    ]
    return [f"Right, and refused all the same ({len(refused)}):", "", *rows]


def reasons(records: Iterable[Record]) -> str:
    """Return how often each reason was given by those not accepted, most frequent first."""
    counts = Counter(one["reason"] for one in records if one["status"] != "accepted")
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{reason} {count}" for reason, count in ordered)


def share(records: Sequence[Record]) -> str:
    """Return how many were accepted, in words."""
    count = len(accepted(records))
    percent = 100 * count / len(records) if records else 0
    return f"{count} of {len(records)}, {percent:.0f} %"

"""The table of benchmarks/mutants.py as Markdown, and its place in a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mutants import Package, Row

SHOWN = 60
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")


def section(packages: Sequence[Package], functions: int, mutants: int) -> str:
    """Return the table, and the mutants that nothing noticed."""
    known = equivalent()
    lines = [
        f"The functions in which the tests spend most time, at most {functions} of each package, "
        f"and at most {mutants} mutants of each.",
        "",
        "| package | functions | mutants | equivalent | own tests notice | replay notices |"
        " tests or replay | not applied |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    rows: list[Row] = []
    for package in packages:
        if package.error:
            lines.append(f"| {package.name} {package.version} | {package.error} |")
            continue
        rows += package.rows
        lines.append(
            row(f"{package.name} {package.version}", package.functions, package.rows, known)
        )
    lines.append(row("**all**", sum(p.functions for p in packages), rows, known))
    left = [one for one in rows if not stopped(one)]
    lines += ["", f"The {len(left)} mutants that would pass:", ""]
    for one in left[:SHOWN]:
        why = known.get(key(one), "")
        note = f" (equivalent: {why})" if why else ""
        lines.append(f"- {one.function}, line {one.line}: `{one.before}` as `{one.after}`{note}")
    return "\n".join(lines)


def stopped(one: Row) -> bool:
    """Tell whether a mutant would not be applied: noticed, or its function left alone."""
    return one.replay or one.tests or one.left_alone


def row(name: str, functions: int, rows: Sequence[Row], known: dict[str, str]) -> str:
    """Return one line of the table; shares are of the mutants not known to be equivalent."""
    real = [one for one in rows if key(one) not in known]
    cells = [
        name,
        str(functions),
        str(len(rows)),
        str(len(rows) - len(real)),
        share(sum(one.tests for one in real), len(real)),
        share(sum(one.replay for one in real), len(real)),
        share(sum(one.replay or one.tests for one in real), len(real)),
        share(sum(stopped(one) for one in real), len(real)),
    ]
    return f"| {' | '.join(cells)} |"


def share(part: int, whole: int) -> str:
    """Return a share in per cent."""
    return f"{part / whole:.1%}" if whole else "-"


def key(one: Row) -> str:
    """Return what names a mutant in the list of equivalent ones."""
    return f"{one.function} | {one.before} | {one.after}"


def equivalent() -> dict[str, str]:
    """Return why, by mutant, for those that were found to be equivalent by reading."""
    if not EQUIVALENT.is_file():
        return {}
    found = {}
    for line in EQUIVALENT.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, why = line.rpartition(" | ")
            found[name] = why
    return found

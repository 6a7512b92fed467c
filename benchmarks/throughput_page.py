"""The results of benchmarks/throughput.py as Markdown and as a plot."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

Record = Mapping[str, Any]
NO_GAIN = ("slower", "noise")
BEFORE_TIMING = ("TESTS_FAILED", "DIVERGED", "TIMED_OUT", "CRASHED", "SANDBOX", "UNSAFE", "INVALID")
LABELS = {
    "perfopt": "perfopt",
    "pytest-covering": "fresh pytest, covering tests",
    "pytest-suite": "fresh pytest, whole suite",
    "codeflash": "codeflash",
}


class Total:
    """All results of one tool; times are those of runs that judged at least one candidate."""

    def __init__(self, tool: str, results: Sequence[Record]) -> None:
        """Add up the results of the tool."""
        mine = [one for one in results if one["tool"] == tool]
        self.tool = tool
        useful = [one for one in mine if any(each["judged"] for each in one["verdicts"])]
        self.runs = len(useful)
        self.wall, self.cpu, self.start_wall, self.start_cpu = (
            sum(one[key] for one in useful) for key in ("wall", "cpu", "start_wall", "start_cpu")
        )
        self.verdicts = [one for result in mine for one in result["verdicts"]]
        self.judged = [one for one in self.verdicts if one["judged"]]

    def each(self, *, cpu: bool = False, start: bool = False) -> float:
        """Return seconds for a candidate that was judged, with or without the start of runs."""
        whole, begin = (self.cpu, self.start_cpu) if cpu else (self.wall, self.start_wall)
        return max(whole - (0.0 if start else begin), 1e-9) / max(1, len(self.judged))

    def accepted(self, *, right: bool, gain: bool = True) -> str:
        """Return how many of a kind were accepted; ``gain`` false: those that bring no speed."""
        group = [
            one
            for one in self.judged
            if one["right"] is right and (one["category"] not in NO_GAIN) is gain
        ]
        return f"{sum(one['accepted'] for one in group)} of {len(group)}"


def section(results: Sequence[Record], about: Mapping[str, Any]) -> str:
    """Return the tables and the words around them."""
    totals = totals_of(results)
    count = max(len(one.verdicts) for one in totals)
    limit = f", at most {about['limit']} of each function" if about["limit"] else ""
    lines = [
        f"perfopt {about['perfopt']}, {', '.join(about['pinned'])}, Python {about['python']}, "
        f"{about['machine']}. {count} candidates of the trap projects "
        f"{', '.join(about['projects'])}{limit}, one tool after the other; those of category "
        "*unsafe* are left out, as only perfopt has a sandbox for them.",
        "",
        "| | judged | candidates a second | wall each | CPU each | start of a run: wall | CPU | "
        "candidates a second, start included | wrong accepted | no gain, accepted | "
        "right accepted |",
        "| --- |" + " ---: |" * 10,
        *(_row(one) for one in totals),
        "",
        *_ratios(totals),
        "",
        *_notes(totals),
    ]
    if about["plot"]:
        place = os.path.relpath(about["plot"], "docs")
        lines += ["", f"![Candidates judged a second]({place})"]
    return "\n".join(["", *lines, ""])


def totals_of(results: Sequence[Record]) -> list[Total]:
    """Return the totals of the tools that were run, in the order of LABELS."""
    present = {one["tool"] for one in results}
    return [Total(tool, results) for tool in LABELS if tool in present]


def _row(one: Total) -> str:
    runs = max(1, one.runs)
    start = (f"{one.start_wall / runs:.1f} s", f"{one.start_cpu / runs:.1f} s")
    cells = [
        LABELS[one.tool],
        f"{len(one.judged)} of {len(one.verdicts)}",
        f"{1 / one.each():.2f}",
        f"{one.each():.2f} s",
        f"{one.each(cpu=True):.2f} s",
        *(start if one.start_wall else ("–", "–")),
        f"{1 / one.each(start=True):.2f}",
        one.accepted(right=False),
        one.accepted(right=False, gain=False),
        one.accepted(right=True),
    ]
    return f"| {' | '.join(cells)} |"


def _ratios(totals: Sequence[Total]) -> Iterator[str]:
    """Yield sentences on how many times as many candidates perfopt judged as each of the others."""
    ours = next((one for one in totals if one.tool == "perfopt"), None)
    if ours is None:
        return
    for other in totals:
        if other is not ours:
            yield (
                f"- Against {LABELS[other.tool]}: {other.each() / ours.each():.1f} times as many "
                f"candidates a second ({other.each(cpu=True) / ours.each(cpu=True):.1f} times by "
                f"CPU), {other.each(start=True) / ours.each(start=True):.1f} times with the start "
                "of runs."
            )
    rivals = {one.tool: by_candidate(one) for one in totals if one.tool.startswith("pytest")}
    for name, group in _kinds(ours.judged):
        said = [f"perfopt {mean(one['seconds'] for one in group):.2f} s"]
        for tool, known in rivals.items():
            seconds = [known[key]["seconds"] for one in group if (key := place(one)) in known]
            if seconds:
                said.append(f"{LABELS[tool]} {mean(seconds):.2f} s")
        count = len(group)
        yield f"- Wall for each of the {count} candidates that perfopt {name}: {', '.join(said)}."


def _kinds(judged: Iterable[Record]) -> Iterator[tuple[str, list[Record]]]:
    """Yield perfopt's verdicts by how far the candidate came."""
    kinds: dict[str, list[Record]] = {"refused without timing": [], "timed": []}
    for one in judged:
        if one["seconds"] is not None:
            early = one["note"] in BEFORE_TIMING
            kinds["refused without timing" if early else "timed"].append(one)
    return ((name, group) for name, group in kinds.items() if group)


def by_candidate(total: Total) -> dict[tuple[str, int], Record]:
    """Return a tool's verdicts that have seconds, by candidate."""
    return {place(one): one for one in total.judged if one["seconds"] is not None}


def place(one: Record) -> tuple[str, int]:
    """Return what names a candidate within the projects."""
    return one["function"], one["line"]


def _notes(totals: Sequence[Total]) -> Iterator[str]:
    yield (
        "*Wrong* is a candidate that does something else than the original on some input that the "
        "function's contract allows; *no gain* one that does the same, but no faster, or slower. "
        "*Start of a run*: for perfopt the same run on one candidate for each function that raises "
        "as soon as it is called, for codeflash what it took until it turned to the first "
        "candidate. The rest, divided by the candidates, is *wall* and *CPU each*. perfopt has a "
        "run for each project, codeflash one for each function; runs that judged no candidate are "
        "not counted."
    )
    yield ""
    yield (
        "What the tools do differs. A fresh pytest stops at the first test that fails, and times "
        "nothing, so it accepts what brings no gain. perfopt replays recorded and made-up calls "
        "besides the tests, and times what is equivalent. codeflash "
        "(`--file FILE --function NAME --no-pr --no-gen-tests`, other settings as they come) "
        "compares what the tests' calls return, adds tests that it finds by concolic execution "
        "(part of its start), and times for up to 10 seconds what passes; *accepted* are the "
        "candidates that passed its tests and its speed check, of which it would apply the best. "
        "Its service is played by a local server that offers the candidates at no cost: the tests "
        "that the real service writes, and its review, could keep out some of the wrong ones, and "
        "take time of their own."
    )
    for one in totals:
        notes = sorted({each["note"] for each in one.verdicts if not each["judged"]} - {""})
        if notes:
            yield ""
            yield f"Not judged by {LABELS[one.tool]}: {'; '.join(notes)}."


def draw(results: Sequence[Record], file: Path) -> None:
    """Draw candidates a second by tool, with and without the start of runs."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "perfopt"
    from matplotlib import pyplot

    totals = totals_of(results)[::-1]
    figure, axes = pyplot.subplots(figsize=(8, 0.7 * len(totals) + 1.2), layout="constrained")
    for shift, start, label in ((0.2, False, "each candidate"), (-0.2, True, "with start of runs")):
        rates = [1 / one.each(start=start) for one in totals]
        rows = [row + shift for row in range(len(totals))]
        bars = axes.barh(rows, rates, height=0.38, label=label)
        axes.bar_label(bars, [f"{rate:.2f}" for rate in rates], padding=3)
    names = [
        f"{LABELS[one.tool]}\n({one.accepted(right=False)} wrong ones accepted)" for one in totals
    ]
    axes.set_yticks(range(len(totals)), names)
    axes.set_xscale("log")
    axes.margins(x=0.15)
    axes.set_xlabel("candidates judged a second (logarithmic)")
    axes.legend(frameon=False, loc="lower right")
    axes.spines[["top", "right"]].set_visible(False)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, format="svg", metadata={"Date": None})
    pyplot.close(figure)

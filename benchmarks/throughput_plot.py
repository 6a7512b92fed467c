"""The plot of benchmarks/throughput.py: candidates a second by tool, for each kind of project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from throughput_totals import LABELS, Record, Total, totals_of


def draw(results: Sequence[Record], file: Path) -> None:
    """Draw candidates a second by tool, with and without the start of runs."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "perfopt"
    from matplotlib import pyplot

    kinds = list(dict.fromkeys(one["kind"] for one in results))
    groups = [totals_of([one for one in results if one["kind"] == kind])[::-1] for kind in kinds]
    figure, places = pyplot.subplots(
        len(kinds),
        figsize=(8, 0.7 * sum(map(len, groups)) + 1.2 * len(kinds)),
        height_ratios=[len(group) for group in groups],
        sharex=True,
        squeeze=False,
        layout="constrained",
    )
    for (axes,), kind, totals in zip(places, kinds, groups, strict=True):
        bars(axes, totals)
        axes.set_title(kind)
    axes.set_xscale("log")
    axes.margins(x=0.15)
    axes.set_xlabel("candidates judged a second (logarithmic)")
    axes.legend(frameon=False, loc="lower right")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, format="svg", metadata={"Date": None})
    pyplot.close(figure)


def bars(axes: Any, totals: Sequence[Total]) -> None:
    """Draw two bars for each tool."""
    for shift, start, label in ((0.2, False, "each candidate"), (-0.2, True, "with start of runs")):
        rates = [1 / one.each(start=start) for one in totals]
        rows = [row + shift for row in range(len(totals))]
        drawn = axes.barh(rows, rates, height=0.38, label=label)
        axes.bar_label(drawn, [f"{rate:.2f}" for rate in rates], padding=3)
    names = [f"{LABELS[one.tool]}\n({one.accepted('wrong')} wrong ones accepted)" for one in totals]
    axes.set_yticks(range(len(totals)), names)
    axes.spines[["top", "right"]].set_visible(False)

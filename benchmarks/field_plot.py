"""The plots of benchmarks/field.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from field_runs import Found
from field_stats import (
    IMPROVED,
    LEAST_GAIN,
    NO_CANDIDATE,
    NO_RESULT,
    NO_TARGET,
    NOT_FASTER,
    REFUSED,
    SLIGHT,
    TOO_WEAK,
    outcome,
)

COLORS = {
    IMPROVED: "#2a7f3f",
    SLIGHT: "#8fc79c",
    NOT_FASTER: "#e8b24a",
    TOO_WEAK: "#c98bb9",
    REFUSED: "#b5442f",
    NO_CANDIDATE: "#c4c4c4",
    NO_TARGET: "#8a8a8a",
    NO_RESULT: "#4d4d4d",
}


def draw(sets: Mapping[str, Sequence[Found]], file: Path) -> None:
    """Draw what became of the functions, and the speedups of those with an accepted rewrite."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "perfopt"
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    start = [0.0] * len(sets)
    for kind, color in COLORS.items():
        parts = [
            100 * Counter(map(outcome, found))[kind] / max(1, len(found)) for found in sets.values()
        ]
        if any(parts):
            left.barh(list(sets), parts, left=start, label=kind, color=color)
            start = [one + part for one, part in zip(start, parts, strict=True)]
    left.set_xlabel("% of functions")
    left.legend(
        frameon=False, fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3
    )
    for name, found in sets.items():
        speedups = sorted((one.proved for one in found if one.accepted), reverse=True)
        right.plot(range(1, len(speedups) + 1), speedups, marker=".", label=name)
    right.axhline(LEAST_GAIN, color="grey", linewidth=0.8, linestyle="--")
    right.set_yscale("log")
    right.set_xlabel("functions with an accepted rewrite, fastest first")
    right.set_ylabel("proved speedup")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, format="svg", metadata={"Date": None})
    pyplot.close(figure)

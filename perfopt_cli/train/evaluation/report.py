"""An evaluation as JSON and as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from perfopt_cli import __version__
from perfopt_cli.train.evaluation.figures import LEAST_GAIN, AtK, Best, Summary
from perfopt_cli.train.evaluation.measures import Figure
from perfopt_cli.train.evaluation.published import MARK, PUBLISHED
from perfopt_cli.train.evaluation.rows import Row
from perfopt_cli.train.records import Level
from perfopt_cli.train.scoring.clock import Rule

Line = tuple[str, ...]
Rows = list[Line]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that is reported of one evaluation.

    ``settings`` are what it was made with. ``targets`` is the summary of the
    data set's own faster programs, scored the same way.
    """

    settings: dict[str, Any]
    rows: tuple[Row, ...]
    summary: Summary
    targets: Summary
    startup: float
    clip: bool
    notes: tuple[str, ...] = ()


def as_targets(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with the data set's own faster program as the only candidate."""
    return [
        Row(row.number, row.group, (row.target,) if row.target else (), skipped=row.skipped)
        for row in rows
    ]


def to_json(found: Evaluation) -> dict[str, Any]:
    """Return the one object that ``--format json`` prints. Times are in seconds, shares 0 to 1."""
    skipped = [row for row in found.rows if row.skipped]
    return {
        "perfopt": __version__,
        **found.settings,
        "startup_seconds": found.startup,
        "clipped": found.clip,
        **asdict(found.summary),
        "levels": levels(found.rows),
        "targets": asdict(found.targets),
        "skipped": [{"row": row.number, "group": row.group, "why": row.skipped} for row in skipped],
        "published": [{**asdict(row), "mark": MARK} for row in PUBLISHED],
        "notes": list(found.notes),
    }


def levels(rows: Sequence[Row]) -> dict[str, int]:
    """Count the candidates by level."""
    scores = [score for row in rows for score in row.scores]
    return {level.name.lower(): sum(score.level is level for score in scores) for level in Level}


def title(found: Evaluation) -> str:
    """Say in a line what was evaluated."""
    count, skipped = found.summary.programs, sum(bool(row.skipped) for row in found.rows)
    left = f" ({skipped} more skipped)" if skipped else ""
    return (
        f"{found.settings['model']} on {found.settings['data']}, {found.settings['split']}: "
        f"{count} programs of {found.summary.problems} problems{left}"
    )


def best_table(found: Evaluation) -> tuple[Line, Rows]:
    """Return heads and rows of the measures of the best candidate."""
    best = found.summary.best
    over = "wrong = 1, clipped at 1" if found.clip else "wrong = 1, not clipped"
    rows = [
        (f"%Opt (proved faster, and {LEAST_GAIN:.2f}x or more)", *_percents(best, "optimised")),
        ("%Opt (proved faster)", *_percents(best, "faster")),
        ("%Correct", *_percents(best, "correct")),
        (f"speedup over all ({over})", *(times(one.speedup) for one in best)),
        ("SP: speedup over the improved", *(times(one.sp) for one in best)),
        ("RTR: time saved of the improved, %", *(plain(one.rtr, 1) for one in best)),
    ]
    return ("", *(f"Best@{one.k}" for one in best)), rows


def _percents(best: Sequence[Best], name: str) -> list[str]:
    return [percent(getattr(one, name)) for one in best]


def at_table(found: Evaluation) -> tuple[Line, Rows]:
    """Return heads and rows of the estimates of what k candidates would give."""
    heads = ("k", "pass@k", "speedup@k", "eff@k", "efficient@k")
    return heads, [_at(one) for one in found.summary.at]


def _at(one: AtK) -> Line:
    return (
        str(one.k),
        percent(one.passing),
        times(one.speedup),
        plain(one.efficiency, 3),
        percent(one.efficient),
    )


def beside_table(found: Evaluation) -> tuple[Line, Rows]:
    """Return heads and rows of what was measured, beside what papers report."""
    heads = ("", "%Opt", "speedup", "over", "RTR %", "")
    rows: Rows = []
    for one in found.summary.best:
        rows += _measured(f"{found.settings['model']}, Best@{one.k}", one)
    if found.targets.best:
        rows += _measured("the data set's own faster programs", found.targets.best[0])
    for row in PUBLISHED:
        rows.append(
            (
                row.name,
                _number(row.optimised, 1),
                _number(row.speedup, 2, "x"),
                row.over,
                _number(row.rtr, 2),
                f"{MARK} [{sources().index(row.source) + 1}], {row.note}",
            )
        )
    return heads, rows


def sources() -> list[str]:
    """Return the papers that published rows come from, in the order of their numbers."""
    return list(dict.fromkeys(row.source for row in PUBLISHED))


def _measured(name: str, best: Best) -> Rows:
    share = best.faster.value
    opt = _number(None if share is None else share * 100, 1)
    sp, rtr = _number(best.sp.value, 2, "x"), _number(best.rtr.value, 2)
    return [
        (name, opt, sp, "improved", rtr, "measured here; proved faster"),
        ("", "", _number(best.speedup.value, 2, "x"), "all", "", "measured here"),
    ]


def lines(found: Evaluation) -> list[str]:
    """Return what a reader of the tables must know."""
    summary = found.summary
    counted = levels(found.rows)
    told = [
        f"Candidates: {sum(counted.values())}; compile: {percent(summary.compiled)}; "
        f"{', '.join(f'{count} {level}' for level, count in counted.items())}. "
        f"Programs with any: {percent(summary.answered)}.",
        f"Proved faster: at least {Rule().least:g}x by the timing rule, in interleaved runs. "
        "What is not proved counts as 1x at most.",
        "In brackets: 95 % intervals, Wilson's for shares, else a bootstrap over problems.",
        f"Starting the interpreter takes {found.startup * 1000:.0f} ms of CPU time, and is in no "
        "time here: both programs run in an interpreter that is up.",
        "Published figures come from other machines, programs and ways to time: they are for "
        "orientation, no comparison.",
        *(f"[{number}] {source}" for number, source in enumerate(sources(), 1)),
    ]
    if found.settings["preset"] == "perfrl":
        kept = counted["faster"]
        told.append(
            f"Preset perfrl: what is not proved faster is dropped, {sum(counted.values()) - kept} "
            f"of {sum(counted.values())} candidates; the program then stays as it was."
        )
    left = [row for row in found.rows if row.skipped]
    if left:
        told.append(f"Skipped: {len(left)}, such as row {left[0].number}: {left[0].skipped}")
    if all(one.efficient.value is None for one in summary.at):
        told.append("efficient@k: no instructions were counted, or no candidate was right.")
    return [*told, *found.notes]


def percent(figure: Figure) -> str:
    """Return a share as percent with its interval."""
    return _with_interval(figure, 100, 1, "%")


def times(figure: Figure) -> str:
    """Return a speedup with its interval."""
    return _with_interval(figure, 1, 2, "x")


def plain(figure: Figure, digits: int) -> str:
    """Return a number with its interval."""
    return _with_interval(figure, 1, digits, "")


def _with_interval(figure: Figure, factor: float, digits: int, unit: str) -> str:
    if figure.value is None:
        return "-"
    value = f"{figure.value * factor:.{digits}f}{unit}"
    if figure.low is None or figure.high is None:
        return value
    return f"{value} ({figure.low * factor:.{digits}f} to {figure.high * factor:.{digits}f})"


def _number(value: float | None, digits: int, unit: str = "") -> str:
    return "-" if value is None else f"{value:.{digits}f}{unit}"

"""Line charts as SVG text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Told apart by people who are colour-blind (Okabe and Ito, 2008)."""

LOSSES = ("loss", "tuning_loss", "rank_loss", "eval_loss", "kl")

_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 150, 40, 50


@dataclass(frozen=True, slots=True)
class Line:
    """A named line through points; points that are not finite are left out."""

    name: str
    points: tuple[tuple[float, float], ...]


def chart(title: str, across: str, up: str, lines: Sequence[Line]) -> str:
    """Return a chart of the lines, with axes, ticks and names; empty lines are left out."""
    drawn = [Line(one.name, tuple(p for p in one.points if _finite(p))) for one in lines]
    drawn = [one for one in drawn if one.points]
    points = [point for one in drawn for point in one.points] or [(0.0, 0.0), (1.0, 1.0)]
    xs, ys = ticks([x for x, _ in points]), ticks([y for _, y in points])
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'role="img" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_WIDTH / 2, 22, title, "middle", 15),
        *_grid(xs, ys),
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 10, across, "middle"),
        f'<g transform="rotate(-90 16 {_HEIGHT / 2})">{_text(16, _HEIGHT / 2, up, "middle")}</g>',
    ]
    for number, one in enumerate(drawn):
        body += _line(number, one, xs, ys)
    return "\n".join([*body, "</svg>"]) + "\n"


def _finite(point: tuple[float, float]) -> bool:
    return all(map(math.isfinite, point))


def ticks(values: Sequence[float], wanted: int = 6) -> list[float]:
    """Return round numbers, evenly spaced, whose first and last enclose the values."""
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 0.5, high + 0.5
    raw = (high - low) / wanted
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _place(value: float, marks: Sequence[float], start: float, end: float) -> float:
    return start + (value - marks[0]) / (marks[-1] - marks[0]) * (end - start)


def _x(value: float, marks: Sequence[float]) -> float:
    return _place(value, marks, _LEFT, _WIDTH - _RIGHT)


def _y(value: float, marks: Sequence[float]) -> float:
    return _place(value, marks, _HEIGHT - _BOTTOM, _TOP)


def _grid(xs: Sequence[float], ys: Sequence[float]) -> list[str]:
    parts = []
    for value in xs:
        parts.append(_stroke(_x(value, xs), _TOP, _x(value, xs), _HEIGHT - _BOTTOM))
        parts.append(_text(_x(value, xs), _HEIGHT - _BOTTOM + 16, f"{value:g}", "middle"))
    for value in ys:
        parts.append(_stroke(_LEFT, _y(value, ys), _WIDTH - _RIGHT, _y(value, ys)))
        parts.append(_text(_LEFT - 6, _y(value, ys) + 4, f"{value:g}", "end"))
    return parts


def _line(number: int, one: Line, xs: Sequence[float], ys: Sequence[float]) -> list[str]:
    colour = COLOURS[number % len(COLOURS)]
    places = [(_x(x, xs), _y(y, ys)) for x, y in one.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    if len(places) <= 40:
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
    left, top = _WIDTH - _RIGHT + 14, _TOP + 10 + 20 * number
    parts.append(
        f'<line x1="{left}" y1="{top}" x2="{left + 18}" y2="{top}" stroke="{colour}" '
        'stroke-width="3"/>'
    )
    return [*parts, _text(left + 24, top + 4, one.name, "start")]


def _stroke(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def _text(x: float, y: float, text: str, anchor: str, size: int = 12) -> str:
    shown = escape(text)
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{shown}</text>'


def _step_of(row: Mapping[str, Any]) -> tuple[str, int]:
    return row.get("stage", ""), row["step"]


def loss_chart(rows: Sequence[Mapping[str, Any]], stage: str) -> str:
    """Return the losses of a stage over its optimiser steps, counted through all its RL steps."""
    lines: dict[str, list[tuple[float, float]]] = {}
    before, latest, step = 0, 0, None
    for row in rows:
        if row["stage"] != stage or "loss" not in row:
            continue
        if row["step"] != step:
            before, step = before + latest, row["step"]
        latest = row["update"]
        for name in LOSSES:
            if name in row:
                lines.setdefault(name, []).append((before + latest, row[name]))
    made = [Line(name.replace("_", " "), tuple(points)) for name, points in lines.items()]
    return chart(f"Loss of {stage}", "optimiser step", "loss", made)


def rate_chart(rows: Sequence[Mapping[str, Any]], figure: str, title: str) -> str:
    """Return one figure (``reward``, ``passed``, ``optimised``, …) by kind over RL steps.

    Steps are counted through all the stages.
    """
    lines: dict[str, list[tuple[float, float]]] = {}
    told = [row for row in rows if "kind" in row and row["step"] and figure in row]
    steps = {key: n for n, key in enumerate(dict.fromkeys(map(_step_of, told)), 1)}
    for row in told:
        lines.setdefault(row["kind"], []).append((steps[_step_of(row)], row[figure]))
    made = [Line(kind, tuple(points)) for kind, points in lines.items()]
    return chart(title, "RL step", figure, made)

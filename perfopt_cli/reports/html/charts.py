"""Charts as inline SVG. Places are in per cent, so that text keeps its size at any width."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence

from perfopt_cli.core import Quad, Target, Timing
from perfopt_cli.reports.html.parts import Markup, join, tag
from perfopt_cli.sandbox.stats import waits

MOST_DOTS = 300
ROW = 22
LEAST_SHOWN = 0.004
STEPS = (0.1, 0.2, 0.5, 0.8, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000)


def icicle(targets: Sequence[Target], faster: Iterable[tuple[str, str]]) -> Markup:
    """Return a strip of all functions by their own share of the tests' time."""
    better = set(faster)
    x, parts = 0.0, []
    shown = [one for one in targets if one.share >= LEAST_SHOWN]
    for one in sorted(shown, key=lambda target: -target.share):
        width = min(one.share, 1 - x)
        kind = "best" if (one.path, one.qualname) in better else "bar"
        title = tag("title", f"{one.qualname}: {one.share:.1%} of the tests' time")
        parts.append(_rect(x, width, 0, 30, f"{kind} edge", title))
        if width > 0.09:
            parts.append(_label(x + 0.006, 19, _short(one.qualname, width)))
        x += width
    parts.append(_rect(x, max(0.0, 1 - x), 0, 30, "rest", tag("title", "everything else")))
    words = f"{sum(one.share for one in shown):.0%} of the tests' time is in {len(shown)} functions"
    return _svg(30, f"Own time of the functions: {words}", parts, "icicle")


def _short(name: str, width: float) -> str:
    room = max(3, int(width * 80))
    return name if len(name) <= room else name[: room - 1] + "…"


def _label(x: float, y: float, text: str) -> Markup:
    return tag("text", text, x=_percent(x), y=str(y), class_="on")


def share_bar(own: float, whole: float, most: float, *, better: bool) -> Markup:
    """Return a bar of a function's own share within that with what it calls; ``most`` fills it."""
    most = most or 1.0
    parts = [
        _rect(0, whole / most, 4, 12, "pale"),
        _rect(0, own / most, 4, 12, "best" if better else "bar"),
    ]
    return _svg(20, f"{own:.1%} itself, {whole:.1%} with what it calls", parts)


def sample_plot(timing: Timing) -> Markup:
    """Return all samples as dots, a row for each process, over the interval of the speedup."""
    rows = [_ratios(part, _by_wall(timing)) for part in timing.samples]
    rows = [row for row in rows if row]
    if not rows:
        return Markup("")
    low, high = _range([ratio for row in rows for ratio in row], timing)

    def at(ratio: float) -> float:
        inside = min(max(ratio, low), high)
        return 0.02 + 0.96 * math.log(inside / low) / math.log(high / low)

    bottom = ROW * len(rows) + 4
    parts: list[Markup] = []
    speedup = timing.speedup
    if speedup is not None:
        left, right = at(speedup.low), at(speedup.high)
        parts.append(_rect(left, max(right - left, 0.002), 0, bottom, "band"))
        parts.append(_upright(at(speedup.ratio), bottom, "middle"))
    parts.append(_upright(at(1.0), bottom, "even"))
    for number, row in enumerate(rows):
        parts += _dots([at(ratio) for ratio in row], number)
    parts.append(_line(bottom))
    for step in _ticks(low, high):
        parts.append(_tick(at(step), bottom, f"{step:g}x"))
    return _svg(bottom + 20, _said(rows, timing), parts)


def _said(rows: Sequence[Sequence[float]], timing: Timing) -> str:
    every = [ratio for row in rows for ratio in row]
    said = f"{len(every)} samples of original time by rewrite's time in {len(rows)} processes: "
    said += f"median {statistics.median(every):.2f}x, {min(every):.2f}x to {max(every):.2f}x"
    if timing.speedup is not None:
        said += f"; speedup {timing.speedup.ratio:.2f}x, 95 % interval "
        said += f"{timing.speedup.low:.2f}x to {timing.speedup.high:.2f}x"
    return said


def _by_wall(timing: Timing) -> bool:
    quads = [quad for part in timing.samples for quad in part]
    return bool(quads) and all(quad.original_wall > 0 for quad in quads) and waits(quads)


def clock(timing: Timing) -> str:
    """Return which time the samples are of."""
    return "wall" if _by_wall(timing) else "CPU"


def _ratios(quads: Sequence[Quad], wall: bool) -> list[float]:
    pairs = [
        (quad.original_wall, quad.candidate_wall)
        if wall
        else (quad.original_cpu, quad.candidate_cpu)
        for quad in quads
    ]
    return [one / other for one, other in pairs if one > 0 and other > 0]


def _range(ratios: Sequence[float], timing: Timing) -> tuple[float, float]:
    """Return the ends of the axis: the odd sample far outside is drawn at its end."""
    ordered = sorted(ratios)
    cut = len(ordered) // 50
    ends = [ordered[cut], ordered[-1 - cut], 1.0]
    if timing.speedup is not None:
        ends += [timing.speedup.low, timing.speedup.high]
    ends = [end for end in ends if math.isfinite(end) and end > 0]
    return min(ends) / 1.08, max(ends) * 1.08


def _ticks(low: float, high: float) -> list[float]:
    inside = [step for step in STEPS if low <= step <= high]
    gap = math.log(high / low) / 9
    found: list[float] = []
    for step in sorted(inside, key=lambda one: one != 1):
        if all(abs(math.log(step / other)) >= gap for other in found):
            found.append(step)
    return found


def _dots(places: Sequence[float], row: int) -> list[Markup]:
    step = max(1, math.ceil(len(places) / MOST_DOTS))
    middle = ROW * row + ROW / 2
    return [
        tag(
            "circle",
            cx=_percent(place),
            # Not one on the other: the height says nothing.
            cy=f"{middle + (number * 5 % 11) - 5:g}",
            r="2.2",
            class_="dot",
        )
        for number, place in enumerate(places[::step])
    ]


def ratio_bar(ratio: float, most: float) -> Markup:
    """Return a bar of a speedup; ``most`` fills it."""
    part = ratio / most if most > 0 and math.isfinite(ratio / most) else 0.0
    kind = "best" if ratio >= 1 else "pale"
    return _svg(20, f"{ratio:.2f}x", [_rect(0, min(1.0, part), 4, 12, kind)])


def _rect(x: float, width: float, y: float, height: float, kind: str, *inside: Markup) -> Markup:
    return tag(
        "rect",
        *inside,
        x=_percent(x),
        width=_percent(max(0.0, width)),
        y=f"{y:g}",
        height=f"{height:g}",
        class_=kind,
    )


def _upright(x: float, bottom: float, kind: str) -> Markup:
    return tag("line", x1=_percent(x), x2=_percent(x), y1="0", y2=f"{bottom:g}", class_=kind)


def _line(y: float) -> Markup:
    return tag("line", x1="0%", x2="100%", y1=f"{y:g}", y2=f"{y:g}", class_="axis")


def _tick(x: float, y: float, text: str) -> Markup:
    anchor = "start" if x < 0.05 else "end" if x > 0.95 else "middle"
    return tag("text", text, x=_percent(x), y=f"{y + 15:g}", text_anchor=anchor)


def _percent(part: float) -> str:
    return f"{100 * part:.2f}%"


def _svg(height: float, label: str, parts: Iterable[Markup], kind: str | None = None) -> Markup:
    return tag(
        "svg",
        join(parts),
        role="img",
        aria_label=label,
        height=f"{height:g}",
        class_=kind,
    )

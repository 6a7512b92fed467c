"""The figures of benchmarks/train_small.py as Markdown, and their place in a page."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

LEVELS = (("compiles", 2), ("passes", 3), ("passes and is faster", 4))
AFTER_SFT, AFTER_RRHF = "after fine-tuning", "after RRHF"
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """A candidate for a held-out program, by number; ``level`` is 1 (broken) to 4 (faster)."""

    problem: int
    kind: str
    level: int
    ratio: float | None
    code: str


@dataclass(frozen=True, slots=True)
class Stage:
    """What one seed's model answered after a stage, and what training told of it."""

    name: str
    seed: int
    answers: tuple[Answer, ...]
    told: dict[str, float]


def section(stages: Sequence[Stage], plan: dict[str, object], config: dict[str, object]) -> str:
    """Return tables of the shares by stage, of each seed, and of what RRHF changed."""
    names = list(dict.fromkeys(stage.name for stage in stages))
    problems = len({answer.problem for stage in stages for answer in stage.answers})
    seeds = len({stage.seed for stage in stages})
    lines = [
        f"{seeds} seeds, {problems} held-out problems, {plan['train']} programs to train on, "
        f"{float(str(plan['idle'])):.0%} of them with a target that is no faster; "
        f"{config['steps']} RRHF steps on {plan['programs']} programs each. "
        "In brackets: 95 % intervals by bootstrap over the problems.",
        "",
        "| | candidates | " + " | ".join(name for name, _ in LEVELS) + " |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    for name in names:
        for kind in ("greedy", "random"):
            these = [stage for stage in stages if stage.name == name]
            cells = [_cell(by_problem(these, kind, level)) for _, level in LEVELS]
            lines.append(f"| {name} | {kind} | {' | '.join(cells)} |")
    lines += ["", *_changes(stages, names), "", *_seeds(stages)]
    settings = ", ".join(f"{name} {value}" for name, value in (plan | config).items())
    return "\n".join([*lines, "", "Losses are means over a stage's steps. All settings:", "",
                      f"`{settings}`"])  # fmt: skip


def by_problem(stages: Iterable[Stage], kind: str, level: int) -> dict[int, float]:
    """Return the share of each problem's candidates, of all seeds, that come to the level."""
    found: dict[int, list[bool]] = {}
    for stage in stages:
        for answer in stage.answers:
            if answer.kind == kind:
                found.setdefault(answer.problem, []).append(answer.level >= level)
    return {problem: sum(hits) / len(hits) for problem, hits in found.items()}


def interval(values: Sequence[float], draws: int = DRAWS) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean, by bootstrap (Efron, 1979)."""
    draw = random.Random(0)
    means = sorted(sum(draw.choices(values, k=len(values))) / len(values) for _ in range(draws))
    return means[int(0.025 * draws)], means[int(0.975 * draws)]


def _cell(shares: dict[int, float], form: Callable[[float], str] = "{:.1%}".format) -> str:
    values = list(shares.values())
    if not values:
        return "-"
    low, high = interval(values)
    return f"{form(sum(values) / len(values))} ({form(low)} to {form(high)})"


def _changes(stages: Sequence[Stage], names: Sequence[str]) -> list[str]:
    """Return what came of each later stage, against fine-tuning, problem by problem."""
    base = [stage for stage in stages if stage.name == AFTER_SFT]
    lines = [
        "Change of the share that passes and is faster, in percentage points, against fine-tuning:",
        "",
        "| | greedy | random |",
        "| --- | ---: | ---: |",
    ]
    for name in names[names.index(AFTER_SFT) + 1 :] if AFTER_SFT in names else []:
        these = [stage for stage in stages if stage.name == name]
        cells = []
        for kind in ("greedy", "random"):
            before, after = by_problem(base, kind, 4), by_problem(these, kind, 4)
            change = {n: 100 * (after[n] - before[n]) for n in before if n in after}
            cells.append(_cell(change, "{:+.1f}".format))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def _seeds(stages: Sequence[Stage]) -> list[str]:
    lines = [
        "| seed | | greedy: compiles, passes, faster | random: compiles, passes, faster | losses |",
        "| ---: | --- | ---: | ---: | --- |",
    ]
    for stage in stages:
        cells = []
        for kind in ("greedy", "random"):
            shares = [by_problem([stage], kind, level).values() for _, level in LEVELS]
            cells.append(" / ".join(f"{sum(one) / max(1, len(one)):.1%}" for one in shares))
        told = [f"{name} {value:.3f}" for name, value in stage.told.items() if "loss" in name]
        lines.append(f"| {stage.seed} | {stage.name} | {' | '.join(cells)} | {', '.join(told)} |")
    return lines

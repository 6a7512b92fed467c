"""Figures of a training run: losses as they are logged, rates of the samples of each RL step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from perfopt_cli.train.records import REWARDS, Level

KINDS = ("random", "greedy", "target")
"""The kinds of candidates, in the order in which RRHF prefers them among equals."""


def rates(levels: Sequence[Level]) -> dict[str, float]:
    """Return the share that compiles, that passes, that is faster, and the mean reward.

    Shares are of all the levels given, 0 to 1. Raises ValueError for none.
    """
    if not levels:
        raise ValueError("no levels")
    total = len(levels)
    return {
        "samples": total,
        "compiled": sum(level > Level.BROKEN for level in levels) / total,
        "passed": sum(level >= Level.PASSED for level in levels) / total,
        "optimised": sum(level >= Level.FASTER for level in levels) / total,
        "reward": fmean(REWARDS[level] for level in levels),
    }


def rate_rows(stage: str, step: int, levels: Iterable[tuple[str, Level]]) -> list[dict[str, Any]]:
    """Return a row for each kind of sample among the levels of a step."""
    found: dict[str, list[Level]] = {}
    for kind, level in levels:
        found.setdefault(kind, []).append(level)
    order = [*KINDS, *sorted(set(found) - set(KINDS))]
    return [
        {"stage": stage, "step": step, "kind": kind, **rates(found[kind])}
        for kind in order
        if kind in found
    ]


def loss_rows(stage: str, step: int, history: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a row for each logged state of the trainer that holds a loss.

    ``update`` is the number of optimiser steps within the stage or RL step.
    """
    rows = []
    for entry in history:
        if "loss" not in entry and "eval_loss" not in entry:
            continue
        # Sorted, as a checkpoint's history is and a fresh one is not.
        figures = {name: entry[name] for name in sorted(entry) if name not in ("step", "stage")}
        rows.append({"stage": stage, "step": step, "update": entry.get("step", 0), **figures})
    return rows


def to_jsonl(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return the rows as JSON, a line each."""
    return "".join(json.dumps(row) + "\n" for row in rows)

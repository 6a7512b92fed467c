"""What each stage does. A stage that is stopped goes on where it was, to the same result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.candidates import choose, draw, judge
from perfopt_cli.train.context import Context, Stage, asked, lessons, trained_rows
from perfopt_cli.train.learning.encode import make_group
from perfopt_cli.train.metrics import rate_rows
from perfopt_cli.train.records import Level
from perfopt_cli.train.rundir import write_text
from perfopt_cli.train.samples import readable
from perfopt_cli.train.scorebook import score_of


def fine_tune(c: Context) -> list[dict[str, Any]]:
    """Train on slow → fast by cross-entropy."""
    c.listener.stage(f"fine-tuning on {len(c.pairs)} pairs")
    return trained_rows(c, c.learner.fine_tune(lessons(c, c.pairs), c.folder))


def rank(c: Context) -> list[dict[str, Any]]:
    """Do one RL step: choose programs, sample, score, train on the ranking."""
    step = c.unit.step
    c.listener.stage(f"RL step {step} of {c.config.steps}: programs that run")
    chosen = c.team.once(c.folder / "chosen.json", lambda: choose(c))
    targets = {int(place): score_of(row) for place, row in chosen["targets"].items()}
    c.listener.stage(f"RL step {step}: sampling for {len(targets)} programs")
    drawn = draw(c, list(targets))
    c.listener.stage(f"RL step {step}: scoring")
    scored = judge(c, drawn, targets)
    levels = [(one.kind, score.level) for rows in scored.values() for one, score in rows]
    counts = {
        "programs": len(targets),
        "not_running": chosen["not_running"],
        "too_long": sum(not candidates for candidates in drawn.values()),
    }
    rows = [{"stage": c.unit.stage, "step": step, **counts}]
    rows += rate_rows(c.unit.stage, step, levels)
    if c.team.leads:
        write_text(
            c.samples / f"step-{step}.md", readable(f"step {step}", c.pairs, scored, c.config.style)
        )
    right = {
        place: ranked
        for place, ranked in scored.items()
        if any(score.level >= Level.PASSED for _, score in ranked)
    }
    # What is best in a group is taught: where nothing is right, it would be a mistake.
    rows[0]["no_right_candidate"] = len(scored) - len(right)
    if not right:
        raise PerfoptError(
            f"RL step {step}: of {len(scored)} programs none has a candidate or target that passes "
            "the tests, so there is nothing to learn from; look at samples/ in the run folder"
        )
    groups = [
        make_group(asked(c, place), [(one.kind, one.text, score.reward) for one, score in ranked])
        for place, ranked in right.items()
    ]
    c.listener.stage(f"RL step {step}: training on {len(groups)} groups")
    return rows + trained_rows(c, c.learner.rank(groups, c.folder))


REGISTRY: Mapping[str, Stage] = {"sft": fine_tune, "rrhf": rank}

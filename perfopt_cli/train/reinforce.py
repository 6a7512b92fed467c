"""The stages ``reward``, ``rloo`` and ``grpo``: a reward model, and policy gradients."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from perfopt_cli.core import PerfoptError
from perfopt_cli.train.align import replies_set_apart
from perfopt_cli.train.candidates import choose, draw, judge
from perfopt_cli.train.context import Context, asked, trained_rows
from perfopt_cli.train.metrics import rate_rows
from perfopt_cli.train.preferences import Preference
from perfopt_cli.train.records import Score
from perfopt_cli.train.rewards import PolicyGroup, performance_reward, value_reward
from perfopt_cli.train.rundir import write_text
from perfopt_cli.train.samples import Candidate, readable
from perfopt_cli.train.scorebook import score_of

HELD_OUT = 0.1
"""The share of problems whose pairs a reward model is measured on, not trained on."""

Judged = dict[int, list[tuple[Candidate, float]]]
"""The model's own random replies to each program, with their rewards."""


def judge_pairs(c: Context) -> list[dict[str, Any]]:
    """Train a reward model on pairs of replies, which are found as for DPA."""
    pairs, held_out = held_apart(replies_set_apart(c), c.config.seed)
    c.listener.stage(f"training a reward model on {len(pairs)} pairs of replies")
    rows = trained_rows(c, c.learner.fit_reward(pairs, held_out, c.folder))
    rows[0]["measured_margins"] = sum(pair.margin > 0 for pair in pairs)
    return rows


def held_apart(
    pairs: Sequence[Preference], seed: int
) -> tuple[tuple[Preference, ...], tuple[Preference, ...]]:
    """Return the pairs to train on, and those of about a tenth of the problems.

    One problem at least is held out where there are two or more.
    """
    groups = sorted({pair.group for pair in pairs})
    count = min(len(groups) - 1, max(1, round(HELD_OUT * len(groups))))
    apart = set(random.Random(f"held out {seed}").sample(groups, count))
    return (
        tuple(pair for pair in pairs if pair.group not in apart),
        tuple(pair for pair in pairs if pair.group in apart),
    )


def reinforce(c: Context) -> list[dict[str, Any]]:
    """Do one RL step: choose programs, sample, judge, train by policy gradient.

    What can't be run is judged by the reward model, where an earlier stage left
    one. A step in which no reply is better than another leaves the weights alone.
    """
    name = f"{c.unit.stage} step {c.unit.step}"
    c.listener.stage(f"{name} of {c.config.steps}: programs that run")
    chosen = c.team.once(
        c.folder / "chosen.json", lambda: choose(c, untested=c.reward is not None)
    )  # fmt: skip
    targets = {int(place): score_of(row) for place, row in chosen["targets"].items()}
    places = [*targets, *chosen["untested"]]
    c.listener.stage(f"{name}: sampling for {len(places)} programs")
    drawn = draw(c, places)
    c.listener.stage(f"{name}: scoring")
    scored = judge(c, {place: drawn[place] for place in targets}, targets)
    judged = _run(c, scored) | _said(c, {place: drawn[place] for place in chosen["untested"]})
    if c.team.leads:
        write_text(
            c.samples / f"{c.unit.name}.md", readable(f"step {c.unit.step}", c.pairs, scored)
        )
    groups = [_group(c, place, replies) for place, replies in judged.items() if len(replies) > 1]
    teaching = [group for group in groups if group.teaches]
    rows = [_summary(c, chosen, drawn, groups)]
    levels = [(one.kind, score.level) for found in scored.values() for one, score in found]
    rows += rate_rows(c.unit.stage, c.unit.step, levels)
    if not teaching:
        c.listener.note(
            f"{name}: in none of the {len(groups)} groups is a reply better than another, so "
            "nothing was learnt; raise samples, or train with sft first"
        )
        c.learner.keep(c.folder)
        return rows
    c.listener.stage(f"{name}: training on {len(teaching)} groups")
    return rows + trained_rows(c, c.learner.reinforce(c.unit.stage, teaching, c.folder, c.before))


def _run(c: Context, scored: Mapping[int, Sequence[tuple[Candidate, Score]]]) -> Judged:
    cap = c.config.reward_cap
    return {
        place: [
            (one, performance_reward(score, cap)) for one, score in found if one.kind == "random"
        ]
        for place, found in scored.items()
    }


def _said(c: Context, drawn: Mapping[int, Sequence[Candidate]]) -> Judged:
    """Return the random replies to programs that can't be run, with the reward model's opinion."""
    replies = [(place, one) for place, row in drawn.items() for one in row if one.kind == "random"]
    if not replies:
        return {}
    said = c.team.once(c.folder / "said.json", lambda: {"values": _values(c, replies)})
    found: Judged = {}
    for (place, one), value in zip(replies, said["values"], strict=True):
        found.setdefault(place, []).append((one, value_reward(value, c.config.reward_cap)))
    return found


def _values(c: Context, replies: Sequence[tuple[int, Candidate]]) -> list[float]:
    if c.reward is None:
        raise PerfoptError("programs without tests need the stage reward before this one")
    return c.learner.values([(asked(c, place), one.text) for place, one in replies], c.reward)


def _group(c: Context, place: int, replies: Sequence[tuple[Candidate, float]]) -> PolicyGroup:
    return PolicyGroup(
        asked(c, place),
        tuple(one.text for one, _ in replies),
        tuple(reward for _, reward in replies),
        tuple(one.finished for one, _ in replies),
    )


def _summary(
    c: Context,
    chosen: Mapping[str, Any],
    drawn: Mapping[int, Sequence[Candidate]],
    groups: Sequence[PolicyGroup],
) -> dict[str, Any]:
    rewards = [reward for group in groups for reward in group.rewards]
    teaching = sum(group.teaches for group in groups)
    return {
        "stage": c.unit.stage,
        "step": c.unit.step,
        "programs": len(drawn),
        "judged_by_model": len(chosen["untested"]),
        "not_running": chosen["not_running"],
        "too_long": sum(not candidates for candidates in drawn.values()),
        "groups": len(groups),
        "without_signal": len(groups) - teaching,
        "signal": teaching / len(groups) if groups else 0.0,
        "mean_reward": fmean(rewards) if rewards else None,
    }

"""The stage ``selfplay``: rewrites of the model's own that were shown to be faster become pairs.

Source of the idea: Shypula et al., Learning Performance-Improving Code Edits
(PIE, 2024), data augmentation by self-play. There one model writes new
programs, and another, tuned one makes them faster; here the model that is
trained rewrites the training data's programs, whose tests are known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean
from typing import Any

from perfopt_cli.core import Speedup
from perfopt_cli.model.normal import normal_form
from perfopt_cli.train.candidates import choose, draw, judge
from perfopt_cli.train.context import Context, lessons, trained_rows
from perfopt_cli.train.dataset import write_pairs
from perfopt_cli.train.metrics import rate_rows
from perfopt_cli.train.prompts import BEST_TAG, program_from
from perfopt_cli.train.records import Level, Pair, Score
from perfopt_cli.train.rundir import write_text
from perfopt_cli.train.samples import Candidate, readable
from perfopt_cli.train.scorebook import score_of

NAME = "selfplay.jsonl"
"""The file in the run folder with the pairs that were made, in perfopt's own form."""

Ranked = Mapping[int, Sequence[tuple[Candidate, Score]]]


def play(c: Context) -> list[dict[str, Any]]:
    """Make pairs of the model's own candidates, and train on them and the data's own.

    Of the data's own those are trained on whose target was shown to be faster
    here. Where no new pair is found the weights stay as they are.
    """
    c.listener.stage("self-play: programs that run")
    chosen = c.team.once(c.folder / "chosen.json", lambda: choose(c))
    targets = {int(place): score_of(row) for place, row in chosen["targets"].items()}
    c.listener.stage(f"self-play: sampling for {len(targets)} programs")
    drawn = draw(c, list(targets))
    c.listener.stage("self-play: scoring")
    scored = judge(c, drawn, targets)
    made = new_pairs(c.pairs, scored, most=c.config.selfplay_pairs, style=c.config.style)
    known = [c.pairs[place] for place, score in targets.items() if score.level is Level.FASTER]
    if c.team.leads:
        write_text(
            c.samples / "selfplay.md", readable("self-play", c.pairs, scored, c.config.style)
        )
        if made:
            write_pairs(c.samples.parent / NAME, made)
    place = {"stage": c.unit.stage, "step": c.unit.step}
    counts = {
        "programs": len(targets),
        "not_running": chosen["not_running"],
        "too_long": sum(not candidates for candidates in drawn.values()),
        "new_pairs": len(made),
        "mean_ratio": fmean(pair.ratio or 0.0 for pair in made) if made else None,
        "data_pairs": len(known),
    }
    levels = [(one.kind, score.level) for rows in scored.values() for one, score in rows]
    rows = [{**place, **counts}, *rate_rows(c.unit.stage, c.unit.step, levels)]
    if not made:
        c.listener.note(
            f"self-play: of {len(targets)} programs the model made none faster that isn't in the "
            "data already; the weights stay as they are"
        )
        c.learner.keep(c.folder)
        return rows
    c.listener.stage(f"self-play: training on {len(made)} new pairs and {len(known)} of the data")
    return rows + trained_rows(c, c.learner.refine(lessons(c, [*made, *known]), c.folder))


@dataclass(frozen=True, slots=True)
class _Played:
    """A candidate that passed and was timed against its slow program."""

    code: str
    speedup: Speedup
    faster: bool


def new_pairs(
    pairs: Sequence[Pair], scored: Ranked, *, most: int, style: str = "optimize"
) -> tuple[Pair, ...]:
    """Return pairs made of verified candidates, at most so many for one slow program.

    First the slow program with its fastest candidate; then two candidates that
    both pass, of which one is faster beyond doubt (intervals that don't overlap,
    and faster than the slow program), the greatest differences first. Pairs that
    differ from another, or from one of the data, in layout and comments only
    are left out. ``tag`` is the tenth in which the faster one's speedup lies
    of the best known speedup over the slow program.
    """
    known = {_form(pair) for pair in pairs}
    found: list[Pair] = []
    for pair, played, best in _by_program(pairs, scored, style):
        count = 0
        for slow, fast, ratio in _contrasts(pair.slow, played):
            tag = min(BEST_TAG, max(1, math.ceil(BEST_TAG * fast.speedup.ratio / best)))
            new = Pair(pair.group, slow, fast.code, pair.tests, pair.where, ratio, tag)
            form = _form(new)
            if count < most and form not in known and form[1] != form[2]:
                known.add(form)
                found.append(new)
                count += 1
    return tuple(found)


def _form(pair: Pair) -> tuple[str, str, str]:
    return pair.group, normal_form(pair.slow), normal_form(pair.fast)


def _by_program(
    pairs: Sequence[Pair], scored: Ranked, style: str
) -> list[tuple[Pair, list[_Played], float]]:
    """Return each slow program's timed candidates, and the best speedup known for it.

    Of candidates that are the same but for layout and comments the first
    counts: the luckiest of several measurements would be too good.
    """
    first: dict[tuple[str, str], Pair] = {}
    played: dict[tuple[str, str], dict[str, _Played]] = {}
    best: dict[tuple[str, str], float] = {}
    for place, rows in scored.items():
        pair = pairs[place]
        key = (pair.group, pair.slow)
        first.setdefault(key, pair)
        mine = played.setdefault(key, {})
        for one, score in rows:
            if score.level < Level.PASSED or score.speedup is None:
                continue
            best[key] = max(best.get(key, 0.0), score.speedup.ratio)
            if one.kind != "target":
                code = program_from(one.text, style=style, slow=pair.slow)
                faster = score.level is Level.FASTER
                mine.setdefault(normal_form(code), _Played(code, score.speedup, faster))
    return [
        (pair, sorted(played[key].values(), key=lambda one: -one.speedup.ratio), best.get(key, 1.0))
        for key, pair in first.items()
    ]


def _contrasts(slow: str, played: Sequence[_Played]) -> list[tuple[str, _Played, float]]:
    """Return slower text, faster candidate and ratio of times, in the order of preference."""
    faster = [one for one in played if one.faster]
    found = [(slow, one, one.speedup.ratio) for one in faster[:1]]
    between = [
        (other.code, one, one.speedup.ratio / other.speedup.ratio)
        for one, other in combinations(played, 2)
        if one.faster and one.speedup.low > other.speedup.high
    ]
    return found + sorted(between, key=lambda each: -each[2])

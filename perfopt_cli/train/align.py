"""The stage ``dpa``: replies that were judged, set against each other, and learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from perfopt_cli.core import PerfoptError, Speedup
from perfopt_cli.train.candidates import choose, draw, judge
from perfopt_cli.train.context import Context, target_of, trained_rows, wanted
from perfopt_cli.train.preferences import Preference, Scored, preferences
from perfopt_cli.train.prompts import function_alone
from perfopt_cli.train.records import Level, Pair, Tests
from perfopt_cli.train.scorebook import score_of


def align(c: Context) -> list[dict[str, Any]]:
    """Train on pairs of replies by DPA.

    Recorded verdicts are taken as they are; for other data the model is asked
    for candidates first. The slow program itself is one of the replies. Raises
    PerfoptError where nothing was shown to be faster than something else.
    """
    pairs = replies_set_apart(c)
    c.listener.stage(f"aligning on {len(pairs)} pairs of replies")
    rows = trained_rows(c, c.learner.prefer(pairs, c.folder))
    rows[0]["measured_margins"] = sum(pair.margin > 0 for pair in pairs)
    return rows


def replies_set_apart(c: Context) -> tuple[Preference, ...]:
    """Return pairs of replies, from verdicts or samples. Raises PerfoptError for none."""
    pairs = from_verdicts(c) if c.scored else from_samples(c)
    if not pairs:
        raise PerfoptError(
            f"the stage {c.unit.stage} needs replies of which one was shown to be faster than "
            "another, and there are none; train with sft or rrhf first, or with timing on"
        )
    return pairs


def from_verdicts(c: Context) -> tuple[Preference, ...]:
    """Return pairs of recorded candidates for the same function."""
    found: dict[tuple[str, str], list[Scored]] = {}
    for one in c.scored:
        pair = Pair(one.group, one.slow, "", Tests())
        if (text := target_of(c, pair, one.code)) is not None:
            found.setdefault((one.group, one.slow), []).append(Scored(text, one.level, one.speedup))
    groups = []
    for (group, slow), replies in found.items():
        pair = Pair(group, slow, "", Tests())
        itself = target_of(c, pair, function_alone(slow)) or ""
        groups.append((pair, [*replies, _slow_one(itself)]))
    return _paired(c, groups)


def from_samples(c: Context) -> tuple[Preference, ...]:
    """Return pairs of the model's own candidates, the data set's targets and the slow programs."""
    c.listener.stage(f"{c.unit.stage}: programs that run")
    chosen = c.team.once(c.folder / "chosen.json", lambda: choose(c))
    targets = {int(place): score_of(row) for place, row in chosen["targets"].items()}
    c.listener.stage(f"{c.unit.stage}: sampling for {len(targets)} programs")
    drawn = draw(c, list(targets))
    c.listener.stage(f"{c.unit.stage}: scoring")
    groups = []
    for place, rows in judge(c, drawn, targets).items():
        pair = c.pairs[place]
        replies = [Scored(one.text, score.level, score.speedup) for one, score in rows]
        itself = target_of(c, pair, pair.slow) or ""
        groups.append((pair, [*replies, _slow_one(itself)]))
    return _paired(c, groups)


def _slow_one(text: str) -> Scored:
    return Scored(text, Level.PASSED, Speedup(1.0, 1.0, 1.0))


def _paired(c: Context, groups: Sequence[tuple[Pair, Sequence[Scored]]]) -> tuple[Preference, ...]:
    found: list[Preference] = []
    for pair, replies in groups:
        seed = (c.config.seed, c.unit.name, pair.group, pair.slow)
        made = preferences(wanted(c, pair), replies, cap=c.config.margin_cap, seed=seed)
        found += [replace(one, group=pair.group) for one in made]
    return tuple(found)

"""Candidates of an RL step or of self-play, and a few of them for people to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfopt_cli.train.prompts import program_from
from perfopt_cli.train.records import Level, Pair, Score

TO_READ = 20
"""How many programs of a step are shown."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reply of the model, or the data set's target, to a program's prompt.

    ``finished`` tells whether the model ended it; else it was cut at the most tokens.
    """

    kind: str
    text: str
    finished: bool = True


def readable(
    title: str,
    pairs: Sequence[Pair],
    scored: Mapping[int, Sequence[tuple[Candidate, Score]]],
    style: str = "optimize",
) -> str:
    """Return a few programs with their candidates, as Markdown."""
    parts = [f"# Samples of {title}\n"]
    for place in list(scored)[:TO_READ]:
        pair = pairs[place]
        parts.append(f"## {pair.group or 'a program'} ({pair.where})\n")
        parts.append(_fenced(pair.slow))
        for one, score in scored[place]:
            gain = f", {score.speedup.ratio:.2f}x" if score.speedup else ""
            said = f": {score.detail}" if score.detail and score.level < Level.PASSED else ""
            parts.append(f"### {one.kind}: {score.level.name}, {score.reward:g}{gain}{said}\n")
            parts.append(_fenced(program_from(one.text, style=style, slow=pair.slow)))
    return "\n".join(parts)


def _fenced(code: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}python\n{code.rstrip()}\n{fence}\n"

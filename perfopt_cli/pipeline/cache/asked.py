"""What models replied and what recorded calls showed, kept beside the verdicts.

With the same facts and verdicts a prompt is the same text again: a later run
finds its replies here, and loads no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from perfopt_cli.core import Facts, Rewrite, Target
from perfopt_cli.pipeline.cache.kept import Kept, described
from perfopt_cli.pipeline.cache.plain import decode, encode
from perfopt_cli.pipeline.cache.store import key


@dataclass(frozen=True, slots=True)
class Look:
    """What recorded calls show of a function: facts, and why they can't judge (or nothing)."""

    facts: Facts | None = None
    weak: str = ""


def kept_look(
    kept: Kept, target: Target, start: Rewrite | None, *, brief: bool = False
) -> Look | None:
    """Return what was seen of the target, or of a rewrite of it; by a brief look, types alone."""
    try:
        found: Look = decode(Look, kept.read(_look_name(target, start, brief)))
    except (TypeError, ValueError):
        return None
    return found


def keep_look(
    kept: Kept, target: Target, start: Rewrite | None, look: Look, *, brief: bool = False
) -> None:
    """Keep what was seen."""
    kept.write(_look_name(target, start, brief), encode(look))


def kept_replies(kept: Kept, question: Sequence[Any], target: Target) -> list[Rewrite] | None:
    """Return the candidates that a model's replies to this question held."""
    rows = kept.read(_question_name(question))
    try:
        return [
            Rewrite(
                target,
                decode(str, source),
                decode(tuple[str, ...], imports),
                origin,
                chance=decode(float, chance),
            )
            for source, imports, origin, chance in decode(list, rows)
        ]
    except (TypeError, ValueError):
        return None


def keep_replies(kept: Kept, question: Sequence[Any], found: Sequence[Rewrite]) -> None:
    """Keep the candidates that came of a question."""
    rows = [[one.source, list(one.imports), one.origin, one.chance] for one in found]
    kept.write(_question_name(question), rows)


def _look_name(target: Target, start: Rewrite | None, brief: bool) -> str:
    rewritten = None if start is None else [start.source, list(start.imports)]
    return f"{'types' if brief else 'look'}-{key(described(target), rewritten)}"


def _question_name(question: Sequence[Any]) -> str:
    return f"replies-{key(list(question))}"

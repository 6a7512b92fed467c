"""All accepted rewrites together: which stay, and what the files look like with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from perfopt_cli.apply import plan
from perfopt_cli.core import Outcome, Rewrite, Status
from perfopt_cli.sandbox.checked import refused
from perfopt_cli.sandbox.gate import Refusal
from perfopt_cli.sandbox.verify import Verifier


def best(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the fastest accepted outcome of each target, in the targets' order."""
    fastest: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        if outcome.verdict is None or outcome.verdict.status is not Status.ACCEPTED:
            continue
        key = outcome.target.path, outcome.target.qualname
        if key not in fastest or ratio(outcome) > ratio(fastest[key]):
            fastest[key] = outcome
    return list(fastest.values())


def ratio(outcome: Outcome) -> float:
    """Return the measured speedup, 0 where there is none."""
    verdict = outcome.verdict
    return verdict.speedup.ratio if verdict and verdict.speedup else 0.0


def rewrites(outcomes: Sequence[Outcome]) -> list[Rewrite]:
    """Return the outcomes' rewrites."""
    return [outcome.verdict.rewrite for outcome in outcomes if outcome.verdict is not None]


def settle(
    verifier: Verifier, copy: Path, accepted: Sequence[Outcome]
) -> tuple[list[Outcome], list[Outcome]]:
    """Run the whole suite with all accepted rewrites together; return (kept, dropped).

    One rewrite alone has passed the whole suite already. Where several fail
    together, they are put in one after the other, fastest first, and each
    that breaks the suite beside those before it is dropped.
    """
    if len(accepted) < 2 or _passes(verifier, copy, accepted) is None:
        return list(accepted), []
    kept: list[Outcome] = []
    dropped: list[Outcome] = []
    for outcome in sorted(accepted, key=ratio, reverse=True):
        refusal = _passes(verifier, copy, [*kept, outcome])
        if refusal is None:
            kept.append(outcome)
        else:
            assert outcome.verdict is not None
            detail = f"together with other rewrites: {refusal.detail}"
            verdict = refused(outcome.verdict.rewrite, replace(refusal, detail=detail))
            dropped.append(replace(outcome, verdict=verdict))
    return kept, dropped


def _passes(verifier: Verifier, copy: Path, outcomes: Sequence[Outcome]) -> Refusal | None:
    edits = plan(copy, rewrites(outcomes))
    return verifier.whole_suite({edit.path: edit.new for edit in edits})

"""What became of earlier candidates, in the words of a prompt."""

from __future__ import annotations

from collections.abc import Sequence

from perfopt_cli.core import Facts, Reason, Status, Target, Verdict
from perfopt_cli.model.normal import normal_form
from perfopt_cli.model.parts import Part, Rank, fenced
from perfopt_cli.model.told import hot_lines

LONGEST_DETAIL = 400
FAILURES = {
    Reason.TESTS_FAILED: "fails a test of the project",
    Reason.DIVERGED: "does not do the same",
    Reason.NOT_FASTER: "does the same, but is not faster",
    Reason.SLOWER_SOMEWHERE: "does the same, but is slower on some inputs",
    Reason.NOISY: "does the same, but is not clearly faster",
    Reason.TIMED_OUT: "did not end in time",
    Reason.CRASHED: "ended the interpreter",
    Reason.SANDBOX: "did what it has no permission for",
    Reason.UNSAFE: "has what a rewrite may not have",
    Reason.INVALID: "is no definition that can take the function's place",
}
"""What to say of a candidate; of reasons that are not here, it could not have done better."""


def feedback_parts(
    tried: Sequence[Verdict], target: Target, best: Facts | None = None
) -> list[Part]:
    """Return what was tried as parts: the best verified rewrite, then what failed and how.

    Of the failures the first is shown with its code, and of each other class the
    first with its reason. ``tried`` has the best first; ``best`` are facts of the
    fastest that was accepted.
    """
    told = []
    verified = [one for one in tried if one.status is Status.ACCEPTED and one.speedup is not None]
    if verified:
        told.append(_best(max(verified, key=_ratio), target, best))
    failed = [one for one in tried if one.reason in FAILURES]
    if failed and "```" not in failed[0].rewrite.source:
        code = fenced("\n".join([*failed[0].rewrite.imports, failed[0].rewrite.source]))
        told.append(f"This rewrite {sentence(failed[0])}.\n{code}")
    elif failed:
        told.append(f"A rewrite {sentence(failed[0])}.")
    classes: dict[Reason, Verdict] = {}
    for one in failed[1:]:
        classes.setdefault(one.reason, one)
    told += [f"Another rewrite {sentence(one)}." for one in classes.values()]
    return [Part("tried", Rank.TRIED, text, place) for place, text in enumerate(told)]


def _ratio(verdict: Verdict) -> float:
    return verdict.speedup.ratio if verdict.speedup is not None else 0.0


def _best(verdict: Verdict, target: Target, facts: Facts | None) -> str:
    speed = f"{_ratio(verdict):.2f}x as fast as the original{_by_size(verdict)}"
    if normal_form(verdict.rewrite.source) == normal_form(target.source):
        return f"The function above is a verified rewrite already, {speed}. Make it faster still."
    if "```" in verdict.rewrite.source:
        return f"A rewrite is verified and {speed}. Find a faster one."
    code = fenced("\n".join([*verdict.rewrite.imports, verdict.rewrite.source]))
    told = f"This rewrite is verified and {speed}. Find a faster one:\n{code}"
    lines = hot_lines(facts, verdict.rewrite.source) if facts is not None else []
    return "\n".join(
        [told, "Where its time goes, by line of its definition:", *lines] if lines else [told]
    )


def _by_size(verdict: Verdict) -> str:
    sizes = verdict.timing.sizes if verdict.timing else ()
    if not sizes:
        return ""
    told = [f"{one.ratio:.2f}x on {one.inputs} inputs" for one in sizes]
    return f" ({', '.join(told)})"


def sentence(verdict: Verdict) -> str:
    """Say how a candidate failed, after its subject: the class, then the particulars."""
    detail = shortened(verdict.detail)
    told = FAILURES[verdict.reason] + _by_size(verdict)
    return f"{told}: {detail}" if detail else told


def shortened(detail: str) -> str:
    """Return a detail in one line, cut between two words where it is long."""
    text = " ".join(detail.split())
    if len(text) <= LONGEST_DETAIL:
        return text.removesuffix(".")
    return text[:LONGEST_DETAIL].rpartition(" ")[0] + " ..."

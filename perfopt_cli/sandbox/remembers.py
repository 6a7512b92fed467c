"""Is a candidate fast only on inputs that it has had before? Then it keeps their results."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from perfopt_cli.core import Reason
from perfopt_cli.sandbox.sampling import Failure, ask
from perfopt_cli.sandbox.session import Messages
from perfopt_cli.sandbox.vetoes import Inputs

MOST_UNSEEN = 24
LEAST_UNSEEN = 3
UNSEEN_NS = 25_000_000
UNSEEN_RUNS = 8
MOST_KEPT = 1.5
SUSPECT_KEPT = 1.15


def remembers(worker: Messages, inputs: Inputs) -> Failure | None:
    """Refuse what is fast only on inputs that it has had before: it keeps their results."""
    indices = unseen_inputs(inputs)
    if len(indices) < LEAST_UNSEEN:
        return None
    answer = ask(worker, "unseen", inputs=indices)
    if isinstance(answer, Failure):
        return answer
    return keeps_results(answer["spent"])


def keeps_results(spent: Sequence[tuple[int, int, int]]) -> Failure | None:
    """Judge CPU ns by input: of the original, of the candidate's first call, of its later ones.

    The median and the sum have to say so: one alone goes by many calls of next
    to nothing, or by a single one that was disturbed.
    """
    originals = sum(original for original, _, _ in spent)
    firsts = sum(first for _, first, _ in spent)
    laters = sum(later for _, _, later in spent)
    by_median = (
        median(original / first for original, first, _ in spent),
        median(first / later for _, first, later in spent),
    )
    by_sum = (originals / firsts, firsts / laters)
    if not all(
        more > MOST_KEPT or (more > SUSPECT_KEPT and gain < 1) for gain, more in (by_median, by_sum)
    ):
        return None
    gain, more = by_median
    detail = f"{gain:.2f}x on inputs it has not had before, {more * gain:.2f}x when called again"
    return Failure(Reason.NOT_FASTER, detail)


def unseen_inputs(inputs: Inputs) -> list[int]:
    """Return calls that were not timed, recorded ones first, the longest that time allows."""
    found: list[int] = []
    left = UNSEEN_NS
    for calls in (inputs.others, inputs.made):
        for index in sorted(calls, key=lambda one: calls[one], reverse=True):
            spent = UNSEEN_RUNS * calls[index]
            if len(found) < MOST_UNSEEN and spent <= left:
                found.append(index)
                left -= spent
    return found

"""What the runs of field.py show: shares, speedups, reasons, rules. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from field_runs import Found

LEAST_GAIN = 1.10
WEAK = ("UNTESTED", "FLAKY", "NOISY", "BUDGET")
REFUTED = ("TESTS_FAILED", "DIVERGED", "TIMED_OUT", "CRASHED", "SANDBOX", "INVALID", "UNSAFE")

IMPROVED, SLIGHT, NO_CANDIDATE = "improved", "accepted below 1.10x", "no candidate"
NOT_FASTER, TOO_WEAK, REFUSED = "not faster", "evidence too weak", "refuted"
NO_TARGET, NO_RESULT = "no target", "no result"


@dataclass(frozen=True)
class Summary:
    """A set's figures. Speedups are those that perfopt proved; means are over all, 1 unimproved.

    ``again`` are the geometric mean over the improved, and the share of 1.10x
    and more, by another clock. ``of_gain`` is log speedup over log of the
    reference's gain, summed over the set; None where there is no reference.
    """

    functions: int
    improved: int
    low: float
    high: float
    mean: float
    geometric: float
    geometric_improved: float
    again: float
    again_improved: int
    of_gain: float | None
    as_fast: int
    accepted: int
    candidates: int
    functions_with_candidates: int
    seconds: float
    checked: int
    unchecked: int
    wrong: int


def summary(found: Sequence[Found]) -> Summary:
    """Return the figures of a set."""
    better = [one for one in found if one.proved >= LEAST_GAIN]
    low, high = wilson(len(better), len(found))
    gains = [one for one in found if one.gain > 1]
    again = [one.again for one in better if one.again > 0]
    return Summary(
        functions=len(found),
        improved=len(better),
        low=low,
        high=high,
        mean=sum(one.proved for one in found) / max(1, len(found)),
        geometric=geometric([one.proved for one in found]),
        geometric_improved=geometric([one.proved for one in better]),
        again=geometric(again),
        again_improved=sum(one.again >= LEAST_GAIN for one in found),
        of_gain=of_gain(gains) if gains else None,
        as_fast=sum(one.again >= one.gain for one in gains if one.accepted),
        accepted=sum(len(one.accepted) for one in found),
        candidates=sum(len(one.candidates) for one in found),
        functions_with_candidates=sum(bool(one.candidates) for one in found),
        seconds=sum(one.seconds for one in found) / max(1, len(found)),
        checked=sum(one.checked for one in found),
        unchecked=sum(one.unchecked for one in found),
        wrong=sum(len(one.wrong) for one in found),
    )


def of_gain(found: Sequence[Found]) -> float:
    """Return what share of the references' gains was reached, in logarithms."""
    reached = sum(math.log(max(1.0, one.again)) for one in found if one.accepted)
    return reached / sum(math.log(one.gain) for one in found)


def geometric(values: Sequence[float]) -> float:
    """Return the geometric mean; 1 of nothing."""
    return math.exp(sum(map(math.log, values)) / len(values)) if values else 1.0


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """Return the 95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    share = hits / count
    middle = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    return (middle - spread) / scale, (middle + spread) / scale


def outcome(one: Found) -> str:
    """Say in a few words what became of a function: of several reasons the nearest to success.

    But a candidate that was refuted comes first: a rule should not make it.
    """
    if one.error and not one.candidates:
        return NO_RESULT
    if one.accepted:
        return IMPROVED if one.proved >= LEAST_GAIN else SLIGHT
    reasons = {candidate["reason"] for candidate in one.candidates} - {"DUPLICATE"}
    if reasons & set(REFUTED):
        return REFUSED
    weak = [each for each in one.candidates if each["reason"] in WEAK and each["speedup"]]
    if any(each["speedup"]["ratio"] >= LEAST_GAIN for each in weak):
        return TOO_WEAK
    if reasons & {"NOT_FASTER", "SLOWER_SOMEWHERE"}:
        return NOT_FASTER
    if reasons:
        return TOO_WEAK
    if all(target["status"] == "skipped" for target in one.targets):
        return NO_TARGET
    return NO_CANDIDATE


def reasons(found: Sequence[Found]) -> Counter[str]:
    """Count the reasons of the candidates that were not accepted."""
    return Counter(
        candidate["reason"]
        for one in found
        for candidate in one.candidates
        if candidate["status"] != "accepted"
    )


def rules_of(candidate: Mapping[str, Any]) -> list[str]:
    """Return the rules that a candidate comes from."""
    _, _, names = str(candidate["origin"]).partition(":")
    return names.split("+") if names else []


@dataclass(frozen=True)
class RuleFigures:
    """A rule: candidates that are its own alone, and accepted ones that it took part in."""

    name: str
    alone: int
    accepted: int
    geometric: float
    took_part: int


def by_rule(found: Sequence[Found]) -> list[RuleFigures]:
    """Return the figures of each rule that made a candidate, most accepted first."""
    alone: Counter[str] = Counter()
    part: Counter[str] = Counter()
    ratios = defaultdict[str, list[float]](list)
    for one in found:
        for candidate in one.candidates:
            names = rules_of(candidate)
            accepted = candidate["status"] == "accepted"
            if len(names) == 1:
                alone[names[0]] += 1
                if accepted:
                    ratios[names[0]].append(candidate["speedup"]["ratio"])
            if accepted:
                part.update(names)
    names = {*alone, *part}
    rows = [
        RuleFigures(one, alone[one], len(ratios[one]), geometric(ratios[one]), part[one])
        for one in names
    ]
    return sorted(rows, key=lambda row: (-row.took_part, -row.accepted, -row.alone, row.name))

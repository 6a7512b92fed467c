"""A run's outcomes as JSON (the contract of the interface) and as text for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfopt_cli import __version__
from perfopt_cli.core import (
    Baseline,
    Judged,
    Outcome,
    Review,
    Speedup,
    Status,
    Summary,
    Support,
    Target,
    Verdict,
)

LEAST_TOLD = 1.005


def to_json(summary: Summary) -> dict[str, Any]:
    """Return the one object that ``--format json`` prints."""
    baseline = summary.baseline
    return {
        "perfopt": __version__,
        "run": summary.run,
        "python": str(summary.python),
        "baseline": _baseline(baseline),
        "targets": [_target(target, summary) for target in summary.targets],
        "candidates": [_candidate(o.verdict) for o in summary.outcomes if o.verdict is not None],
        "applied": [_applied(o) for o in summary.outcomes if o.applied],
        # A rewrite is kept only where every test has its baseline outcome, so
        # the suite with all of them together fails exactly where it did before.
        "suite": {"tests": baseline.tests, "failed": failures(baseline)},
        "whole_run_speedup": round(whole_run_gain(summary), 3),
    }


def review_json(review: Review) -> dict[str, Any]:
    """Return the one object that ``verify --format json`` prints."""
    baseline = review.baseline
    return {
        "perfopt": __version__,
        "run": review.run,
        "python": str(review.python),
        "base": review.base,
        "baseline": _baseline(baseline),
        "targets": [_judged_target(one) for one in review.judged],
        "candidates": [
            {**_candidate(one.verdict), "equivalent": one.equivalent, "faster": one.faster}
            for one in review.judged
        ],
        "applied": [],
        "suite": {"tests": review.suite.tests, "failed": failures(review.suite)},
        "problems": list(review.problems),
        "notes": list(review.notes),
    }


def _baseline(baseline: Baseline) -> dict[str, Any]:
    return {
        "tests": baseline.tests,
        "seconds": round(baseline.seconds, 3),
        "workloads": [
            {"command": one.command, "seconds": round(one.seconds, 3)} for one in baseline.workloads
        ],
    }


def baseline_words(baseline: Baseline) -> str:
    """Return for people what ran before any change."""
    tests = f"{baseline.tests} tests, {baseline.seconds:.1f} s"
    count = len(baseline.workloads)
    if not count:
        return tests
    spent = sum(one.seconds for one in baseline.workloads)
    return f"{tests}; {count} workload{'s' * (count > 1)}, {spent:.1f} s"


def _judged_target(one: Judged) -> dict[str, Any]:
    figures = _figures(one.verdict.rewrite.target)
    if one.verdict.status is Status.ABSTAINED:
        status, reason = "skipped", one.verdict.detail
    else:
        status, reason = "improved" if one.faster else "unchanged", verdict_words(one)
    return {**figures, "line": one.line, "status": status, "reason": reason}


def verdict_words(one: Judged) -> str:
    """Return the verdict on a changed function for people."""
    if one.equivalent:
        return "equivalent"
    reason = one.verdict.reason.value
    if one.verdict.status is Status.ABSTAINED:
        return f"not judged ({reason})"
    return f"not equivalent ({reason})" if one.equivalent is False else f"refused ({reason})"


def speed_words(one: Judged) -> str:
    """Return what the clock said of a changed function, for people."""
    if one.faster is None:
        return "-"
    return f"{'faster: ' if one.faster else ''}{factor(one.verdict.speedup)}"


def judged_rows(review: Review) -> Iterator[tuple[str, ...]]:
    """Yield changed functions as rows: function, verdict, speed, detail."""
    for one in review.judged:
        target = one.verdict.rewrite.target
        function = f"{target.path}:{one.line} {target.qualname}"
        yield (
            printable(function),
            verdict_words(one),
            speed_words(one),
            printable(one.verdict.detail),
        )


def printable(text: str) -> str:
    """Return the text with bytes of file names that are no UTF-8 written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def failures(baseline: Baseline) -> int:
    """Count the tests that fail."""
    return sum(outcome in ("failed", "error") for outcome in baseline.outcomes.values())


def _target(target: Target, summary: Summary) -> dict[str, Any]:
    status, reason = target_status(target, summary)
    return {**_figures(target), "status": status, "reason": reason}


def _figures(target: Target) -> dict[str, Any]:
    return {
        "path": target.path,
        "qualname": target.qualname,
        "line": target.line,
        "share": round(target.share, 4),
        "calls": target.calls,
        "tests": len(target.tests),
        "workloads": len(target.workloads),
        "self_seconds": round(target.self_seconds, 6),
        "cumulative_seconds": round(target.cumulative_seconds, 6),
        "native_share": round(target.native_share, 3),
    }


def target_status(target: Target, summary: Summary) -> tuple[str, str]:
    """Return improved, unchanged or skipped, and why in words."""
    mine = [o for o in summary.outcomes if o.target == target and o.verdict is not None]
    kept = [o for o in mine if o.verdict and o.verdict.status is Status.ACCEPTED]
    if kept:
        best = max(
            kept, key=lambda o: o.verdict.speedup.ratio if o.verdict and o.verdict.speedup else 0
        )
        faster = f"{factor(best.verdict.speedup if best.verdict else None)} faster"
        return "improved", faster + _unasked(target, summary)
    if target.skip is not None:
        return "skipped", target.skip
    if target not in summary.chosen:
        return "skipped", "not among the hottest functions"
    if not mine:
        return "unchanged", "no candidate" + _unasked(target, summary)
    told = f"{len(mine)} candidate{'s' * (len(mine) > 1)}, none proved"
    return "unchanged", told + _unasked(target, summary)


def _unasked(target: Target, summary: Summary) -> str:
    """Say why no model was asked about a target; nothing where one was, or there is none."""
    why = next((why for one, why in summary.unasked if one == target), "")
    return f"; no model was asked: {why}" if why else ""


def _candidate(verdict: Verdict) -> dict[str, Any]:
    rewrite = verdict.rewrite
    return {
        "path": rewrite.target.path,
        "qualname": rewrite.target.qualname,
        "candidate": rewrite.number,
        "round": rewrite.round,
        "from": rewrite.after,
        "origin": rewrite.origin,
        "status": verdict.status.value,
        "reason": verdict.reason.value,
        "detail": verdict.detail,
        "speedup": _speedup(verdict.speedup),
        "by_size": _by_size(verdict),
        "covering_tests": _covering_tests(verdict),
        "whole_run_speedup": round(verdict.whole_run, 3) if verdict.whole_run else None,
        "seconds": round(verdict.seconds, 3),
        "cached": verdict.cached,
        "evidence": _support(verdict.support),
    }


def _support(support: Support | None) -> dict[str, Any] | None:
    if support is None:
        return None
    return {
        "recorded_calls": support.recorded,
        "fuzzed_calls": support.fuzzed,
        "mutants": support.mutants,
        "mutants_noticed": support.noticed,
        "missed": list(support.missed),
        "never_entered": list(support.never),
        "suggested_test": support.test,
    }


def _speedup(speedup: Speedup | None) -> dict[str, float] | None:
    if speedup is None:
        return None
    return {
        "ratio": round(speedup.ratio, 3),
        "low": round(speedup.low, 3),
        "high": round(speedup.high, 3),
    }


def _by_size(verdict: Verdict) -> list[dict[str, Any]]:
    sizes = verdict.timing.sizes if verdict.timing else ()
    return [
        {
            "inputs": one.inputs,
            "microseconds": round(one.nanos / 1e3, 3),
            "ratio": round(one.ratio, 3),
        }
        for one in sizes
    ]


def _covering_tests(verdict: Verdict) -> dict[str, Any] | None:
    tests = verdict.timing.tests if verdict.timing else None
    if tests is None:
        return None
    return {"timed": tests.timed, "of": tests.total, "ratio": round(tests.ratio, 3)}


def speed_details(verdict: Verdict) -> str:
    """Say how a speedup changes with the size of the inputs, and what it brings the test run."""
    sizes = verdict.timing.sizes if verdict.timing else ()
    said = [f"{one.ratio:.2f}x on {one.inputs} inputs" for one in sizes]
    if verdict.timing is not None and verdict.timing.tests is not None:
        said.append(f"its tests {verdict.timing.tests.ratio:.2f}x")
    if verdict.whole_run is not None and verdict.whole_run >= LEAST_TOLD:
        said.append(f"the test run {verdict.whole_run:.2f}x")
    return ", ".join(said).replace("larger than recorded inputs", "inputs larger than recorded")


def _applied(outcome: Outcome) -> dict[str, Any]:
    speedup = outcome.verdict.speedup if outcome.verdict else None
    return {
        "path": outcome.target.path,
        "qualname": outcome.target.qualname,
        "speedup": round(speedup.ratio, 3) if speedup else None,
        "diff": outcome.diff,
    }


def factor(speedup: Speedup | None) -> str:
    """Return a speedup for people: ``3.1x``, or with its interval."""
    if speedup is None:
        return "-"
    return f"{speedup.ratio:.2f}x ({speedup.low:.2f}-{speedup.high:.2f})"


def target_rows(summary: Summary, *, hot: int) -> Iterator[tuple[str, ...]]:
    """Yield the hottest targets as rows: share, self time, calls, tests, function, note."""
    for target in list(summary.targets)[:hot]:
        note = target.skip or f"{target.native_share:.0%} of it in native code"
        if target.workloads and not target.tests and target.skip is None:
            note += "; only a workload reaches it"
        yield (
            f"{target.share:.1%}",
            f"{target.self_seconds * 1000:.1f} ms",
            f"{target.calls:,}",
            str(len(target.tests)),
            f"{target.path}:{target.line} {target.qualname}",
            note + _unasked(target, summary),
        )


def candidate_rows(summary: Summary, *, skipped: bool = True) -> Iterator[tuple[str, ...]]:
    """Yield candidates as rows: function, origin, verdict, speedup, detail.

    ``skipped``: also those that were not judged.
    """
    for outcome in summary.outcomes:
        verdict = outcome.verdict
        if verdict is None or (verdict.status is Status.SKIPPED and not skipped):
            continue
        rewrite = verdict.rewrite
        start = "" if rewrite.after is None else f" from #{rewrite.after}"
        yield (
            outcome.target.qualname,
            f"{rewrite.origin} #{rewrite.number}{start}",
            verdict.reason.value,
            factor(verdict.speedup),
            verdict.detail or _in_favour(verdict),
        )


def _in_favour(verdict: Verdict) -> str:
    support = verdict.support.text if verdict.support else ""
    return "; ".join(filter(None, (support, speed_details(verdict))))


def missing_tests(summary: Summary) -> dict[str, str]:
    """Return, by path and function, a test that would let a faster rewrite through."""
    found: dict[str, str] = {}
    for outcome in summary.outcomes:
        verdict = outcome.verdict
        if verdict is not None and verdict.support is not None and verdict.support.test:
            name = f"{outcome.target.path}::{outcome.target.qualname}"
            found.setdefault(name, verdict.support.test)
    return found


def cached_words(summary: Summary) -> str:
    """Say how many verdicts are of earlier runs; nothing where none is."""
    verdicts = [o.verdict for o in summary.outcomes if o.verdict is not None]
    judged = [one for one in verdicts if one.cached or one.status is not Status.SKIPPED]
    count = sum(one.cached for one in judged)
    if not count:
        return ""
    return f"{count} of {len(judged)} verdicts are of earlier runs; --no-cache judges anew"


def whole_run_gain(summary: Summary) -> float:
    """Return how many times faster the tests run as a whole, by Amdahl's law."""
    saved = 0.0
    for outcome in summary.outcomes:
        speedup = outcome.verdict.speedup if outcome.verdict else None
        if outcome.applied and speedup is not None:
            saved += outcome.target.share * (1 - 1 / speedup.ratio)
    return 1 / (1 - min(saved, 0.99))

"""A run's outcomes as JSON: the contract of the interface."""

from __future__ import annotations

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
from perfopt_cli.phrases import failures, target_status, verdict_words, whole_run_gain


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


def _judged_target(one: Judged) -> dict[str, Any]:
    figures = _figures(one.verdict.rewrite.target)
    if one.verdict.status is Status.ABSTAINED:
        status, reason = "skipped", one.verdict.detail
    else:
        status, reason = "improved" if one.faster else "unchanged", verdict_words(one)
    return {**figures, "line": one.line, "status": status, "reason": reason}


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


def _applied(outcome: Outcome) -> dict[str, Any]:
    speedup = outcome.verdict.speedup if outcome.verdict else None
    return {
        "path": outcome.target.path,
        "qualname": outcome.target.qualname,
        "speedup": round(speedup.ratio, 3) if speedup else None,
        "diff": outcome.diff,
    }

"""A run's outcomes as text for people: words, figures, and rows of tables."""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.core import Baseline, Judged, Review, Speedup, Status, Summary, Target, Verdict

LEAST_TOLD = 1.005


def baseline_words(baseline: Baseline) -> str:
    """Return for people what ran before any change."""
    tests = f"{baseline.tests} tests, {baseline.seconds:.1f} s"
    count = len(baseline.workloads)
    if not count:
        return tests
    spent = sum(one.seconds for one in baseline.workloads)
    return f"{tests}; {count} workload{'s' * (count > 1)}, {spent:.1f} s"


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


def speed_details(verdict: Verdict) -> str:
    """Say how a speedup changes with the size of the inputs, and what it brings the test run."""
    sizes = verdict.timing.sizes if verdict.timing else ()
    said = [f"{one.ratio:.2f}x on {one.inputs} inputs" for one in sizes]
    if verdict.timing is not None and verdict.timing.tests is not None:
        said.append(f"its tests {verdict.timing.tests.ratio:.2f}x")
    if verdict.whole_run is not None and verdict.whole_run >= LEAST_TOLD:
        said.append(f"the test run {verdict.whole_run:.2f}x")
    return ", ".join(said).replace("larger than recorded inputs", "inputs larger than recorded")


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

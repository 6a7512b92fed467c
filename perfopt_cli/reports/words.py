"""What all reports say alike: headlines, evidence in rows, reasons, how to make it again."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from perfopt_cli.core import Judged, Outcome, Reason, Status, Timing, Verdict
from perfopt_cli.phrases import factor, whole_run_gain
from perfopt_cli.reports.record import Record, replay_row

REASONS = {
    Reason.FASTER: "proved to do the same, and faster",
    Reason.EQUIVALENT: "does the same",
    Reason.INVALID: "does not parse, or changes the function's name, signature or decorators",
    Reason.UNSAFE: "does what the original does not: refused before it was run",
    Reason.DUPLICATE: "the same code as another candidate or the original",
    Reason.TESTS_FAILED: "a test that passed fails, or the other way round",
    Reason.DIVERGED: "answers a call otherwise than the original",
    Reason.TIMED_OUT: "took too long",
    Reason.CRASHED: "crashed",
    Reason.SANDBOX: "tried what the sandbox forbids",
    Reason.NOT_FASTER: "not proved to be faster",
    Reason.SLOWER_SOMEWHERE: "faster on some inputs, slower on others",
    Reason.NOISY: "the machine was too busy to tell",
    Reason.UNTESTED: "too little evidence: no test or recorded call would show a mistake",
    Reason.FLAKY: "the function answers otherwise from run to run",
    Reason.BUDGET: "not judged",
}
# Not shown as they are: what moves text about, hides it or ends it.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\ufff9-\uffff]"
)


def visible(text: str) -> str:
    """Return the text with controls, marks of direction and lone surrogates written out."""
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def count(number: int, what: str) -> str:
    """Return so many of something in words."""
    return f"{number:,} {what}{'s' * (number != 1)}"


def kept(record: Record) -> list[Outcome]:
    """Return the rewrites that were applied, or would be, those with the greatest effect first."""
    outcomes = record.summary.outcomes if record.summary else ()
    applied = [one for one in outcomes if one.applied]
    return sorted(applied, key=lambda one: -((one.verdict and one.verdict.whole_run) or 0))


def also_proved(record: Record) -> list[Verdict]:
    """Return the accepted candidates that were not taken, as another was faster."""
    taken = {id(one.verdict) for one in kept(record)}
    accepted = (one for one in record.verdicts if one.status is Status.ACCEPTED)
    return [one for one in accepted if id(one) not in taken]


def refusals(record: Record) -> dict[Reason, list[Verdict]]:
    """Return the candidates that were judged and not accepted, by their reason."""
    found: dict[Reason, list[Verdict]] = {}
    for verdict in record.verdicts:
        if verdict.status in (Status.REJECTED, Status.ABSTAINED):
            found.setdefault(verdict.reason, []).append(verdict)
    return dict(sorted(found.items(), key=lambda item: item[0].value))


def headline(record: Record) -> str:
    """Say in a line what the run found."""
    if record.review is not None:
        review = record.review
        if not review.judged:
            return f"No function differs from {review.base[:12]}"
        return (
            f"{count(len(review.judged), 'function')} changed: {review.count(Status.ACCEPTED)} "
            f"equivalent, {review.count(Status.REJECTED)} not, "
            f"{review.count(Status.ABSTAINED)} not judged"
        )
    found = kept(record)
    if not found:
        return "Nothing found that is proved to be equivalent and faster"
    verb = "made" if record.written else "can be made"
    return f"{count(len(found), 'function')} {verb} faster"


def gain(record: Record) -> float:
    """Return how many times faster the tests run as a whole with all rewrites."""
    return whole_run_gain(record.summary) if record.summary else 1.0


def when(record: Record) -> str:
    """Return the date of the run, in UTC."""
    try:
        moment = datetime.fromtimestamp(record.created, timezone.utc)
    except (OverflowError, ValueError, OSError):
        return "unknown"
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def about(record: Record) -> Iterator[tuple[str, str]]:
    """Yield what one has to know of a run: label and text."""
    found = record.summary or record.review
    yield "Run", record.run
    yield "Date", when(record)
    yield "Command", command(record)
    if record.commit:
        yield "Commit", record.commit
    if record.review is not None:
        yield "Held against", record.review.base
    if found is not None:
        yield "Interpreter", str(found.python)
    yield "perfopt", record.perfopt
    yield "Machine", record.runs_on


def command(record: Record) -> str:
    """Return the command line of the run."""
    return shlex.join(("perfopt", *record.words))


def place(verdict: Verdict) -> str:
    """Return where a function is, and its name."""
    target = verdict.rewrite.target
    return f"{target.path}:{target.line} {target.qualname}"


def candidate(verdict: Verdict) -> str:
    """Return which candidate it is."""
    return f"{verdict.rewrite.origin} #{verdict.rewrite.number}"


def evidence(verdict: Verdict, tests: int) -> Iterator[tuple[str, str]]:
    """Yield what speaks for a rewrite, label and text; ``tests`` are those of the whole suite."""
    reach = len(verdict.rewrite.target.tests)
    yield "Tests", f"all {tests:,} do as before; {reach:,} of them reach the function"
    if verdict.rewrite.target.workloads:
        yield "Workloads", f"end as before: {', '.join(verdict.rewrite.target.workloads)}"
    support = verdict.support
    if support is not None:
        yield "Recorded calls", f"{support.recorded:,} agree"
        yield "Made-up calls", f"{support.fuzzed:,} agree"
        if support.mutants:
            share = f"{support.noticed:,} of {support.mutants:,} would have been noticed"
            yield "Mistakes put in on purpose", share
        if support.missed:
            yield "Not noticed", "; ".join(support.missed)
        if support.never:
            yield "Never entered", "; ".join(support.never)
    timing = verdict.timing
    if timing is not None and timing.tests is not None:
        one = timing.tests
        timed = f"{one.timed:,} of {one.total:,} timed" if one.timed < one.total else "timed"
        yield "Tests that reach it", f"{one.ratio:.2f}x as fast in CPU time, {timed}"
    if verdict.whole_run is not None:
        yield "The whole test run", f"{verdict.whole_run:.3f}x as fast by this rewrite"
    if verdict.cached:
        yield "Judged", "in an earlier run, on the same files"


def samples_words(timing: Timing) -> str:
    """Say what the samples are."""
    number = sum(len(part) for part in timing.samples)
    parts = len(timing.samples)
    speedup = f": {factor(timing.speedup)}" if timing.speedup else ""
    return f"{count(number, 'sample')} in {parts} process{'es' * (parts != 1)}{speedup}"


def duration(nanos: float) -> str:
    """Return a time for people."""
    for least, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "µs")):
        if nanos >= least:
            return f"{nanos / least:.3g} {unit}"
    return f"{nanos:.3g} ns"


def reproduction(verdict: Verdict, record: Record) -> str:
    """Return shell lines that judge this very candidate anew, at the code of before."""
    line = json.dumps(replay_row(verdict))
    state = "# in the project, with its files as they were before the run"
    if record.commit:
        state += f" (commit {record.commit[:12]})"
    if record.written:
        state += f"; perfopt undo {record.run} brings them back"
    return "\n".join(
        (
            state,
            "cat > candidate.jsonl <<'END_OF_CANDIDATE'",
            line,
            "END_OF_CANDIDATE",
            "perfopt optimize --no-apply --no-cache --model replay:candidate.jsonl",
        )
    )


def verdict_lines(judged: Sequence[Judged]) -> list[Judged]:
    """Return changed functions, the worst first."""
    order = {Status.REJECTED: 0, Status.ABSTAINED: 1}
    return sorted(judged, key=lambda one: order.get(one.verdict.status, 3 - (one.faster is False)))

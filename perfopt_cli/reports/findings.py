"""A run as findings at places in files: what annotations and SARIF have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from perfopt_cli.core import Judged, Outcome, Reason, Status, Verdict
from perfopt_cli.phrases import factor, speed_details, verdict_words
from perfopt_cli.reports import words
from perfopt_cli.reports.record import Record

_PLACE = re.compile(r"(?P<path>[^\s:]+\.py):(?P<line>[0-9]+)?")
PROBLEM = "PROBLEM"
SLOWER_RULE = "SLOWER"


class Level(str, Enum):
    """How grave a finding is, as both formats call it."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found at a place. ``path`` is relative to the repository's top, or empty.

    ``rule`` is a reason of the closed set, SLOWER or PROBLEM; ``diff`` is what
    would mend it, relative to the project's root, or empty.
    """

    rule: str
    level: Level
    title: str
    message: str
    path: str = ""
    line: int = 1
    qualname: str = ""
    diff: str = ""
    detail: str = ""


def findings(record: Record) -> Iterator[Finding]:
    """Yield the findings of a run, the gravest first.

    Of ``optimize``: the rewrites, and hot functions that lack tests. Of
    ``verify``: what is not equivalent, slower or not judged, and problems.
    """
    if record.review is not None:
        for problem in record.review.problems:
            yield _problem(problem, record)
        for one in words.verdict_lines(record.review.judged):
            yield from _judged(one, record)
        return
    for outcome in words.kept(record):
        yield _rewrite(outcome, record)
    yield from _untested(record)


def _rewrite(outcome: Outcome, record: Record) -> Finding:
    verdict = outcome.verdict
    assert verdict is not None
    verb = "was made" if record.written else "can be made"
    said = f"{outcome.target.qualname} {verb} {factor(verdict.speedup)} faster"
    parts = [said, speed_details(verdict), verdict.support.text if verdict.support else ""]
    return Finding(
        Reason.FASTER.value,
        Level.NOTICE,
        "A faster version is proved",
        "; ".join(filter(None, parts)),
        record.prefix + outcome.target.path,
        outcome.target.line,
        outcome.target.qualname,
        "" if record.written else outcome.diff,
    )


def _untested(record: Record) -> Iterator[Finding]:
    """Yield each function whose tests were too few for a candidate, once."""
    seen = set()
    for verdict in record.verdicts:
        target = verdict.rewrite.target
        name = target.path, target.qualname
        test = verdict.support.test if verdict.support else ""
        if verdict.reason is not Reason.UNTESTED or not test or name in seen:
            continue
        seen.add(name)
        yield Finding(
            Reason.UNTESTED.value,
            Level.NOTICE,
            "Tests are missing before it can be made faster",
            f"{target.qualname} takes {target.share:.0%} of the tests' time, and a candidate for "
            f"it was not accepted: {verdict.detail}",
            record.prefix + target.path,
            target.line,
            target.qualname,
            detail=f"A test that would help:\n{test}",
        )


def _judged(one: Judged, record: Record) -> Iterator[Finding]:
    verdict = one.verdict
    target = verdict.rewrite.target
    rule, level = verdict.reason.value, Level.ERROR
    said = f"{target.qualname} is {verdict_words(one)}"
    if verdict.status is Status.ABSTAINED:
        level, title = Level.WARNING, "Not judged"
    elif verdict.status is Status.REJECTED:
        title = "Not equivalent" if one.equivalent is False else "Refused"
    elif is_slower(one):
        rule, level, title = SLOWER_RULE, Level.WARNING, "Slower than before"
        said += f", and slower: {factor(verdict.speedup)} of the speed"
    elif one.faster:
        level, title = Level.NOTICE, "Equivalent and faster"
        said += f", and {factor(verdict.speedup)} as fast"
    else:
        return
    yield Finding(
        rule,
        level,
        title,
        "; ".join(filter(None, (said, verdict.detail))),
        record.prefix + target.path,
        one.line,
        target.qualname,
        detail=pasted(verdict),
    )


def is_slower(one: Judged) -> bool:
    """Tell whether the clock has shown a changed function to be slower."""
    gain = one.verdict.speedup
    return one.faster is False and gain is not None and gain.high < 1


def pasted(verdict: Verdict) -> str:
    """Return the counterexample with a line above it, or nothing."""
    return f"The call:\n{verdict.paste}" if verdict.paste else ""


def _problem(text: str, record: Record) -> Finding:
    found = _PLACE.match(text)
    path = record.prefix + found["path"] if found else ""
    line = int(found["line"] or 1) if found else 1
    return Finding(PROBLEM, Level.ERROR, "A problem of the change", text, path, line)

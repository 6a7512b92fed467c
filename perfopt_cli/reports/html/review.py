"""A change that was judged, on the page."""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.core import Judged, Status
from perfopt_cli.phrases import speed_words, verdict_words
from perfopt_cli.reports import words
from perfopt_cli.reports.findings import is_slower
from perfopt_cli.reports.html.evidence import counterexample, timing_parts, versions
from perfopt_cli.reports.html.parts import Content, Markup, code, folded, tag, terms
from perfopt_cli.reports.record import Record

COLOURS = {Status.ACCEPTED: "good", Status.REJECTED: "bad", Status.ABSTAINED: "warn"}


def review_parts(record: Record) -> Iterator[Markup]:
    """Yield the sections of a review."""
    review = record.review
    assert review is not None
    if review.problems:
        items = [tag("li", text) for text in review.problems]
        yield tag("section", tag("h2", "Problems"), tag("ul", *items, class_="bad"))
    if review.judged:
        articles = [_judged(one) for one in words.verdict_lines(review.judged)]
        yield tag("section", tag("h2", "Functions that changed"), *articles)
    if review.notes:
        items = [tag("li", text) for text in review.notes]
        yield tag("section", tag("h2", "Not judged by itself"), tag("ul", *items))


def _judged(one: Judged) -> Markup:
    verdict = one.verdict
    target = verdict.rewrite.target
    colour = "warn" if is_slower(one) else COLOURS.get(verdict.status)
    rows: list[tuple[Content, Content]] = []
    if one.faster is not None:
        rows.append(("Speed (95 %)", speed_words(one)))
    if verdict.support is not None:
        rows.append(("Evidence", verdict.support.text))
    return tag(
        "article",
        tag("h3", code(target.qualname), " ", tag("strong", verdict_words(one), class_=colour)),
        tag("p", f"{target.path}:{one.line}", class_="soft"),
        tag("p", verdict.detail) if verdict.detail else "",
        *counterexample(verdict),
        terms(rows) if rows else "",
        *timing_parts(verdict.timing),
        folded("Both versions", versions(verdict), opened=verdict.status is Status.REJECTED),
    )

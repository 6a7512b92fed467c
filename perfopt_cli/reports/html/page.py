"""The whole page of a run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import PurePath

from perfopt_cli.core import Status, Summary, Target
from perfopt_cli.phrases import target_status
from perfopt_cli.reports import words
from perfopt_cli.reports.html import charts
from perfopt_cli.reports.html.evidence import refused, rewrite
from perfopt_cli.reports.html.parts import Content, Markup, code, folded, join, table, tag, terms
from perfopt_cli.reports.html.review import review_parts
from perfopt_cli.reports.html.style import CSS, SCRIPT
from perfopt_cli.reports.record import Record
from perfopt_cli.reports.words import REASONS, count

HOTTEST = 25
LEAST = 0.001


def page(record: Record) -> str:
    """Return the page. Nothing in it is loaded from anywhere, and a browser holds it to that."""
    name = PurePath(record.root).name
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    head = join(
        (
            Markup('<meta charset="utf-8">'),
            Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
            Markup('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            Markup('<meta name="color-scheme" content="light dark">'),
            tag("title", f"perfopt: {name}"),
            Markup(f"<style>{CSS}</style>"),
        ),
        "\n",
    )
    body = join((*_body(record, name), Markup(f"<script>{SCRIPT}</script>")), "\n")
    whole = join((tag("head", head), tag("body", body)), "\n")
    return f'<!DOCTYPE html>\n<html lang="en">\n{whole}\n</html>\n'


def _body(record: Record, name: str) -> Iterator[Markup]:
    subtitle = tag("p", f"{name}, {words.when(record)}", class_="soft")
    yield tag("header", tag("h1", words.headline(record)), subtitle, _tiles(record))
    parts = _summary_parts(record) if record.summary else review_parts(record)
    yield tag("main", join((*parts, *_notes(record)), "\n"))
    rows: list[tuple[Content, Content]] = [(k, code(v)) for k, v in words.about(record) if v]
    yield tag("footer", tag("h2", "The run"), terms(rows))


def _tiles(record: Record) -> Markup:
    tiles: list[tuple[str, str]] = []
    summary, review = record.summary, record.review
    if summary is not None:
        kept = words.kept(record)
        judged = sum(map(len, words.refusals(record).values()))
        verb = "applied" if record.written else "found"
        tiles = [
            (f"{words.gain(record):.2f}x", "the test run as a whole"),
            (f"{len(kept):,}", f"rewrites {verb}"),
            (f"{judged:,}", "candidates refused"),
            (f"{summary.baseline.tests:,}", f"tests, {summary.baseline.seconds:.1f} s"),
        ]
    elif review is not None:
        tiles = [
            (f"{review.count(Status.ACCEPTED):,}", "functions equivalent"),
            (f"{review.count(Status.REJECTED):,}", "not equivalent"),
            (f"{review.count(Status.ABSTAINED):,}", "not judged"),
            (f"{review.suite.tests:,}", "tests of the change"),
        ]
    items = [tag("li", tag("strong", number), label) for number, label in tiles]
    return tag("ul", *items, class_="tiles")


def _summary_parts(record: Record) -> Iterator[Markup]:
    summary = record.summary
    assert summary is not None
    yield from _times(summary)
    kept = words.kept(record)
    if kept:
        title = "Rewrites" if record.written else "Rewrites that are proved"
        articles = [rewrite(one, record) for one in kept]
        yield tag("section", tag("h2", title), *articles)
    if others := words.also_proved(record):
        title = tag("h2", "Also proved, but not the fastest")
        yield tag("section", title, *(refused(one) for one in others))
    refusals = words.refusals(record)
    if refusals:
        groups = [
            folded(
                f"{len(found)} x {reason.value}: {REASONS[reason]}",
                *(refused(one) for one in found),
                opened=len(refusals) == 1 or any(one.paste for one in found),
            )
            for reason, found in refusals.items()
        ]
        yield tag("section", tag("h2", "Candidates that were refused"), *groups)


def _times(summary: Summary) -> Iterator[Markup]:
    if not summary.targets:
        return
    faster = [(one.target.path, one.target.qualname) for one in summary.outcomes if one.applied]
    key = join(
        (
            "Own time of each function, the hottest first: ",
            tag("span", class_="key best", aria_hidden="true"),
            "made faster",
            tag("span", class_="key", aria_hidden="true"),
            "as it was",
            tag("span", class_="key pale", aria_hidden="true"),
            "with what it calls",
        )
    )
    strip = charts.icicle(summary.targets, faster)
    figure = tag("figure", tag("figcaption", key), strip, class_="chart")
    hot = sorted(summary.targets, key=lambda one: -one.share)
    hot = [one for one in hot if one.share >= LEAST or one in summary.chosen][:HOTTEST]
    seconds = _seconds(summary)
    heads = ("Function", "Share of the tests' time", "Itself", "In all", "Calls", "Tests", "")
    most = max((_whole(one, seconds) for one in hot), default=0.0)
    rows = [_time_row(one, (seconds, most), summary, faster) for one in hot]
    made = table(heads, rows, class_="times numbers stack hot")
    left = sum(bool(one.calls) for one in summary.targets) - len(rows)
    more = tag("p", f"And {count(left, 'function')} more.", class_="soft") if left > 0 else ""
    yield tag("section", tag("h2", "Where the time goes"), figure, made, more)


def _seconds(summary: Summary) -> float:
    """Return the time of all tests under the profiler, from what is known of the functions."""
    found = [one.self_seconds / one.share for one in summary.targets if one.share > 0]
    return max(found, default=0.0)


def _whole(target: Target, seconds: float) -> float:
    """Return the share of a function with what it calls."""
    found = target.cumulative_seconds / seconds if seconds > 0 else target.share
    return min(1.0, max(found, target.share))


def _time_row(
    target: Target, scale: tuple[float, float], summary: Summary, faster: list[tuple[str, str]]
) -> tuple[Content, ...]:
    """Return a row; ``scale`` is the time of all tests, and the share that fills a bar."""
    seconds, most = scale
    whole = _whole(target, seconds)
    better = (target.path, target.qualname) in faster
    status, reason = target_status(target, summary)
    said: Content = reason
    if better:
        said = tag("strong", reason, class_="good")
    elif status == "skipped":
        said = tag("span", reason, class_="soft")
    return (
        _where(target),
        charts.share_bar(target.share, whole, most, better=better),
        f"{target.share:.1%}",
        f"{whole:.1%}",
        f"{target.calls:,}",
        f"{len(target.tests):,}",
        said,
    )


def _where(target: Target) -> Markup:
    return join(
        (
            code(target.qualname),
            Markup("<br>"),
            tag("span", f"{target.path}:{target.line}", class_="soft"),
        )
    )


def _notes(record: Record) -> Iterator[Markup]:
    if record.notes:
        items = [tag("li", note) for note in record.notes]
        yield tag("section", tag("h2", "Notes"), tag("ul", *items))

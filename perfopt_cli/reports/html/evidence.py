"""One candidate on the page: both versions, and what speaks for or against it."""

from __future__ import annotations

from collections.abc import Iterator

from perfopt_cli.core import Outcome, Timing, Verdict
from perfopt_cli.phrases import factor
from perfopt_cli.reports import words
from perfopt_cli.reports.html import charts
from perfopt_cli.reports.html.code import side_by_side
from perfopt_cli.reports.html.parts import (
    Content,
    Markup,
    block,
    code,
    folded,
    join,
    table,
    tag,
    terms,
)
from perfopt_cli.reports.record import Record

MOST_TESTS = 100


def rewrite(outcome: Outcome, record: Record) -> Markup:
    """Return an accepted rewrite with all its evidence."""
    verdict = outcome.verdict
    assert verdict is not None
    tests = record.summary.baseline.tests if record.summary else 0
    speed = tag("strong", f"{factor(verdict.speedup)} faster", class_="good")
    return tag(
        "article",
        tag("h3", code(outcome.target.qualname), " ", speed),
        origin(verdict),
        versions(verdict),
        tag("h4", "Evidence"),
        terms(list(words.evidence(verdict, tests))),
        *timing_parts(verdict.timing),
        *_more(verdict, record),
    )


def origin(verdict: Verdict) -> Markup:
    """Return where the function is, and where the candidate comes from."""
    target = verdict.rewrite.target
    where = f"{target.path}:{target.line}, from {words.candidate(verdict)}"
    return tag("p", where, class_="soft")


def versions(verdict: Verdict) -> Markup:
    """Return both versions, and the imports that the new one needs."""
    target = verdict.rewrite.target
    imports = "".join(f"{line}\n" for line in verdict.rewrite.imports)
    added = join((tag("p", "With:"), block(imports))) if imports else ""
    above = _lines_above(target.source)
    return join((side_by_side(target.source, verdict.rewrite.source, target.line - above), added))


def _lines_above(source: str) -> int:
    """Return how many lines of decorators are above the def."""
    for number, line in enumerate(source.splitlines()):
        if line.startswith(("def ", "async def ", "class ")):
            return number
    return 0


def timing_parts(timing: Timing | None) -> Iterator[Markup]:
    """Yield the samples drawn, and the speedup by the size of the inputs."""
    if timing is None:
        return
    plot = charts.sample_plot(timing)
    if plot:
        said = f"{words.samples_words(timing)}. A dot is one sample: the original's "
        said += f"{charts.clock(timing)} time by the rewrite's. The band is the 95 % interval; a "
        said += "row is one process."
        figure = tag("figure", tag("figcaption", said), plot, class_="chart")
        yield join((tag("h4", "Timing samples"), figure))
    if timing.sizes:
        most = max(one.ratio for one in timing.sizes)
        rows: list[tuple[Content, ...]] = [
            (
                one.inputs,
                charts.ratio_bar(one.ratio, most),
                f"{one.ratio:.2f}x",
                words.duration(one.nanos),
            )
            for one in timing.sizes
        ]
        heads = ("Inputs", "Speedup", "", "The original took")
        made = table(heads, rows, class_="times numbers")
        yield join((tag("h4", "By the size of the inputs"), made))


def _more(verdict: Verdict, record: Record) -> Iterator[Markup]:
    tests = verdict.rewrite.target.tests
    if tests:
        items = [tag("li", code(name)) for name in tests[:MOST_TESTS]]
        if len(tests) > MOST_TESTS:
            items.append(tag("li", f"and {len(tests) - MOST_TESTS:,} more"))
        title = f"{words.count(len(tests), 'test')} that reach it"
        yield folded(title if len(tests) > 1 else "The test that reaches it", tag("ul", *items))
    yield folded("To judge it again", block(words.reproduction(verdict, record)))


def refused(verdict: Verdict) -> Markup:
    """Return a candidate that was refused, and why."""
    parts: list[Content] = [tag("h3", code(verdict.rewrite.target.qualname)), origin(verdict)]
    if verdict.detail:
        parts.append(tag("p", verdict.detail))
    if verdict.speedup is not None:
        parts.append(tag("p", f"Measured: {factor(verdict.speedup)}"))
    parts += counterexample(verdict)
    parts.append(folded("The candidate", versions(verdict), *timing_parts(verdict.timing)))
    return tag("article", *parts)


def counterexample(verdict: Verdict) -> Iterator[Markup]:
    """Yield a call that shows the difference, and a test that is missing."""
    if verdict.paste:
        yield join((tag("h4", "A call that shows it"), block(verdict.paste)))
    if verdict.support is not None and verdict.support.test:
        yield join((tag("h4", "A test that would help"), block(verdict.support.test)))

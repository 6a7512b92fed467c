"""A run as GitHub's Markdown: for a pull request, or the summary of a job."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from perfopt_cli.core import Outcome, Target, Verdict
from perfopt_cli.phrases import factor, speed_words, verdict_words
from perfopt_cli.reports import words
from perfopt_cli.reports.record import Record
from perfopt_cli.reports.words import REASONS, visible

# A comment on GitHub holds 65,536 characters, a job's summary a mebibyte.
MOST = 60_000
MOST_ROWS = 50
HOTTEST = 10
CUT = "\n*More was found than fits here: `perfopt report` shows all.*\n"


def markdown(record: Record) -> str:
    """Return the whole page; parts that no longer fit are left out, the last ones first."""
    page = f"## perfopt: {words.headline(record)}\n"
    for part in _parts(record):
        if len(page) + len(part) > MOST:
            return page + CUT
        page += "\n" + part
    return page


def _parts(record: Record) -> Iterator[str]:
    if record.review is not None:
        yield from _review(record)
    else:
        yield from _summary(record)
    if record.notes:
        yield section("Notes", "\n".join(f"- {code(note)}" for note in record.notes[:MOST_ROWS]))
    yield section("The run", table(("", ""), [(k, cell(v)) for k, v in words.about(record)]))


def _summary(record: Record) -> Iterator[str]:
    summary = record.summary
    assert summary is not None
    kept = words.kept(record)
    if kept:
        tests = summary.baseline.tests
        gain = f"**{words.gain(record):.2f}x**"
        yield f"All {tests:,} tests do as before; as a whole they run about {gain} as fast.\n"
        heads = ("function", "speedup (95 %)", "test run", "calls compared", "mistakes noticed")
        yield table(heads, [_row(one) for one in kept[:MOST_ROWS]])
    for outcome in kept:
        yield _rewrite(outcome, record)
    if others := words.also_proved(record):
        lines = [f"- {code(words.candidate(one))}: {factor(one.speedup)}" for one in others]
        yield section("Also proved, but not the fastest", "\n".join(lines[:MOST_ROWS]))
    for reason, verdicts in words.refusals(record).items():
        title = f"{len(verdicts)} x {reason.value}: {REASONS[reason]}"
        yield section(title, "\n".join(map(_refusal, verdicts[:MOST_ROWS])))
    hot = [_target_row(one) for one in summary.targets[:HOTTEST]]
    if hot:
        yield section("Where the time goes", table(("share", "calls", "tests", "function"), hot))


def _row(outcome: Outcome) -> tuple[str, ...]:
    verdict = outcome.verdict
    assert verdict is not None
    support = verdict.support
    return (
        cell(words.place(verdict)),
        f"**{factor(verdict.speedup)}**",
        f"{verdict.whole_run:.2f}x" if verdict.whole_run else "",
        f"{support.recorded + support.fuzzed:,}" if support else "",
        f"{support.noticed} of {support.mutants}" if support and support.mutants else "",
    )


def _target_row(target: Target) -> tuple[str, ...]:
    where = f"{target.path}:{target.line} {target.qualname}"
    return f"{target.share:.1%}", f"{target.calls:,}", f"{len(target.tests):,}", cell(where)


def _rewrite(outcome: Outcome, record: Record) -> str:
    verdict = outcome.verdict
    assert verdict is not None
    tests = record.summary.baseline.tests if record.summary else 0
    lines = [f"- {label}: {_text(text)}" for label, text in words.evidence(verdict, tests)]
    lines.append(f"- From: {code(words.candidate(verdict))}")
    sizes = verdict.timing.sizes if verdict.timing else ()
    rows = [(_text(s.inputs), words.duration(s.nanos), f"{s.ratio:.2f}x") for s in sizes]
    by_size = table(("inputs", "took", "speedup"), rows) if rows else ""
    again = section("To judge it again", fence(words.reproduction(verdict, record), "sh"))
    body = (fence(outcome.diff, "diff"), "\n".join(lines) + "\n", by_size, again)
    title = f"{outcome.target.qualname}: {factor(verdict.speedup)} faster"
    return section(title, "\n".join(filter(None, body)))


def _refusal(verdict: Verdict) -> str:
    said = f"- {code(words.place(verdict))}, {code(words.candidate(verdict))}"
    if verdict.detail:
        said += f": {code(verdict.detail)}"
    paste = f"\n\n{fence(verdict.paste, 'python')}" if verdict.paste else ""
    return said + indented(paste)


def _review(record: Record) -> Iterator[str]:
    review = record.review
    assert review is not None
    for problem in review.problems[:MOST_ROWS]:
        yield f"- :x: {code(problem)}\n"
    lines = words.verdict_lines(review.judged)
    rows = [
        (
            cell(words.place(one.verdict)),
            verdict_words(one),
            speed_words(one),
            cell(one.verdict.detail),
        )
        for one in lines[:MOST_ROWS]
    ]
    if rows:
        yield table(("function", "verdict", "speed (95 %)", ""), rows)
    for one in lines:
        if one.verdict.paste:
            title = f"A call that shows the difference in {one.verdict.rewrite.target.qualname}"
            yield section(title, fence(one.verdict.paste, "python"))
    if review.notes:
        notes = "\n".join(f"- {code(note)}" for note in review.notes[:MOST_ROWS])
        yield section("Not judged", notes)


def code(text: str) -> str:
    """Return the text as a code span on one line, where nothing is a link or a mention."""
    line = " ".join(visible(text.replace("\n", " ")).split())
    if not line:
        return ""
    ticks = "`" * (1 + longest_run(line))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def cell(text: str) -> str:
    """Return the same for a table, whose columns end at any bar that is not escaped."""
    return code(text).replace("|", "\\|")


def fence(text: str, language: str) -> str:
    """Return the text as a block of code."""
    lines = "\n".join(visible(line) for line in _unix(text).rstrip("\n").split("\n"))
    ticks = "`" * max(3, 1 + longest_run(lines))
    return f"{ticks}{language}\n{lines}\n{ticks}\n"


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


def longest_run(text: str) -> int:
    """Return the length of the longest run of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)


def _text(text: str) -> str:
    """Return words of our own, which may hold a name or two of the project's."""
    return re.sub(r"([\\`*_{}\[\]<>()#|~@!&])", r"\\\1", visible(text.replace("\n", " ")))


def section(title: str, body: str) -> str:
    """Return a part that is folded up."""
    named = (
        visible(title.replace("\n", " "))
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("@", "&#64;")
    )
    return f"<details><summary>{named}</summary>\n\n{body.rstrip()}\n\n</details>\n"


def indented(text: str) -> str:
    """Return the text as part of a list's item."""
    return "\n".join(f"  {line}" if line else "" for line in text.split("\n"))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)

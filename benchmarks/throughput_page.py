"""The results of benchmarks/throughput.py as Markdown."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from throughput_totals import (
    LABELS,
    Record,
    Total,
    by_outcome,
    kind_of,
    mean_seconds,
    only_by_perfopt,
    totals_of,
    verdicts,
)

HEADS = (
    "",
    "judged",
    "wall each",
    "CPU each",
    "candidates a second",
    "perfopt's rate is",
    "by CPU",
    "start of a run: wall",
    "CPU",
    "candidates a second, start included",
    "wrong accepted",
    "no gain, accepted",
    "right accepted",
)
MIX = "wrong", "no gain", "right", "unknown"


def section(results: Sequence[Record], about: Mapping[str, Any]) -> str:
    """Return the tables and the words around them."""
    limit = f" At most {about['limit']} candidates of each function." if about["limit"] else ""
    lines = [
        f"perfopt {about['perfopt']}, {', '.join(about['pinned'])}, Python {about['python']}, "
        f"{about['machine']}; one tool after the other, on the same candidates.{limit}",
        "",
    ]
    for kind in dict.fromkeys(one["kind"] for one in results):
        lines += [*_kind(kind, [one for one in results if one["kind"] == kind]), ""]
    lines += [*_notes(results)]
    if about["plot"]:
        place = os.path.relpath(about["plot"], "docs")
        lines += ["", f"![Candidates judged a second]({place})"]
    return "\n".join(["", *lines, ""])


def _kind(kind: str, results: Sequence[Record]) -> Iterator[str]:
    """Yield the tables of one kind of project."""
    totals = totals_of(results)
    ours = next((one for one in totals if one.tool == "perfopt"), None)
    most = max(totals, key=lambda one: len(one.verdicts))
    mix = Counter(kind_of(one, most.refuted) for one in most.verdicts)
    names = ", ".join(dict.fromkeys(one["project"] for one in results))
    yield from (f"### {kind}", "")
    yield (
        f"{len(most.verdicts)} candidates for functions of {names}: "
        f"{', '.join(f'{mix[name]} {name}' for name in MIX if mix[name])}."
    )
    yield from ("", _line(HEADS), "| --- |" + " ---: |" * (len(HEADS) - 1))
    yield from (_row(one, ours) for one in totals)
    if ours is not None:
        yield ""
        yield from _split(ours, totals)
    yield from _unknown(totals)
    found = only_by_perfopt(results)
    if found:
        yield from ("", f"{len(found)} mutants pass all tests and are refuted by replay only:", "")
        yield from (
            f"- {one['project']}: `{one['function']}`, {one['why']}: {_short(one['detail'])}"
            for one in found
        )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(one: Total, ours: Total | None) -> str:
    runs = max(1, one.runs)
    start = (f"{one.start_wall / runs:.1f} s", f"{one.start_cpu / runs:.1f} s")
    ratios = ("–", "–")
    if ours is not None and ours is not one and one.judged:
        ratios = (
            f"{one.each() / ours.each():.1f} times",
            f"{one.each(cpu=True) / ours.each(cpu=True):.1f} times",
        )
    cells = [
        LABELS[one.tool],
        f"{len(one.judged)} of {len(one.verdicts)}",
        f"{one.each():.2f} s",
        f"{one.each(cpu=True):.2f} s",
        f"{1 / one.each():.2f}",
        *ratios,
        *(start if one.start_wall else ("–", "–")),
        f"{1 / one.each(start=True):.2f}",
        *(one.accepted(kind) for kind in ("wrong", "no gain", "right")),
    ]
    return _line(cells)


def _split(ours: Total, totals: Sequence[Total]) -> Iterator[str]:
    """Yield the table of wall seconds by what perfopt made of the candidate."""
    rivals = [one for one in totals if one.tool.startswith("pytest")]
    names = [LABELS[one.tool] for one in rivals]
    yield _line(["by perfopt", "candidates", "perfopt, each", *(f"{name}, each" for name in names)])
    yield "| --- |" + " ---: |" * (2 + len(rivals))
    for name, group in by_outcome(ours.judged).items():
        means = [mean_seconds(group, one.seconds()) for one in (ours, *rivals)]
        cells = ["–" if mean is None else f"{mean:.2f} s" for mean in means]
        yield _line([name, str(len(group)), *cells])


def _unknown(totals: Sequence[Total]) -> Iterator[str]:
    """Yield a sentence on mutants that nothing refuted."""
    group = {one.tool: one.of_kind("unknown") for one in totals}
    if any(group.values()):
        said = [f"{LABELS[one.tool]} {one.accepted('unknown')}" for one in totals]
        places = {f"`{one['function']}`, {one['why']}" for each in group.values() for one in each}
        yield ""
        yield (
            "Neither tests nor replay told these mutants from the original, so they count neither "
            f"as wrong nor as right (accepted: {', '.join(said)}): {'; '.join(sorted(places))}."
        )


def _short(text: str, most: int = 160) -> str:
    """Return one line of a text that may have more."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _notes(results: Sequence[Record]) -> Iterator[str]:
    yield (
        "*Wrong* is a candidate that does something else than the original on some input that the "
        "function's contract allows; *no gain* one that does the same, but no faster, or slower. "
        "Of packages, *right* and *no gain* are rewrites by hand (`benchmarks/"
        "throughput_edits.py`), and the rest mutants (`perfopt_cli/sandbox/worker/mutations.py`): "
        "a mutant is *wrong* where a test fails or perfopt found a call with another outcome, "
        "which includes the type of a result, the text of an exception and changes of arguments; "
        "else it is *unknown*. So perfopt can't be shown here to accept a mutant that the tests "
        "miss, but all it accepts of the unknown is named. "
        "Mutants that never end are left out. "
        "Candidates of category *unsafe* are left out, as only perfopt has a sandbox for them. "
    )
    yield ""
    yield (
        "*Start of a run*: for perfopt the same run on one candidate for each function that raises "
        "as soon as it is called, for codeflash what it took until it turned to the first "
        "candidate. The rest, divided by the candidates, is *wall* and *CPU each*. perfopt has a "
        "run for each project, codeflash one for each function; runs that judged no candidate are "
        "not counted. Wall of single candidates is by perfopt's own clock, and counts twice what "
        "it does side by side. CPU is what the whole, otherwise idle machine did meanwhile "
        "(`/proc/stat`); codeflash's is that of its processes that have ended."
    )
    yield ""
    yield (
        "What the tools do differs. A fresh pytest stops at the first test that fails, and times "
        "nothing, so it accepts what brings no gain. perfopt replays recorded and made-up calls "
        "besides the tests, and times what is equivalent. codeflash "
        "(`--file FILE --function NAME --no-pr --no-gen-tests`, other settings as they come) "
        "compares what the tests' calls return, adds tests that it finds by concolic execution "
        "(part of its start), and times for up to 10 seconds what passes; *accepted* are the "
        "candidates that passed its tests and its speed check, of which it would apply the best. "
        "Its service is played by a local server that offers the candidates at no cost: the tests "
        "that the real service writes, and its review, could keep out some of the wrong ones, and "
        "take time of their own."
    )
    for tool, name in LABELS.items():
        left = verdicts(one for one in results if one["tool"] == tool)
        notes = Counter(
            f"{one['project']}: `{one['function']}`: {one['note'] or 'did not fit'}"
            for one in left
            if not one["judged"]
        )
        if notes:
            said = (f"{each} ({count})" for each, count in sorted(notes.items()))
            yield from ("", f"Not judged by {name}: {'; '.join(said)}.")

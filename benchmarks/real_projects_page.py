"""Results of real projects -> Markdown. Pure: each figure comes from perfopt's JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Machine:
    """Where the page was made. ``python`` is the version of both interpreters."""

    system: str
    cores: int
    python: str
    pytest: str


@dataclass(frozen=True)
class Search:
    """How wide perfopt looks: wider than by default, so that more rewrites are put to the test."""

    top: int
    min_share: float
    budget: float | None = None

    def options(self) -> list[str]:
        """Return the options of ``perfopt optimize`` that all packages share."""
        named = ["--model", "rules", "--top", str(self.top), "--min-share", f"{self.min_share:g}"]
        named += ["--no-apply", "--all-candidates", "--rounds", "1", "--format", "json"]
        return named if self.budget is None else [*named, "--budget", f"{self.budget:g}"]


@dataclass(frozen=True)
class Result:
    """What perfopt made of one package: ``document`` is its JSON, None where ``error`` says why.

    ``suite_seconds`` is the wall time of its tests without perfopt,
    ``wall_seconds`` that of the perfopt run. ``left_out`` says which tests were
    left out and why.
    """

    name: str
    version: str
    suite_seconds: float | None = None
    wall_seconds: float | None = None
    document: dict[str, Any] | None = None
    error: str = ""
    left_out: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def candidates(self) -> list[dict[str, Any]]:
        return self.document["candidates"] if self.document else []

    @property
    def accepted(self) -> list[dict[str, Any]]:
        return [one for one in self.candidates if one["status"] == "accepted"]

    @property
    def hot(self) -> list[dict[str, Any]]:
        """The functions that candidates were asked for."""
        targets = self.document["targets"] if self.document else []
        return [one for one in targets if one["status"] != "skipped"]


HEAD = (
    ("Package", "---"),
    ("Tests", "---:"),
    ("Plain suite", "---:"),
    ("Functions found", "---:"),
    ("Hot", "---:"),
    ("Candidates", "---:"),
    ("Accepted", "---:"),
    ("Their speedups", "---:"),
    ("Whole suite", "---:"),
    ("Suite afterwards", "---"),
    ("Wall time", "---:"),
    ("Reasons", "---"),
)


def page(results: Sequence[Result], machine: Machine, search: Search) -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines(results, machine, search)) + "\n"


def _lines(results: Sequence[Result], machine: Machine, search: Search) -> Iterator[str]:
    versions = sorted({one.document["perfopt"] for one in results if one.document})
    yield "## Real projects"
    yield ""
    yield "Written by `benchmarks/real_projects.py`; do not edit. Each package's own tests are run"
    yield "from its source distribution, and each figure comes from the JSON of this command:"
    yield ""
    yield "```"
    yield f"perfopt optimize PATH --python VENV/bin/python {' '.join(search.options())}"
    yield "```"
    yield ""
    yield (
        f"perfopt {', '.join(versions) or 'gave no result'}, Python {machine.python},"
        f" {machine.pytest.replace('==', ' ')}, {machine.system}, {machine.cores} cores."
    )
    yield ""
    yield from _table(HEAD, [_row(one) for one in results])
    yield ""
    yield "*Functions found* are all under PATH; *hot* those that the tests reach often enough and"
    yield "that perfopt can judge, so that candidates were asked for. *Plain suite* and *wall time*"
    yield "are wall seconds, of the tests without perfopt and of the whole perfopt run. *Reasons*"
    yield "counts the candidates that were not accepted. *Their speedups* are those of the best"
    yield "rewrite of each function, *whole suite* what all of them together bring it, and *suite"
    yield "afterwards* its outcome with all of them in place."
    yield ""
    yield from _accepted(results)
    yield from _rejected(results)
    yield from _remarks(results)


def _table(head: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(name for name, _ in head) + " |"
    yield "| " + " | ".join(rule for _, rule in head) + " |"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def _row(result: Result) -> list[str]:
    plain, wall = seconds(result.suite_seconds), seconds(result.wall_seconds)
    if result.document is None:
        return [result.title, "–", plain, *["–"] * 7, wall, "no result, see below"]
    others = [one for one in result.candidates if one["status"] != "accepted"]
    return [
        result.title,
        str(result.document["baseline"]["tests"]),
        plain,
        str(len(result.document["targets"])),
        str(len(result.hot)),
        str(len(result.candidates)),
        str(len(result.accepted)),
        _speedups(result.accepted),
        f"{result.document['whole_run_speedup']:.3f}x",
        "passes" if not result.document["suite"]["failed"] else "fails",
        wall,
        histogram(others) or "–",
    ]


def _speedups(accepted: Sequence[dict[str, Any]]) -> str:
    """Return the least and the largest of the functions' best speedups."""
    best: dict[tuple[str, str], float] = {}
    for one in accepted:
        key = (one["path"], one["qualname"])
        best[key] = max(best.get(key, 0.0), one["speedup"]["ratio"])
    if not best:
        return "–"
    least, most = min(best.values()), max(best.values())
    return f"{least:.2f}x" if least == most else f"{least:.2f}x to {most:.2f}x"


def histogram(candidates: Sequence[dict[str, Any]]) -> str:
    """Return how often each reason was given, the most frequent first."""
    counts = Counter(one["reason"] for one in candidates)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{reason} {count}" for reason, count in ordered)


def seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} s"


def bounds(speedup: dict[str, float] | None) -> str:
    """Return a speedup with its interval."""
    if speedup is None:
        return "–"
    return f"{speedup['ratio']:.2f}x [{speedup['low']:.2f}, {speedup['high']:.2f}]"


def _accepted(results: Sequence[Result]) -> Iterator[str]:
    yield "### Accepted rewrites"
    yield ""
    if not any(one.accepted for one in results):
        yield "None."
        yield ""
        return
    yield "Read them as a reviewer would: each must do the same for every input. The diff is that"
    yield "of a function's fastest accepted rewrite."
    yield ""
    for result in results:
        for key in dict.fromkeys((one["path"], one["qualname"]) for one in result.accepted):
            yield from _function(result, key)


def _function(result: Result, key: tuple[str, str]) -> Iterator[str]:
    """Yield the section of one function that has accepted rewrites."""
    assert result.document is not None
    path, qualname = key
    target = next(t for t in result.document["targets"] if (t["path"], t["qualname"]) == key)
    yield f"#### {result.name}: `{path}::{qualname}`"
    yield ""
    yield (
        f"{target['share']:.1%} of the tests' time, {target['calls']} calls,"
        f" {target['tests']} tests reach it."
    )
    yield ""
    head = (("Candidate", "---"), ("Speedup [low, high]", "---:"))
    mine = [one for one in result.accepted if (one["path"], one["qualname"]) == key]
    yield from _table(
        head, [[f"{one['origin']} #{one['candidate']}", bounds(one["speedup"])] for one in mine]
    )
    yield ""
    for edit in result.document["applied"]:
        if (edit["path"], edit["qualname"]) == key:
            yield "```diff"
            yield edit["diff"].rstrip("\n")
            yield "```"
            yield ""


def _rejected(results: Sequence[Result]) -> Iterator[str]:
    yield "### Other candidates"
    yield ""
    rows = []
    for result in results:
        for one in result.candidates:
            if one["status"] != "accepted":
                where = f"{result.name}: `{one['qualname']}`"
                reason = f"{one['reason']} {bounds(one['speedup'])}".removesuffix(" –")
                rows.append([where, one["origin"], reason, _short(one["detail"])])
    if not rows:
        yield "None."
        yield ""
        return
    head = [(name, "---") for name in ("Function", "Origin", "Reason", "Detail")]
    yield from _table(head, rows)
    yield ""


def _short(text: str, most: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _remarks(results: Sequence[Result]) -> Iterator[str]:
    rows = [one for one in results if one.error or one.left_out or one.notes]
    if not rows:
        return
    yield "### Remarks"
    yield ""
    for result in rows:
        if result.left_out:
            yield f"- {result.name}: {result.left_out}."
        for note in result.notes:
            yield f"- {result.name}: {note}"
        if result.error:
            yield f"- {result.name}: no result."
            yield ""
            yield "  ```"
            yield from (f"  {line}" for line in result.error.splitlines())
            yield "  ```"
    yield ""

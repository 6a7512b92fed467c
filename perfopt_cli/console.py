"""What a person sees: progress, notes and tables on stderr, data on stdout."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from perfopt_cli.core import Review, Status, Summary, Verdict
from perfopt_cli.phrases import (
    baseline_words,
    cached_words,
    candidate_rows,
    judged_rows,
    missing_tests,
    target_rows,
    whole_run_gain,
)

PLAIN_WIDTH = 140
COLOURS = {
    Status.ACCEPTED: "green",
    Status.REJECTED: "red",
    Status.ABSTAINED: "yellow",
    Status.SKIPPED: "dim",
}


def open_console(*, stderr: bool = False) -> Console:
    """Return what tables and messages are printed by.

    Where NO_COLOR is set (https://no-color.org) nothing is bold or italic either.
    """
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr,
        width=None if stream.isatty() else PLAIN_WIDTH,
        highlight=False,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
    )


class Screen:
    """A ``Listener`` that shows a run on stderr; progress bars only on a terminal.

    ``level`` is -1 for quiet (notes and errors only), 0, or 1 for verbose.
    """

    def __init__(self, level: int = 0) -> None:
        self.console = open_console(stderr=True)
        self.level = level
        self.notes: list[str] = []
        live = self.console.is_terminal and level >= 0
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(20))
        left = TimeRemainingColumn(compact=True)
        self._progress = Progress(
            *columns,
            MofNCompleteColumn(),
            left,
            console=self.console,
            transient=True,
            disable=not live,
        )
        self._task = self._progress.add_task("", total=None, visible=False)

    def __enter__(self) -> Screen:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def stage(self, text: str) -> None:
        """Show what goes on now."""
        self._progress.reset(self._task, description=escape(text), total=None, visible=True)
        if not self.console.is_terminal and self.level >= 0:
            self.console.print(f"... {escape(text)}", soft_wrap=True)

    def tests(self, done: int, total: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done, total=total)

    def verdict(self, verdict: Verdict) -> None:
        """Show one verdict as it falls."""
        if self.level < 0 or (self.level == 0 and verdict.status is Status.SKIPPED):
            return
        colour = COLOURS[verdict.status]
        line = f"    [{colour}]{verdict.reason.value:<16}[/] {escape(verdict.rewrite.origin)}"
        self.console.print(f"{line} [dim]{escape(verdict.detail)}[/]", soft_wrap=self.level > 0)

    def note(self, text: str) -> None:
        """Show a note, and keep it."""
        self.notes.append(text)
        self.console.print(f"note: {escape(text)}", soft_wrap=True)

    def error(self, text: str) -> None:
        """Show an error."""
        self.console.print(f"[red]error:[/] {escape(text)}", soft_wrap=True)

    def targets(self, summary: Summary, *, hot: int) -> None:
        """Show the hot functions."""
        baseline = summary.baseline
        title = f"Hot functions ({baseline_words(baseline)})"
        heads = ("share", "self", "calls", "tests", "function", "")
        self.console.print(table(title, heads, list(target_rows(summary, hot=hot))))

    def candidates(self, summary: Summary) -> None:
        """Show the judged candidates with their verdicts; with -v also those passed over."""
        rows = list(candidate_rows(summary, skipped=self.level > 0))
        if rows:
            heads = ("function", "candidate", "verdict", "speedup (95 %)", "")
            self.console.print(table("Candidates", heads, rows))
        for name, test in missing_tests(summary).items():
            self.console.print(f"A test that {name} lacks before it can be made faster:")
            self.console.print(escape(textwrap.indent(test, "    ")), soft_wrap=True)

    def result(self, summary: Summary, *, written: bool) -> None:
        """Say in a line what the run brought."""
        if said := cached_words(summary):
            self.note(said)
        count = sum(outcome.applied for outcome in summary.outcomes)
        if not count:
            self.console.print("Nothing found that is proved to be equivalent and faster.")
            return
        verb = "Applied" if written else "Found"
        gain = whole_run_gain(summary)
        self.console.print(
            f"{verb} {count} rewrite{'s' * (count > 1)}; all {summary.baseline.tests} tests do as "
            f"before. The test run as a whole: about {gain:.2f}x.",
            soft_wrap=True,
        )
        if written:
            self.console.print(f"Take them back with: perfopt undo {summary.run}")

    def review(self, review: Review) -> None:
        """Say what stands in the way of a change, and sum up."""
        for problem in review.problems:
            self.error(problem)
        abstained = review.count(Status.ABSTAINED)
        if abstained:
            self.note(f"{functions(abstained)} could not be judged")
        if not review.judged:
            self.say(f"No function differs from {review.base[:12]}.")
            return
        total, good = len(review.judged), review.count(Status.ACCEPTED)
        self.say(
            f"{functions(total)} changed since {review.base[:12]}: {good} equivalent, "
            f"{review.count(Status.REJECTED)} not, {abstained} not judged."
        )

    def say(self, text: str) -> None:
        """Say something, but when quiet."""
        if self.level >= 0:
            self.console.print(escape(text), soft_wrap=True)


def functions(count: int) -> str:
    """Return so many functions in words."""
    return f"{count} function{'s' * (count != 1)}"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Return a plain table; the last column takes what room is left."""
    made = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for position, head in enumerate(heads):
        last = position == len(heads) - 1
        number = head in ("share", "self", "calls", "tests")
        made.add_column(
            head,
            justify="right" if number else "left",
            overflow="fold",
            no_wrap=number,
            ratio=1 if last else None,
        )
    for row in rows:
        made.add_row(*(escape(cell) for cell in row))
    return made


def print_targets(summary: Summary, *, hot: int) -> None:
    """Print the hot functions on stdout, as the result of ``locate``."""
    heads = ("share", "self", "calls", "tests", "function", "")
    title = f"Hot functions ({baseline_words(summary.baseline)})"
    rows = list(target_rows(summary, hot=hot))
    open_console().print(table(title, heads, rows))
    if hot < len(summary.targets):
        print(f"... and {len(summary.targets) - hot} more functions; -v shows all")


def print_review(review: Review) -> None:
    """Print the changed functions with their verdicts on stdout, as the result of ``verify``."""
    if review.judged:
        heads = ("function", "verdict", "speed (95 %)", "")
        title = f"Changed since {review.base[:12]}"
        made = table(title, heads, list(judged_rows(review)))
        open_console().print(made)

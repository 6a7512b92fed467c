"""What the commands do with a finished run: keep it, print it, commit it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from perfopt_cli.core import PerfoptError
from perfopt_cli.options import ResultFormat

if TYPE_CHECKING:
    from perfopt_cli.console import Screen
    from perfopt_cli.core import Review, Summary
    from perfopt_cli.pipeline import Run
    from perfopt_cli.project import Project
    from perfopt_cli.reports.record import Record


def keep(
    found: Summary | Review, project: Project, screen: Screen, *, written: bool = False
) -> Record:
    """Keep a finished run for perfopt report, and return its record; failing stops nothing."""
    from perfopt_cli.reports.kept import shelf_of
    from perfopt_cli.reports.record import record_of

    record = record_of(found, project, screen.notes, written=written)
    try:
        shelf_of(project.root).keep(record)
    except PerfoptError as error:
        screen.note(f"the run is not kept for perfopt report: {error}")
    return record


def check_committable(run: Run) -> None:
    """Raise PerfoptError where rewrites could not be committed."""
    from perfopt_cli.project import python_files
    from perfopt_cli.reports.commits import check_clean

    check_clean(run.project, python_files(run.project, run.selections, run.settings.exclude))


def commit_rewrites(record: Record, project: Project, screen: Screen) -> None:
    """Make a commit of each rewrite."""
    from perfopt_cli.reports.commits import commit_each

    for subject in commit_each(record, project, screen.note):
        screen.say(f"Committed: {subject}")


def show(
    summary: Summary,
    run: Run,
    screen: Screen,
    output: ResultFormat,
    record: Record,
    *,
    diff: bool,
    quiet: bool,
) -> None:
    """Print a finished run."""
    if output is ResultFormat.JSON:
        from perfopt_cli.report import to_json

        print(json.dumps(to_json(summary)))
        return
    if output is not ResultFormat.TEXT:
        print_report(record, output)
        screen.result(summary, written=run.write_files)
        return
    if not quiet:
        screen.targets(summary, hot=max(run.settings.top, len(summary.chosen)))
        screen.candidates(summary)
    if diff or not quiet:
        sys.stdout.write(summary.patch)
        sys.stdout.flush()
    screen.result(summary, written=run.write_files)


def print_report(record: Record, output: ResultFormat) -> None:
    """Print a run for other programs."""
    from perfopt_cli.reports.rendering import rendered

    sys.stdout.write(rendered(record, output.value))
    sys.stdout.flush()

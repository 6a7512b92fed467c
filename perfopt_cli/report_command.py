"""``perfopt report``: the evidence of a run that was kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perfopt_cli.core import PerfoptError
from perfopt_cli.options import Quiet, ReportFormat, Verbose

if TYPE_CHECKING:
    from perfopt_cli.reports.record import Record


def report(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Default: the latest run.")
    ] = None,
    output: Annotated[
        ReportFormat, typer.Option("--format", help="html is one file that needs nothing else.")
    ] = ReportFormat.HTML,
    to: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Where to write it. Default: stdout; for html a file in the project's .perfopt, "
            "whose path is printed.",
        ),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(
            "--replay",
            metavar="FILE",
            help="Also write the candidates of the run to FILE, for --model replay:FILE.",
        ),
    ] = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Show the evidence of a run of optimize or verify: as a page, for a pull request, as data.

    Each of the last 20 runs of a project is kept, outside of it, with its samples and
    counterexamples.
    """
    from perfopt_cli.project import find_project
    from perfopt_cli.reports.kept import shelf_of
    from perfopt_cli.reports.rendering import rendered

    root = find_project((), Path.cwd()).root
    record = shelf_of(root).load(run)
    text = rendered(record, output.value)
    if replay is not None:
        save(replay, candidates(record))
    if to is None and output is not ReportFormat.HTML:
        sys.stdout.write(text)
        return
    path = to or page_of(root, record.run)
    save(path, text)
    if not quiet:
        print(path)


def page_of(root: Path, run: str) -> Path:
    """Return where a run's page goes; the oldest of too many pages there are removed.

    Raises PerfoptError where nothing can be written there.
    """
    from perfopt_cli.apply import state_folder
    from perfopt_cli.reports.kept import MOST_RUNS

    try:
        folder = state_folder(root) / "reports"
        folder.mkdir(exist_ok=True)
        pages = sorted(folder.glob("*.html"), key=lambda path: path.stat().st_mtime_ns)
        for path in pages[: 1 - MOST_RUNS]:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise PerfoptError(
            f"{error.filename or root} can't be written: {error.strerror}; name another place "
            "with --output FILE"
        ) from None
    return folder / f"{run}.html"


def candidates(record: Record) -> str:
    """Return the candidates of a run as a replay file."""
    from perfopt_cli.reports.record import replay_row

    return "".join(json.dumps(replay_row(verdict)) + "\n" for verdict in record.verdicts)


def save(path: Path, text: str) -> None:
    """Write a file. Raises PerfoptError where that fails."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PerfoptError(f"{path} can't be written: {error.strerror}") from None

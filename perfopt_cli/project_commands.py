"""Commands on a project that write nothing new: locate, verify, undo, doctor."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from perfopt_cli import __version__
from perfopt_cli.core import ExitCode
from perfopt_cli.options import (
    Budget,
    Format,
    FormatOption,
    MinShare,
    MinSpeedup,
    Paths,
    PytestArgs,
    Python,
    Quiet,
    ResultFormat,
    ResultFormatOption,
    SandboxOption,
    Top,
    Verbose,
    Workloads,
)
from perfopt_cli.results import keep, print_report
from perfopt_cli.starting import prepare, refuse_windows, screen_of


def locate(
    paths: Paths = None,
    top: Top = None,
    min_share: MinShare = None,
    python: Python = None,
    pytest_args: PytestArgs = None,
    workload: Workloads = None,
    sandbox: SandboxOption = None,
    output: FormatOption = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Show the hot functions: share of time, calls, tests that reach them, why one is left out."""
    options = {
        "top": top,
        "min_share": min_share,
        "python": python,
        "pytest_args": pytest_args,
        "workload": tuple(workload) if workload else None,
        "sandbox": sandbox and sandbox.value,
    }
    with screen_of(verbose, quiet) as screen:
        run = prepare(paths, options, screen, write_files=False)
        summary = run.locate()
    if output is Format.JSON:
        from perfopt_cli.report import to_json

        print(json.dumps(to_json(summary)))
        return
    from perfopt_cli.console import print_targets

    print_targets(summary, hot=len(summary.targets) if verbose else run.settings.top)


def verify(
    paths: Paths = None,
    base: Annotated[
        str, typer.Option("--base", metavar="REV", help="The commit to hold the change against.")
    ] = "HEAD",
    speed: Annotated[
        bool, typer.Option("--speed", help="Also time what is equivalent: faster, or slower?")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 also where a function can't be judged.")
    ] = False,
    min_speedup: MinSpeedup = None,
    budget: Budget = None,
    python: Python = None,
    pytest_args: PytestArgs = None,
    workload: Workloads = None,
    sandbox: SandboxOption = None,
    output: ResultFormatOption = ResultFormat.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Judge a change that somebody else made: does each function do what it did at REV?

    The change is what the working tree has and REV has not. Exit code 1 where a function is not
    equivalent, or a test has another outcome.
    """
    refuse_windows()
    from perfopt_cli.console import print_review
    from perfopt_cli.pipeline.prepare import prepare_change
    from perfopt_cli.report import review_json

    options = {
        "min_speedup": min_speedup,
        "budget": budget,
        "python": python,
        "pytest_args": pytest_args,
        "workload": tuple(workload) if workload else None,
        "sandbox": sandbox and sandbox.value,
    }
    with screen_of(verbose, quiet) as screen:
        change = prepare_change(paths or [], Path.cwd(), options, screen, base=base, timing=speed)
        review = change.verify()
    kept = keep(review, change.project, screen)
    if output is ResultFormat.JSON:
        print(json.dumps(review_json(review)))
    elif output is ResultFormat.TEXT:
        print_review(review)
    else:
        print_report(kept, output)
    sys.stdout.flush()
    screen.review(review)
    raise typer.Exit(review.exit_code(strict=strict).value)


def undo(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Default: the latest run.")
    ] = None,
    output: FormatOption = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Take the edits of a run back; a file that was edited since is left alone."""
    from perfopt_cli.apply import FileState
    from perfopt_cli.apply import undo as take_back
    from perfopt_cli.project import find_project

    project = find_project((), Path.cwd())
    results = take_back(project.root, run)
    if output is Format.JSON:
        rows = [{"path": r.path, "state": r.state.value, "detail": r.detail} for r in results]
        print(json.dumps({"perfopt": __version__, "files": rows}))
    elif not quiet:
        for result in results:
            print(f"{result.state.value:10} {result.path}  {result.detail}".rstrip())
    if any(r.state in (FileState.CHANGED, FileState.FAILED) for r in results):
        raise typer.Exit(ExitCode.FOUND.value)


def doctor(
    paths: Paths = None,
    python: Python = None,
    sandbox: SandboxOption = None,
    output: FormatOption = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Say what this machine allows: interpreter, pytest, sandbox, timer noise, models."""
    from perfopt_cli.config import load_settings
    from perfopt_cli.doctor import examine, rows
    from perfopt_cli.project import find_project, select

    project = find_project(select(paths or [], Path.cwd()), Path.cwd())
    settings = load_settings(project.root)
    kind = sandbox.value if sandbox else settings.sandbox
    findings = list(examine(project, python or settings.python, kind, settings.workload))
    if output is Format.JSON:
        found = [{"name": f.name, "ok": f.ok, "text": f.text} for f in findings]
        print(json.dumps({"perfopt": __version__, "findings": found}))
        return
    for mark, name, text in rows(findings):
        print(f"{mark:3} {name:22} {text}")

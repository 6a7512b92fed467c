"""``perfopt hook`` and ``perfopt init``."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perfopt_cli import __version__
from perfopt_cli.options import (
    Cache,
    Format,
    FormatOption,
    PytestArgs,
    Python,
    Quiet,
    SandboxOption,
    Verbose,
    Workloads,
)
from perfopt_cli.starting import refuse_windows, screen_of

if TYPE_CHECKING:
    from perfopt_cli.core import Proposer


def hook(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Staged files, as pre-commit passes them. Default: all staged."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="SPEC",
            help="Where candidates come from, as for optimize; the settings' model does not count "
            "here. Default: rules.",
        ),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option("--budget", metavar="SECONDS", min=0, help="Default: 20."),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write proved rewrites instead of naming them.")
    ] = False,
    python: Python = None,
    pytest_args: PytestArgs = None,
    workload: Workloads = None,
    cache: Cache = None,
    sandbox: SandboxOption = None,
    output: FormatOption = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Look at the functions that staged changes touch, within a time budget; pre-commit calls it.

    Names those that could be faster. Exit code 1 where one gets slower than it is at HEAD, or,
    with --apply, where files were changed.
    """
    refuse_windows()
    from perfopt_cli.hooks.notes import Notes
    from perfopt_cli.hooks.pre_commit import check_staged

    def sources(root: Path) -> list[Proposer]:
        from perfopt_cli.model.sources import open_proposers

        specs = model or ["rules"]
        return open_proposers(specs, adapter=None, quantize="auto", root=root, by_user=bool(model))

    options = {
        "budget": budget,
        "python": python,
        "pytest_args": pytest_args,
        "workload": tuple(workload) if workload else None,
        "cache": cache,
        "sandbox": sandbox and sandbox.value,
    }
    with screen_of(verbose, quiet) if verbose else nullcontext(Notes()) as listener:
        found = check_staged(
            files or [], sources, options, listener, write_files=apply, models=bool(model)
        )
    if output is Format.JSON:
        print(json.dumps({"perfopt": __version__, **found.report, "said": found.lines}))
    else:
        for line in found.lines:
            print(line)
    raise typer.Exit(found.exit_code.value)


def init(
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing; print a diff on stdout.")
    ] = False,
    output: FormatOption = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Add a commented section of settings, and an entry for the pre-commit hook.

    What is there already stays as it is.
    """
    from perfopt_cli.hooks.init import additions
    from perfopt_cli.project import find_project

    project = find_project((), Path.cwd())
    found = list(additions(project))
    if not diff:
        for one in found:
            one.write()
    if output is Format.JSON:
        rows = [one.row(project.root, written=not diff) for one in found]
        print(json.dumps({"perfopt": __version__, "files": rows}))
        return
    for one in found:
        name = one.name(project.root)
        if diff:
            sys.stdout.write(one.diff(name))
        elif one.text and not quiet:
            print(f"added to {name}")
        if one.why and not quiet:
            print(f"left alone: {name}: {one.why}", file=sys.stderr)
        if one.paste:
            print(f"To be added to {name} by hand:\n{one.paste}", file=sys.stderr)

"""The command ``perfopt pairs``: its options and what it prints."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from perfopt_cli.core import PerfoptError
from perfopt_cli.options import Quiet, SandboxOption, Verbose


def pairs(
    output: Annotated[
        Path,
        typer.Option(
            "--output", metavar="DIR", help="The folder; the same command goes on after a stop."
        ),
    ],
    packages: Annotated[
        list[str] | None,
        typer.Option(
            "--packages",
            metavar="NAME",
            help="Only these packages; 'shapes' are the small algorithms that perfopt itself has. "
            "Repeatable.",
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="NAME", help="Not these packages. Repeatable."),
    ] = None,
    corpus: Annotated[
        list[Path] | None,
        typer.Option(
            "--corpus",
            metavar="DIR",
            help="A site-packages folder to take packages from. Repeatable. Default: perfopt's.",
        ),
    ] = None,
    count: Annotated[
        int, typer.Option("--count", min=0, help="At most so many of packages.")
    ] = 150_000,
    problems: Annotated[
        Path | None,
        typer.Option(
            "--problems",
            metavar="DIR",
            help="Also pairs of problems with tests: their programs, run and timed.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="For all that is drawn.")] = 0,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Processes. Default: one a core.")] = 0,
    run: Annotated[
        bool,
        typer.Option(
            "--run/--no-run", help="Run both sides of each pair: keep what agrees and is faster."
        ),
    ] = True,
    sandbox: SandboxOption = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Make pairs of slow and fast functions from installed packages, to train on."""
    from perfopt_cli.console import Screen
    from perfopt_cli.train.errors import plain_errors
    from perfopt_cli.train.pairs.build import Options, build, site_folders

    folders = tuple(corpus or site_folders())
    for folder in folders:
        if not folder.is_dir():
            raise PerfoptError(f"{folder}: no such folder; --corpus names a site-packages folder")
    options = Options(
        output=output,
        folders=folders,
        only=tuple(packages or ()),
        without=tuple(without or ()),
        count=count,
        seed=seed,
        jobs=jobs or os.cpu_count() or 1,
        run=run,
        sandbox=sandbox.value if sandbox else "auto",
        problems=problems,
    )
    with Screen(-1 if quiet else int(verbose)) as screen, plain_errors(output):
        try:
            built = build(options, screen)
        except KeyboardInterrupt:
            screen.note("what is finished is kept: the same command goes on from there")
            raise
    if quiet:
        return
    print(f"pairs: {', '.join(f'{n} {name}' for name, n in built.splits.items())} in {output}")
    for family, number in built.families.items():
        tried = built.tried.get(family, 0)
        print(f"  {family:22} {number:7}  of {tried} made")
    for reason, number in built.dropped.items():
        print(f"  dropped: {reason}: {number}")

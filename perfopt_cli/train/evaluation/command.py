"""``perfopt evaluate``: options, the run, and what is printed."""

from __future__ import annotations

import json
import os
import shutil
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from perfopt_cli.core import PerfoptError
from perfopt_cli.options import Format, FormatOption, Quantize, Quiet, SandboxOption, Verbose

if TYPE_CHECKING:
    from perfopt_cli.train.evaluation.report import Evaluation

LIMIT_SECONDS = 5.0
"""One run of a program may take this long: PerfRL's bound."""


class Preset(str, Enum):
    """Settings of a paper."""

    PERFRL = "perfrl"


def evaluate(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Pairs, as for train.")],
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="SPEC",
            help="rules, mini, replay:FILE.jsonl, a folder or hub name of a transformers model. "
            "Default: the adapter's, else rules.",
        ),
    ] = None,
    adapter: Annotated[
        Path | None, typer.Option("--adapter", metavar="DIR", help="A peft adapter on the model.")
    ] = None,
    quantize: Annotated[
        Quantize, typer.Option("--quantize", help="Weights of the local model.")
    ] = Quantize.AUTO,
    split: Annotated[str, typer.Option("--split", help="train, val or test.")] = "test",
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples", min=1, help="Candidates for each program. Default: 8, or what a file has."
        ),
    ] = None,
    preset: Annotated[
        Preset | None,
        typer.Option("--preset", help="perfrl: beam search with 4 beams, the top 2."),
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(
            "--style",
            help="Form of prompts: pie, pie2, perfrl, optimize. Default: as it was trained.",
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only the first programs.")
    ] = None,
    tests: Annotated[
        Path | None,
        typer.Option("--tests", metavar="DIR", help="Tests of PIE's problems. Default: in DIR."),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(
            "--python",
            metavar="PATH",
            help="Runs the programs. Default: perfopt's own interpreter.",
        ),
    ] = None,
    limit_seconds: Annotated[
        float, typer.Option("--limit-seconds", min=0.1, help="For one run of a program.")
    ] = LIMIT_SECONDS,
    workers: Annotated[
        int,
        typer.Option("--workers", min=0, help="Programs at once. Default: twice the cores."),
    ] = 0,
    instructions: Annotated[
        bool | None,
        typer.Option(
            "--instructions/--no-instructions",
            help="Count instructions for efficient@k. Default: where valgrind is; it takes time.",
        ),
    ] = None,
    clip: Annotated[
        bool,
        typer.Option("--clip/--no-clip", help="Count a slower program as speedup 1, as PIE does."),
    ] = True,
    seed: Annotated[int, typer.Option("--seed", help="For drawing from a model.")] = 0,
    result: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="Write the result as JSON; finished programs are kept beside it, and the same "
            "command goes on from there.",
        ),
    ] = None,
    sandbox: SandboxOption = None,
    output: FormatOption = Format.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Measure a model on a data set: %Opt, speedup, RTR, %Correct, pass@k, speedup@k, eff@k."""
    from perfopt_cli.console import Screen

    if sys.platform == "win32":
        raise PerfoptError(
            "perfopt can't run programs on Windows itself; use the Windows Subsystem for Linux: "
            "https://learn.microsoft.com/windows/wsl/install"
        )
    from perfopt_cli.train.evaluation.run import Options, run

    options = Options(
        data=data,
        model=model,
        adapter=adapter,
        quantize=quantize.value,
        split=split,
        samples=samples,
        preset=preset and preset.value,
        style=style,
        limit=limit,
        tests=tests,
        python=find_interpreter(python),
        sandbox=sandbox.value if sandbox else "auto",
        limit_seconds=limit_seconds,
        workers=workers,
        instructions=instructions,
        clip=clip,
        seed=seed,
        output=result,
    )
    with Screen(-1 if quiet else int(verbose)) as screen:
        found = run(options, screen)
    if output is Format.JSON:
        from perfopt_cli.train.evaluation.report import to_json

        print(json.dumps(to_json(found)))
    else:
        show(found)


def find_interpreter(text: str | None) -> Path:
    """Return the interpreter that --python names, else perfopt's own. Raises PerfoptError."""
    if text is None:
        return Path(sys.executable)
    found = shutil.which(os.path.expanduser(text))
    if found is None:
        raise PerfoptError(f"--python {text}: no such interpreter")
    return Path(os.path.abspath(found))


def show(found: Evaluation) -> None:
    """Print the evaluation as tables on stdout."""
    from perfopt_cli.console import open_console, table
    from perfopt_cli.train.evaluation import report

    console = open_console()
    console.print(report.title(found), markup=False, soft_wrap=True)
    heads, rows = report.best_table(found)
    console.print(table("", heads, rows))
    console.print()
    heads, rows = report.at_table(found)
    console.print(table("Of k candidates, estimated", heads, rows))
    console.print()
    heads, rows = report.beside_table(found)
    console.print(table("Beside published figures", heads, rows))
    console.print()
    for line in report.lines(found):
        console.print(line, markup=False, soft_wrap=True)

"""``perfopt evaluate``: options, the run, and what is printed."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from perfopt_cli.core import PerfoptError
from perfopt_cli.options import Format, FormatOption, Quantize, Quiet, SandboxOption, Verbose

if TYPE_CHECKING:
    from perfopt_cli.console import Screen
    from perfopt_cli.train.evaluate import Scoring
    from perfopt_cli.train.evaluate_report import Evaluation
    from perfopt_cli.train.evaluate_rows import Row
    from perfopt_cli.train.instructions import InstructionCounter
    from perfopt_cli.train.records import Pair
    from perfopt_cli.train.sources import Source

SAMPLES = 8
"""Candidates for each program: Best@8 is what PIE reports."""

PRESET_SAMPLES = 2
LIMIT_SECONDS = 5.0
"""One run of a program may take this long: PerfRL's bound."""


class Preset(str, Enum):
    """Settings of a paper."""

    PERFRL = "perfrl"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for."""

    data: Path
    model: str | None
    adapter: Path | None
    quantize: str
    split: str
    samples: int | None
    preset: str | None
    style: str | None
    limit: int | None
    tests: Path | None
    python: Path
    sandbox: str
    limit_seconds: float
    workers: int
    instructions: bool | None
    clip: bool
    seed: int
    output: Path | None

    def drawn(self, most: int | None) -> int:
        """Return how many candidates each program gets, of a source that has so many."""
        return self.samples or (PRESET_SAMPLES if self.preset else most or SAMPLES)


def evaluate(
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Pairs, as for train.")],
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="SPEC",
            help="rules, replay:FILE.jsonl, a folder or hub name of a transformers model. "
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
        from perfopt_cli.train.evaluate_report import to_json

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


OpenScorer = Callable[["Options"], "AbstractContextManager[Scoring]"]


def open_scorer(options: Options) -> AbstractContextManager[Scoring]:
    """Return the scorer that runs programs in the sandbox."""
    from perfopt_cli.train.pool import Scorer

    return Scorer(
        options.python,
        sandbox=options.sandbox,
        limit_seconds=options.limit_seconds,
        workers=options.workers,
    )


def run(options: Options, screen: Screen, scorers: OpenScorer = open_scorer) -> Evaluation:
    """Do the evaluation, or what is left of it. Raises PerfoptError."""
    from perfopt_cli.train.evaluate import startup_seconds
    from perfopt_cli.train.evaluate_report import Evaluation, as_targets
    from perfopt_cli.train.figures import summarize
    from perfopt_cli.train.sources import open_source

    source = open_source(
        options.model,
        adapter=options.adapter,
        quantize=options.quantize,
        style=options.style,
        preset=options.preset,
        seed=options.seed,
    )
    startup = startup_seconds(options.python)
    pairs, left_out = _pairs(options, screen)
    settings = settings_of(options, source, pairs)
    rows = _rows(options, source, pairs, settings, screen, scorers)
    found = Evaluation(
        settings=settings,
        rows=tuple(rows),
        summary=summarize(rows, clip=options.clip),
        targets=summarize(as_targets(rows), clip=options.clip),
        startup=startup,
        clip=options.clip,
        notes=(*source.notes, *left_out),
    )
    if options.output:
        write_result(options.output, found)
    return found


def _pairs(options: Options, screen: Screen) -> tuple[tuple[Pair, ...], list[str]]:
    """Return the split's pairs, and why others are not among them."""
    from perfopt_cli.train.dataset import SPLITS, read_pairs

    split = options.split
    if split not in SPLITS:
        raise PerfoptError(f"--split {split}: use one of {', '.join(SPLITS)}")
    screen.stage(f"reading {options.data}")
    data = read_pairs(options.data, splits=(split,), tests=options.tests)
    if not data.pairs[split]:
        raise PerfoptError(f"{options.data} has no pairs in its split {split}")
    left_out = [f"data: {line}" for line in data.explained()]
    for line in left_out:
        screen.note(line)
    return data.pairs[split], left_out


def settings_of(options: Options, source: Source, pairs: tuple[Pair, ...]) -> dict[str, Any]:
    """Return what the rows depend on; rows of other settings are not mixed with these."""
    from perfopt_cli.train.evaluate import digest_pairs
    from perfopt_cli.train.instructions import find_valgrind
    from perfopt_cli.train.score import SCORING

    counting = options.instructions
    return {
        "scoring": SCORING,
        "data": str(options.data),
        "digest": digest_pairs(pairs),
        "split": options.split,
        "model": source.name,
        "adapter": str(options.adapter) if options.adapter else None,
        "identity": source.identity,
        "samples": options.drawn(source.most),
        "preset": options.preset,
        "seed": options.seed,
        "python": str(options.python),
        "limit_seconds": options.limit_seconds,
        "instructions": bool(find_valgrind()) if counting is None else counting,
    }


def _rows(
    options: Options,
    source: Source,
    pairs: tuple[Pair, ...],
    settings: dict[str, Any],
    screen: Screen,
    scorers: OpenScorer,
) -> list[Row]:
    """Return a row for each pair."""
    from perfopt_cli.train.evaluate import Bench, evaluate
    from perfopt_cli.train.evaluate_rows import RowFile

    wanted = pairs[: options.limit]
    with ExitStack() as stack:
        kept = None
        if options.output:
            kept = stack.enter_context(RowFile(rows_path(options.output), settings))
            if all(number in kept.done for number in range(len(wanted))):
                return [kept.done[number] for number in range(len(wanted))]
        counter = _counter(options, stack, screen) if settings["instructions"] else None
        scoring = stack.enter_context(scorers(options))
        for note in scoring.notes:
            screen.note(note)
        bench = Bench(source, scoring, settings["samples"], counter, kept)
        screen.stage(f"evaluating {source.name} on {len(wanted)} programs")
        return evaluate(wanted, bench, screen.tests)


def _counter(options: Options, stack: ExitStack, screen: Screen) -> InstructionCounter:
    from perfopt_cli.train.instructions import InstructionCounter, find_valgrind

    valgrind = find_valgrind()
    if valgrind is None:
        raise PerfoptError("--instructions needs valgrind, and there is none on PATH")
    screen.stage("trying valgrind")
    counter = InstructionCounter(valgrind, options.python, sandbox=options.sandbox)
    return stack.enter_context(counter)


def rows_path(output: Path) -> Path:
    """Return the file beside the output that keeps finished rows."""
    return output.with_name(f"{output.name}.rows.jsonl")


def write_result(path: Path, found: Evaluation) -> None:
    """Write the JSON object, whole or not at all. Raises PerfoptError."""
    from perfopt_cli.train.evaluate_report import to_json

    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(json.dumps(to_json(found), indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise PerfoptError(
            f"{path} can't be written: {error.strerror}; what was evaluated is kept in "
            f"{rows_path(path)}, and the same command goes on from there"
        ) from None


def show(found: Evaluation) -> None:
    """Print the evaluation as tables on stdout."""
    from rich.console import Console

    from perfopt_cli.console import PLAIN_WIDTH, table
    from perfopt_cli.train import evaluate_report as report

    console = Console(width=None if sys.stdout.isatty() else PLAIN_WIDTH, highlight=False)
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

"""One evaluation from its options to its result, or what is left of it after a stop."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfopt_cli.console import Screen
from perfopt_cli.core import PerfoptError
from perfopt_cli.train.dataset import SPLITS, read_pairs
from perfopt_cli.train.evaluation.evaluate import (
    Bench,
    Scoring,
    digest_pairs,
    evaluate,
    startup_seconds,
)
from perfopt_cli.train.evaluation.figures import summarize
from perfopt_cli.train.evaluation.instructions import InstructionCounter, find_valgrind
from perfopt_cli.train.evaluation.report import Evaluation, as_targets, to_json
from perfopt_cli.train.evaluation.rows import Row, RowFile
from perfopt_cli.train.evaluation.sources import Source, open_source
from perfopt_cli.train.records import Pair
from perfopt_cli.train.scoring.pool import Scorer
from perfopt_cli.train.scoring.score import SCORING

SAMPLES = 8
"""Candidates for each program: Best@8 is what PIE reports."""

PRESET_SAMPLES = 2


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


OpenScorer = Callable[[Options], AbstractContextManager[Scoring]]


def open_scorer(options: Options) -> AbstractContextManager[Scoring]:
    """Return the scorer that runs programs in the sandbox."""
    return Scorer(
        options.python,
        sandbox=options.sandbox,
        limit_seconds=options.limit_seconds,
        workers=options.workers,
    )


def run(options: Options, screen: Screen, scorers: OpenScorer = open_scorer) -> Evaluation:
    """Do the evaluation, or what is left of it. Raises PerfoptError."""
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
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(json.dumps(to_json(found), indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise PerfoptError(
            f"{path} can't be written: {error.strerror}; what was evaluated is kept in "
            f"{rows_path(path)}, and the same command goes on from there"
        ) from None

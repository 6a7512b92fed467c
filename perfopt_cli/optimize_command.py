"""``perfopt optimize``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from perfopt_cli.core import ExitCode, PerfoptError
from perfopt_cli.options import (
    Budget,
    Cache,
    Jobs,
    MinShare,
    MinSpeedup,
    Paths,
    PytestArgs,
    Python,
    Quantize,
    Quiet,
    ResultFormat,
    ResultFormatOption,
    SandboxOption,
    Top,
    Verbose,
    Workloads,
)
from perfopt_cli.report_command import save
from perfopt_cli.results import check_committable, commit_rewrites, keep, show
from perfopt_cli.starting import note_repository, prepare, screen_of


def optimize(
    paths: Paths = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="SPEC",
            help="Where candidates come from: rules, mini (the small model that perfopt brings), "
            "replay:FILE.jsonl, a folder or hub name of a transformers model, "
            "http://HOST:PORT/v1#NAME for a model that Ollama, llama-server, LM Studio or vLLM "
            "serves, #NAME for one at OPENAI_BASE_URL. Repeatable, cheapest first. Default: rules, "
            "mini where the project has its own, the model that perfopt model pull brought last.",
        ),
    ] = None,
    adapter: Annotated[
        str | None,
        typer.Option("--adapter", metavar="DIR", help="A peft adapter on the local model."),
    ] = None,
    quantize: Annotated[
        Quantize | None, typer.Option("--quantize", help="Weights of the local model.")
    ] = None,
    candidates: Annotated[
        int | None,
        typer.Option("--candidates", min=1, help="For each function, model and round. Default: 8."),
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(
            "--rounds",
            metavar="N",
            min=1,
            help="How often sources are asked: after the first time with what the gates said, and "
            "from the fastest rewrites so far. Default: 2.",
        ),
    ] = None,
    top: Top = None,
    min_share: MinShare = None,
    min_speedup: MinSpeedup = None,
    budget: Budget = None,
    python: Python = None,
    pytest_args: PytestArgs = None,
    workload: Workloads = None,
    all_candidates: Annotated[
        bool | None,
        typer.Option("--all-candidates", help="Judge all; don't stop at the first good one."),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply/--no-apply", help="Write the files, or only report.")
    ] = True,
    diff: Annotated[
        bool, typer.Option("--diff", help="Write nothing; print a diff on stdout.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if there is something to gain.")
    ] = False,
    patch: Annotated[
        Path | None,
        typer.Option(
            "--patch", metavar="FILE", help="Also write the rewrites to FILE, for git apply."
        ),
    ] = None,
    commit: Annotated[
        bool,
        typer.Option(
            "--commit",
            help="Make a git commit of each applied rewrite, with the evidence in its message.",
        ),
    ] = False,
    record: Annotated[
        bool | None,
        typer.Option(
            "--record/--no-record",
            help="Keep each verdict in the project's .perfopt/verdicts.jsonl, to train on.",
        ),
    ] = None,
    cache: Cache = None,
    jobs: Jobs = None,
    sandbox: SandboxOption = None,
    output: ResultFormatOption = ResultFormat.TEXT,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Find hot functions, propose rewrites, prove them, and apply the proved ones."""
    from perfopt_cli.model.default import bring, default_specs
    from perfopt_cli.model.sources import open_proposers

    options = {
        "model": tuple(model) if model else None,
        "adapter": adapter,
        "quantize": quantize and quantize.value,
        "candidates": candidates,
        "rounds": rounds,
        "top": top,
        "min_share": min_share,
        "min_speedup": min_speedup,
        "budget": budget,
        "python": python,
        "pytest_args": pytest_args,
        "workload": tuple(workload) if workload else None,
        "all_candidates": all_candidates or None,
        "record": record,
        "cache": cache,
        "jobs": jobs,
        "sandbox": sandbox and sandbox.value,
    }
    writing = apply and not diff and not check
    if commit and not writing:
        raise PerfoptError(
            "--commit is for rewrites that are applied: not with --no-apply, --diff or --check"
        )
    if patch is not None:
        save(patch, "")
    with screen_of(verbose, quiet) as screen:
        run = prepare(paths, options, screen, write_files=writing)
        if commit:
            check_committable(run)
        specs = run.settings.model
        if not specs:
            hint = output is ResultFormat.TEXT and not quiet
            root = run.project.root
            own = run.settings.adapter is not None  # It brings its base model.
            specs = ("rules",) if own else default_specs(screen.note, hint=hint, root=root)
        sources = open_proposers(
            specs,
            adapter=run.settings.adapter,
            quantize=run.settings.quantize,
            root=run.project.root,
            by_user=bool(model),
        )
        for source in sources:
            for note in getattr(source, "notes", ()):
                screen.note(note)
        sources = bring(sources, screen, by_user=bool(model or adapter))
        if run.write_files:
            note_repository(run, screen)
        for _ in run.optimize(sources):
            pass
        summary = run.summary
    assert summary is not None
    kept = keep(summary, run.project, screen, written=run.write_files)
    if patch is not None:
        save(patch, summary.patch)
    show(summary, run, screen, output, kept, diff=diff, quiet=quiet)
    if commit:
        commit_rewrites(kept, run.project, screen)
    gained = any(outcome.applied for outcome in summary.outcomes)
    if check and gained:
        raise typer.Exit(ExitCode.FOUND.value)

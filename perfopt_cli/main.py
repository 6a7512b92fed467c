"""The command line: arguments, the one error handler, exit codes; nothing else."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from perfopt_cli import __version__
from perfopt_cli.assistant.command import mcp
from perfopt_cli.core import ExitCode, PerfoptError
from perfopt_cli.model_command import app as model_app
from perfopt_cli.options import (
    Budget,
    Cache,
    Format,
    FormatOption,
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
from perfopt_cli.report_command import report, save
from perfopt_cli.results import check_committable, commit_rewrites, keep, print_report, show
from perfopt_cli.train.command import train
from perfopt_cli.train.evaluation.command import evaluate
from perfopt_cli.train.pairs.command import pairs

if TYPE_CHECKING:
    from perfopt_cli.console import Screen
    from perfopt_cli.core import Proposer
    from perfopt_cli.pipeline import Run

HELP = ["-h", "--help"]
CONTEXT = {"help_option_names": HELP, "max_content_width": 100}

app = typer.Typer(
    name="perfopt",
    help="Make a Python repository faster, and prove it: hot functions are rewritten only "
    "where the rewrite does the same and is measurably faster.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings=CONTEXT,
)


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


app.command()(evaluate)
app.command()(report)


def screen_of(verbose: bool, quiet: bool) -> Screen:
    """Make the listener that shows a run."""
    from perfopt_cli.console import Screen

    return Screen(-1 if quiet else int(verbose))


def prepare(
    paths: list[str] | None, options: Mapping[str, object], screen: Screen, *, write_files: bool
) -> Run:
    """Find the project, its settings and its interpreter."""
    refuse_windows()
    from perfopt_cli.pipeline.prepare import prepare_run

    return prepare_run(paths or [], Path.cwd(), options, screen, write_files=write_files)


def refuse_windows() -> None:
    """Raise PerfoptError on Windows, where workers can't run."""
    if sys.platform == "win32":
        raise PerfoptError(
            "perfopt can't run a project's tests on Windows itself: it needs POSIX processes, and "
            "a sandbox that only Linux has. perfopt undo and --help work here; for the rest use "
            "the Windows Subsystem for Linux: https://learn.microsoft.com/windows/wsl/install"
        )


def note_repository(run: Run, screen: Screen) -> None:
    """Say what git can't give back."""
    from perfopt_cli.project import git_note

    note, changed = git_note(run.project)
    if note:
        screen.note(note)
    elif changed:
        screen.note(f"{len(changed)} files have uncommitted changes; perfopt undo keeps them")


app.command()(train)
app.command()(pairs)
app.command()(mcp)
app.add_typer(model_app)


@app.callback(invoke_without_command=True)
def version(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version where asked."""
    if show_version:
        print(f"perfopt {__version__}")
        raise typer.Exit()


def main() -> NoReturn:
    """Run the command; turn each kind of end into its exit code and words on stderr."""
    signal.signal(signal.SIGTERM, interrupt)
    sys.exit(guarded(lambda: run_command(sys.argv[1:])))


def run_command(words: Sequence[str]) -> object:
    """Run what the command line says; return its exit code, or nothing."""
    return None if show_help(words) else app(prog_name="perfopt", standalone_mode=False)


def show_help(words: Sequence[str]) -> bool:
    """Print a command's help where that is all that is asked, and say so.

    Typer would parse the line first, and load pydantic for it: half of the time.
    """
    group = get_command(app)
    if len(words) != 2 or words[1] not in HELP or not isinstance(group, TyperGroup):
        return False
    command = group.commands.get(words[0])
    if command is None:
        return False
    parent = group.context_class(group, info_name="perfopt", **group.context_settings)
    made = command.context_class(
        command, info_name=words[0], parent=parent, **command.context_settings
    )
    print(command.get_help(made))
    return True


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Let a termination request clean up as Ctrl-C does."""
    raise KeyboardInterrupt


def guarded(command: Callable[[], object]) -> int:
    """Call the command and return the exit code."""
    try:
        code = command()
    except PerfoptError as error:
        print(f"perfopt: error: {error}", file=sys.stderr)
        return error.exit_code.value
    except (KeyboardInterrupt, typer.Abort):
        code = ExitCode.INTERRUPTED.value
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK.value
    except Exception as error:  # noqa: BLE001  (the one catch-all: a bug, and said to be one)
        # Typer has its own copy of click, and exports no base class of its usage errors.
        if callable(show_usage := getattr(error, "show", None)):
            show_usage()
            return ExitCode.USAGE.value
        traceback.print_exc()
        print(
            "perfopt: this is a bug in perfopt; no file was left half-written. Please report it "
            "with the lines above.",
            file=sys.stderr,
        )
        return ExitCode.BUG.value
    if code == ExitCode.INTERRUPTED.value:  # Typer may have turned Ctrl-C into it
        print("perfopt: interrupted; nothing was changed after this", file=sys.stderr)
    return code if isinstance(code, int) else ExitCode.OK.value


if __name__ == "__main__":
    main()

"""The command line: arguments, the one error handler, exit codes; nothing else."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Annotated, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command

from perfopt_cli import __version__
from perfopt_cli.assistant.command import mcp
from perfopt_cli.core import ExitCode, PerfoptError
from perfopt_cli.hooks.command import hook, init
from perfopt_cli.model_command import app as model_app
from perfopt_cli.optimize_command import optimize
from perfopt_cli.project_commands import doctor, locate, undo, verify
from perfopt_cli.report_command import report
from perfopt_cli.train.command import train
from perfopt_cli.train.evaluation.command import evaluate
from perfopt_cli.train.pairs.command import pairs

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

for command in (
    optimize, locate, verify, undo, doctor, hook, init, evaluate, report, train, pairs, mcp,
):  # fmt: skip
    app.command()(command)
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

"""The command ``perfopt mcp``."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Annotated

import typer

from perfopt_cli.core import PerfoptError
from perfopt_cli.options import PytestArgs, Python, SandboxOption


def mcp(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="The project's folder. Default: the current one."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="SPEC", help="As for optimize."),
    ] = None,
    python: Python = None,
    pytest_args: PytestArgs = None,
    sandbox: SandboxOption = None,
) -> None:
    """Serve locate, judge, verify, optimize and undo to a coding assistant, over stdio (MCP).

    Started by the assistant's program, not by hand. The assistant can't set these options.
    """
    start = (folder or Path.cwd()).expanduser()
    if not start.is_dir():
        raise PerfoptError(f"{start}: no such folder")
    if sys.platform == "win32":
        raise PerfoptError(
            "perfopt mcp can't run a project's tests on Windows itself: have the assistant start "
            "it in the Windows Subsystem for Linux, as wsl perfopt mcp"
        )
    check_installed()
    from perfopt_cli.assistant.server import make_server

    options = {
        "model": model,
        "python": python,
        "pytest_args": pytest_args,
        "sandbox": sandbox and sandbox.value,
    }
    if sys.stdin.isatty():
        print(
            "perfopt mcp waits for an assistant's messages on stdin; docs/mcp.md says how to add "
            "it to one. Ctrl-D ends it.",
            file=sys.stderr,
        )
    given = {name: value for name, value in options.items() if value is not None}
    make_server(start.resolve(), given).run("stdio")


def check_installed() -> None:
    """Raise PerfoptError where the SDK is not there, or too old."""
    if importlib.util.find_spec("mcp") and importlib.util.find_spec("mcp.server.mcpserver"):
        return
    raise PerfoptError(
        "perfopt mcp needs the package mcp, 2.3 or later: install perfopt with it, as "
        'pip install "perfopt[mcp]"'
    )

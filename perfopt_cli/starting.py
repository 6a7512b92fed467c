"""What commands begin with: the screen, the project with its settings, what has to be said."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from perfopt_cli.core import PerfoptError

if TYPE_CHECKING:
    from perfopt_cli.console import Screen
    from perfopt_cli.pipeline import Run


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

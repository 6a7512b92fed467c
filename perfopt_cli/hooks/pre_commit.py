"""What pre-commit calls: staged files and a time budget in, words and an exit code out.

Most commits have nothing for perfopt to look at, so what it takes to know that
is all that is imported here.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from perfopt_cli.core import ExitCode, Listener, PerfoptError, Proposer
from perfopt_cli.project.files import is_code
from perfopt_cli.project.find import Project, Selection, find_project
from perfopt_cli.project.index import open_index

Opener = Callable[[Path], Sequence[Proposer]]


@dataclass(frozen=True, slots=True)
class Found:
    """What the hook has to say, and the same as JSON."""

    exit_code: ExitCode = ExitCode.OK
    lines: tuple[str, ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)

    def after(self, lines: tuple[str, ...]) -> Found:
        """Return the same with more to say before it."""
        return replace(self, lines=lines + self.lines)


@dataclass(frozen=True, slots=True)
class Request:
    """How the hook is to look.

    ``models``: candidates come from more than the built-in rules. ``began`` is
    when it was called, by time.monotonic.
    """

    options: Mapping[str, object]
    sources: Opener
    listener: Listener
    write_files: bool
    models: bool
    began: float


def check_staged(
    files: Sequence[str],
    sources: Opener,
    options: Mapping[str, object],
    listener: Listener,
    *,
    write_files: bool,
    models: bool = False,
) -> Found:
    """Look at the functions that the staged changes touch, within the budget.

    ``files`` are relative to the current folder; where there are none, all
    that is staged counts. What is looked at is what the index holds, not the
    working tree. Exit code 1 where a function gets slower, or where files were
    changed; a function that could be faster is named, and stops no commit.
    """
    request = Request(options, sources, listener, write_files, models, time.monotonic())
    found = [_look(project, names, request) for project, names in _projects(files)]
    code = max((one.exit_code for one in found), key=lambda code: code.value, default=ExitCode.OK)
    lines = tuple(line for one in found for line in one.lines)
    return Found(code, lines, _together([one.report for one in found if one.report]))


def _together(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one report: of several projects what is said of the first, and all lists joined."""
    first = dict(reports[0]) if reports else {}
    for report in reports[1:]:
        first |= {k: [*v, *report[k]] for k, v in first.items() if isinstance(v, list)}
    return first


def _projects(files: Sequence[str]) -> Iterator[tuple[Project, set[str] | None]]:
    """Yield each project that the files are in, with their names in it; None for all of it."""
    cwd = Path.cwd()
    if not files:
        yield find_project((), cwd), None
        return
    found: dict[Project, set[str]] = {}
    for text in files:
        path = Path(os.path.abspath(text))
        path = path.parent.resolve() / path.name
        project = find_project((Selection(path),), cwd)
        found.setdefault(project, set()).add(project.relative(path))
    yield from found.items()


def _look(project: Project, names: set[str] | None, request: Request) -> Found:
    with tempfile.TemporaryDirectory(prefix="perfopt-hook-") as folder:
        scratch = Path(folder).resolve()
        index = open_index(project, scratch, os.environ)
        if index is None:
            return Found()
        # What is not code is known by its name, and asking git for that is quick.
        staged = {one.name for one in index.changes() if is_code(one.name)}
        wanted = staged if names is None else staged & names
        if not wanted:
            return Found()
        from perfopt_cli.hooks.check import check

        try:
            return check(index, wanted, request, scratch)
        except PerfoptError as error:
            # What is in the scratch folder is known to the user by another name.
            told = str(error).replace(f"{scratch / 'staged'}", f"{project.root}")
            error.args = (told, *error.args[1:])
            raise

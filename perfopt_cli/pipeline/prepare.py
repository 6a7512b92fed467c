"""From what the user typed to a run: the project, its settings, its interpreter."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from perfopt_cli.config import Settings, load_settings, merge
from perfopt_cli.core import Listener
from perfopt_cli.pipeline.change import Change
from perfopt_cli.pipeline.run import Run
from perfopt_cli.project import (
    Interpreter,
    Project,
    Selection,
    find_project,
    find_python,
    read_programs,
    select,
)


def prepare_run(
    paths: Sequence[str],
    cwd: Path,
    options: Mapping[str, object],
    listener: Listener,
    *,
    write_files: bool,
) -> Run:
    """Return a run over the PATHS. Raises PerfoptError for what the user must mend."""
    return Run(*_parts(paths, cwd, options), listener, write_files=write_files)


def prepare_change(
    paths: Sequence[str],
    cwd: Path,
    options: Mapping[str, object],
    listener: Listener,
    *,
    base: str,
    timing: bool,
) -> Change:
    """Return the change to the PATHS since a revision. Raises PerfoptError as ``prepare_run``."""
    return Change(*_parts(paths, cwd, options), listener, base=base, timing=timing)


def _parts(
    paths: Sequence[str], cwd: Path, options: Mapping[str, object]
) -> tuple[Project, Interpreter, tuple[Selection, ...], Settings]:
    selections = select(paths, cwd)
    project = find_project(selections, cwd)
    settings = merge(load_settings(project.root), **options)
    interpreter = find_python(project, settings.python, os.environ)
    read_programs(settings.workload, project.files, interpreter)  # said before anything runs
    return project, interpreter, selections, settings

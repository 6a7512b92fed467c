"""From what the user typed to a run: the project, its settings, its interpreter."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from perfopt_cli.config import load_settings, merge
from perfopt_cli.core import Listener
from perfopt_cli.pipeline.run import Run
from perfopt_cli.project import find_project, find_python, select


def prepare_run(
    paths: Sequence[str],
    cwd: Path,
    options: Mapping[str, object],
    listener: Listener,
    *,
    write_files: bool,
) -> Run:
    """Return a run over the PATHS. Raises PerfoptError for what the user must mend."""
    selections = select(paths, cwd)
    project = find_project(selections, cwd)
    settings = merge(load_settings(project.root), **options)
    interpreter = find_python(project, settings.python, os.environ)
    return Run(project, interpreter, selections, settings, listener, write_files=write_files)

"""The staged functions of one project: what is known of them, or is found out now."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from perfopt_cli.config import Settings, load_settings, merge
from perfopt_cli.hooks.answers import Answers
from perfopt_cli.hooks.pre_commit import Found, Request
from perfopt_cli.project import (
    Index,
    Project,
    Touched,
    find_python,
    staged_project,
    touched_functions,
)
from perfopt_cli.project.files import is_included


def check(index: Index, names: set[str], request: Request, scratch: Path) -> Found:
    """Look at the functions that the index changes in these files of its project."""
    touched, skipped = touched_functions(index, names)
    said = tuple(f"perfopt: {one.path} is not looked at: {one.why}" for one in skipped)
    if not touched:
        return Found(lines=said)
    project = staged_project(index, scratch)
    settings = merge(load_settings(project.files), **request.options)
    # There is no time to go on from what was accepted, and nobody wants that from HEAD's version.
    settings = replace(settings, rounds=1)
    touched = [one for one in touched if is_included(one.path, settings.exclude, settings.include)]
    if not touched:
        return Found(lines=said)
    return _answer(project, touched, settings, request).after(said)


def _answer(
    project: Project, touched: Sequence[Touched], settings: Settings, request: Request
) -> Found:
    """Return what an earlier run said of the same, or look."""
    interpreter = find_python(project, settings.python, os.environ)
    # What a model says is another thing every time, and files are written anew.
    asked = None if request.models or request.write_files else touched
    answers = Answers(project, interpreter, settings, asked)
    found = answers.known()
    if found is not None:
        return found
    from perfopt_cli.hooks.judge import judge

    found, complete = judge(project, interpreter, touched, settings, request)
    if complete:
        answers.keep(found)
    return found

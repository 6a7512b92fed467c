"""What pre-commit calls: staged files and a time budget in, words and an exit code out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from perfopt_cli.core import ExitCode, Listener, OutOfTime, PerfoptError, Proposer
from perfopt_cli.pipeline import Run
from perfopt_cli.pipeline.prepare import prepare_run
from perfopt_cli.project import python_files, staged_functions
from perfopt_cli.report import factor, to_json


@dataclass(frozen=True, slots=True)
class Found:
    """What the hook has to say."""

    exit_code: ExitCode
    lines: tuple[str, ...] = ()
    report: dict[str, Any] = field(default_factory=dict)


def check_staged(
    files: Sequence[str],
    sources: Sequence[Proposer],
    options: Mapping[str, object],
    listener: Listener,
    *,
    write_files: bool,
) -> Found:
    """Look for speedups of the functions that the staged changes touch, within the budget.

    Only the working tree is read: pre-commit has put unstaged changes away.
    Exit code 1 only where files were changed; a function that could be faster
    is named, and stops no commit.
    """
    paths = [name for name in files if name.endswith(".py") and Path(name).is_file()]
    if not paths:
        return Found(ExitCode.OK)
    start = time.monotonic()
    run = prepare_run(paths, Path.cwd(), options, listener, write_files=write_files)
    touched = staged_functions(run.project, run.selections)
    if touched is None:
        raise PerfoptError("perfopt hook looks at what is staged, and git can't say what is")
    # Tests are not to be made faster; neither is what the settings leave out.
    files_wanted = set(python_files(run.project, (), run.settings.exclude))
    touched = tuple(one for one in touched if one.path in files_wanted)
    if not touched:
        return Found(ExitCode.OK)
    budget = run.settings.budget or run.settings.hook_budget
    run.selections = touched
    run.settings = replace(run.settings, budget=budget - (time.monotonic() - start))
    try:
        for _ in run.optimize(sources):
            pass
    except OutOfTime:
        line = f"perfopt: not checked: the tests take longer than the budget of {budget:g} s"
        return Found(ExitCode.OK, (line,))
    return _found(run, write_files=write_files)


def _found(run: Run, *, write_files: bool) -> Found:
    assert run.summary is not None
    lines = []
    for outcome in run.summary.outcomes:
        if not outcome.applied or outcome.verdict is None:
            continue
        where = f"{outcome.target.path}:{outcome.target.line}: {outcome.target.qualname}"
        gain = factor(outcome.verdict.speedup)
        lines.append(f"{where} {'is now' if write_files else 'could be'} {gain} faster")
    if lines and not write_files:
        lines.append("To apply: perfopt optimize")
    changed = bool(lines) and write_files
    code = ExitCode.FOUND if changed else ExitCode.OK
    return Found(code, tuple(lines), to_json(run.summary))

"""The staged functions of one project: could they be faster, and were they?"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from perfopt_cli.config import Settings, load_settings, merge
from perfopt_cli.core import ExitCode, Outcome, OutOfTime, Proposer, Speedup
from perfopt_cli.hooks.budget import BudgetOver, at_most
from perfopt_cli.hooks.head import AtHead, StagedRun
from perfopt_cli.hooks.pre_commit import Found, Request
from perfopt_cli.project import (
    Index,
    Project,
    Selection,
    Touched,
    find_python,
    staged_project,
    touched_functions,
)
from perfopt_cli.project.files import is_included
from perfopt_cli.report import factor, to_json

TO_APPLY = "To apply: perfopt optimize"
ALL_THE_SAME = (
    "The tests and the recorded calls see no other difference. To commit all the same: "
    'SKIP=perfopt git commit, or hook-regression = "warn" in [tool.perfopt]'
)


def check(index: Index, names: set[str], request: Request, scratch: Path) -> Found:
    """Look at the functions that the index changes in these files of its project."""
    touched, skipped = touched_functions(index, names)
    lines = [f"perfopt: {one.path} is not looked at: {one.why}" for one in skipped]
    if not touched:
        return Found(lines=tuple(lines))
    project = staged_project(index, scratch)
    settings = merge(load_settings(project.files), **request.options)
    touched = [one for one in touched if is_included(one.path, settings.exclude, settings.include)]
    if not touched:
        return Found(lines=tuple(lines))
    run = _run(project, touched, settings, request)
    sources: list[Proposer] = list(request.sources(project.root))
    if settings.hook_regression != "off":
        sources.insert(0, AtHead(touched))
    lines += _within_budget(run, sources, settings, request)
    return _told(run, lines, settings, request)


def _run(
    project: Project, touched: list[Touched], settings: Settings, request: Request
) -> StagedRun:
    interpreter = find_python(project, settings.python, os.environ)
    selections = [Selection(project.root / one.path, one.qualname) for one in touched]
    return StagedRun(
        project, interpreter, selections, settings, request.listener, request.write_files
    )


def _within_budget(
    run: StagedRun, sources: Sequence[Proposer], settings: Settings, request: Request
) -> Iterator[str]:
    """Do the job as far as the time goes; yield what there is to say about that."""
    budget = settings.budget or settings.hook_budget
    left = budget - (time.monotonic() - request.began)
    run.settings = replace(settings, budget=max(left, 1e-3))
    try:
        with at_most(left):
            run.check(sources)
    except OutOfTime as error:
        yield f"perfopt: not checked: {error}"
    except BudgetOver:
        if run.summary is None:
            why = f"the project's tests take longer than the budget of {budget:g} s"
            yield f"perfopt: not checked: {why} (--budget, hook-budget)"
        else:
            yield f"perfopt: not all checked: the budget of {budget:g} s is spent (--budget)"


def _told(run: StagedRun, lines: list[str], settings: Settings, request: Request) -> Found:
    slower = list(run.slower())
    lines += [f"{_place(one)} is {_slower(one)}" for one in slower]
    if slower and settings.hook_regression == "fail":
        lines.append(ALL_THE_SAME)
    gained = [one for one in (run.summary.outcomes if run.summary else ()) if one.applied]
    verb = "is now" if request.write_files else "could be"
    for one in gained:
        assert one.verdict is not None
        lines.append(f"{_place(one)} {verb} {factor(one.verdict.speedup)} faster")
    if gained and not request.write_files:
        lines.append(TO_APPLY)
    stopped = slower and settings.hook_regression == "fail"
    code = ExitCode.FOUND if stopped or (gained and request.write_files) else ExitCode.OK
    return Found(code, tuple(lines), _report(run, slower))


def _report(run: StagedRun, slower: Sequence[Outcome]) -> dict[str, Any]:
    rows = [
        {
            "path": one.target.path,
            "qualname": one.target.qualname,
            "line": one.target.line,
            "slowdown": _figures(one.verdict.speedup if one.verdict else None),
        }
        for one in slower
    ]
    return {**to_json(run.summary), "regressions": rows} if run.summary else {}


def _figures(speedup: Speedup | None) -> dict[str, float] | None:
    if speedup is None:
        return None
    names = ("ratio", "low", "high")
    return {name: round(getattr(speedup, name), 3) for name in names}


def _place(one: Outcome) -> str:
    return f"{one.target.path}:{one.target.line}: {one.target.qualname}"


def _slower(one: Outcome) -> str:
    assert one.verdict is not None
    return f"{factor(one.verdict.speedup)} slower than at HEAD"

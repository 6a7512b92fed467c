"""Staged functions put to the test: could they be faster, and were they?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from perfopt_cli.config import Settings
from perfopt_cli.core import ExitCode, Outcome, OutOfTime, Proposer, Reason, Speedup
from perfopt_cli.hooks.budget import BudgetOver, at_most
from perfopt_cli.hooks.head import AtHead, StagedRun, is_old
from perfopt_cli.hooks.pre_commit import Found, Request
from perfopt_cli.phrases import factor
from perfopt_cli.pipeline.cache.kept import is_fact
from perfopt_cli.pipeline.finish import best
from perfopt_cli.project import Interpreter, Project, Selection, Touched
from perfopt_cli.report import to_json

TO_APPLY = "To apply: perfopt optimize"
ALL_THE_SAME = (
    "The tests and the recorded calls see no other difference. To commit all the same: "
    'SKIP=perfopt git commit, or hook-regression = "warn" in [tool.perfopt]'
)


def judge(
    project: Project,
    interpreter: Interpreter,
    touched: Sequence[Touched],
    settings: Settings,
    request: Request,
) -> tuple[Found, bool]:
    """Do the job within the budget; also tell whether it would end the same another time."""
    selections = [Selection(project.root / one.path, one.qualname) for one in touched]
    writing = request.write_files
    run = StagedRun(project, interpreter, selections, settings, request.listener, writing)
    sources: list[Proposer] = list(request.sources(project.root))
    if settings.hook_regression != "off":
        sources.insert(0, AtHead(touched))
    lines = list(_within_budget(run, sources, settings, request))
    complete = not lines and all(_is_lasting(one) for one in run.found)
    return _told(run, lines, settings, request), complete


def _is_lasting(outcome: Outcome) -> bool:
    """Tell whether the outcome is no matter of time or of the machine's mood."""
    verdict = outcome.verdict
    if verdict is None or verdict.reason is Reason.DUPLICATE or is_fact(verdict):
        return True
    return verdict.reason is Reason.BUDGET and "accepted already" in verdict.detail


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
    gained = _gained(run, request)
    verb = "is now" if request.write_files else "could be"
    for one in gained:
        assert one.verdict is not None
        lines.append(f"{_place(one)} {verb} {factor(one.verdict.speedup)} faster")
    if gained and not request.write_files:
        lines.append(TO_APPLY)
    stopped = slower and settings.hook_regression == "fail"
    code = ExitCode.FOUND if stopped or (gained and request.write_files) else ExitCode.OK
    return Found(code, tuple(lines), _report(run, slower))


def _gained(run: StagedRun, request: Request) -> list[Outcome]:
    """Return what was applied, or would be; of a run that the budget cut off, what it accepted."""
    outcomes = run.summary.outcomes if run.summary is not None else ()
    if outcomes or request.write_files:
        return [one for one in outcomes if one.applied]
    return best([one for one in run.found if not is_old(one)])


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

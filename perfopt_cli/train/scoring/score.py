"""The score of one candidate: does it compile, pass its tests, and beat the program it is for?"""

from __future__ import annotations

import ast
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from perfopt_cli.train.programs import Job, Ran, heavy_imports
from perfopt_cli.train.records import Level, Score, Task
from perfopt_cli.train.scoring.asserts import Inseparable
from perfopt_cli.train.scoring.cases import Case, Checked, cases_of, check
from perfopt_cli.train.scoring.clock import Clockwork, Rule, Timed, choose, hopeless
from perfopt_cli.train.scoring.execute import Bench, Benches

SCORING = 2
"""Raised when the same program could get another score; part of the cache's keys."""


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """How programs are scored; ``rule`` is the timing rule, ``limit_seconds`` bounds one run."""

    python: Path
    sandbox: str = "auto"
    limit_seconds: float = 5.0
    timing: bool = True
    rule: Rule = field(default_factory=Rule)


def score(task: Task, code: str, settings: ScoreSettings) -> Score:
    """Score one candidate in a sandbox of its own. Picklable: for any ``Executor``.

    Raises SandboxError where there is no sandbox, and PerfoptError where no
    worker can be started; what the candidate does ends in a score.
    """
    with closing(Benches(settings.python, settings.sandbox)) as benches:
        return judge(benches.make(), task, code, settings)


def judge(bench: Bench, task: Task, code: str, settings: ScoreSettings) -> Score:
    """Score one candidate on this bench."""
    bench.prepare(heavy_imports(task.slow))
    try:
        cases = cases_of(task)
    except Inseparable as error:
        return Score(Level.FAILED, f"its tests can't be run: {error}")
    if not cases:
        ran = bench.run(Job(code), "", seconds=settings.limit_seconds)
        broken = ran.ending == "broken"
        return Score(Level.BROKEN, ran.trouble) if broken else Score(Level.FAILED, "no tests")
    checked = check(bench, code, cases, settings.limit_seconds)
    if checked.level is not Level.PASSED or not settings.timing:
        return Score(checked.level, checked.detail)
    if same_program(task.slow, code):
        return Score(Level.PASSED, "the slow program itself")
    timed = _timed(bench, task, code, cases, checked, settings)
    level = Level.FASTER if timed.faster else Level.FAILED if timed.wrong else Level.PASSED
    return Score(level, timed.detail, None if timed.wrong else timed.speedup)


def same_program(one: str, other: str) -> bool:
    """Tell whether two texts are the same program but for comments and layout."""
    if one == other:
        return True
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _timed(
    bench: Bench,
    task: Task,
    code: str,
    cases: list[Case],
    checked: Checked,
    settings: ScoreSettings,
) -> Timed:
    """Time a candidate that passed, on the larger inputs where the task has some."""
    slow = check(bench, task.slow, cases, settings.limit_seconds)
    if slow.level is not Level.PASSED:
        return Timed(False, f"not timed: the slow program itself fails ({slow.detail})")
    before, after = list(slow.runs), list(checked.runs)
    larger = _larger(bench, task, code, settings)
    if isinstance(larger, Timed):
        return larger
    if larger:
        cases = [case for case, _, _ in larger]
        before, after = [ran for _, ran, _ in larger], [ran for _, _, ran in larger]
    decided = hopeless(before, after)
    if decided is not None:
        return decided
    costs = [ran.cpu for ran in before]
    chosen = choose(costs)
    cost = sum(costs[index] for index in chosen)
    picked = [cases[index] for index in chosen]
    return Clockwork(bench, task.slow, picked, cost, settings.rule).time(code)


def _larger(
    bench: Bench, task: Task, code: str, settings: ScoreSettings
) -> list[tuple[Case, Ran, Ran]] | Timed:
    """Run both programs on the inputs that are there for timing, as far as the slow one can.

    What the slow one prints is right; another output is a failure.
    """
    found = []
    for number, text in enumerate(task.tests.inputs, 1):
        case = Case(f"input {number}", text, task.tests.setup)
        slow = case.run(bench, task.slow, settings.limit_seconds)
        if not slow.fine:
            continue
        case.right.add(slow.digest)
        fast = case.run(bench, code, settings.limit_seconds)
        trouble = case.wrong(bench, fast)
        if trouble:
            return Timed(False, f"unlike the slow program, {trouble}", wrong=True)
        found.append((case, slow, fast))
    return found

"""Inputs to time programs on, larger than the tests, and what a run takes that does nothing."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from statistics import median

from perfopt_cli.train.pairs.problems_functions import call_in
from perfopt_cli.train.pairs.problems_records import Problem
from perfopt_cli.train.programs import Job
from perfopt_cli.train.scoring.asserts import Apart
from perfopt_cli.train.scoring.cases import Case
from perfopt_cli.train.scoring.execute import Bench

RUN_SECONDS = 12.0
"""CPU seconds; far above what is timed, as what gets little of a busy machine counts as idle."""
TIMES = (30, 1_000)
AGAIN = "again"
_TIMES_AGAIN = 60
_MOST_AGAIN = 8
_NULL_RUNS = 3
_MADE_SECONDS = 30.0
_MOST_CHARACTERS = 8_000_000
_MOST_LARGER = 3
_MOST_NUMBER = 20_000


def inputs(bench: Bench, problem: Problem) -> Iterator[tuple[Case, int]]:
    """Yield inputs, the likeliest to serve first, with the CPU ns of a run that does nothing.

    An input need not make sense to the programs: what they agree on is taken.
    """
    setup = problem.tests.setup
    if not problem.entry:
        null = _nothing(bench, Case("", "", setup), "pass\n")
        longest = sorted((run.input for run in problem.tests.runs), key=len)[-2:]
        made = (_made(bench, text) for text in problem.larger[:_MOST_LARGER])
        grown = (enlarged(longest[-1], times) for times in TIMES)
        for text in chain(reversed(longest), made if problem.larger else grown):
            if text:
                yield Case("larger", text, setup), null
        return
    idle = _idle(problem.entry)
    for call in problem.larger:
        case = Case("larger", "", setup, Apart((("eval", call),), (), (), (), setup))
        yield case, _nothing(bench, case, idle)
    again = _again(problem)
    if again is not None:
        yield again, _nothing(bench, again, idle)


def _again(problem: Problem) -> Case | None:
    """Return the longest calls of the assertions made many times over, for functions of little."""
    longest = sorted(problem.tests.asserts, key=len)[-_MOST_AGAIN:]
    calls = [ast.unparse(call) for text in longest if (call := call_in(text, problem.entry))]
    if not calls:
        return None
    body = "\n    ".join(calls)
    loop = f"for _again in range({_TIMES_AGAIN}):\n    {body}\n"
    setup = problem.tests.setup
    return Case(AGAIN, "", setup, Apart((("exec", loop),), (), (), (), setup))


def _nothing(bench: Bench, case: Case, idle: str) -> int:
    runs = [case.run(bench, idle, RUN_SECONDS) for _ in range(_NULL_RUNS)]
    return int(median(ran.cpu for ran in runs))


def _idle(entry: str) -> str:
    """Return a program whose function does nothing, called as the entry is."""
    name = entry.rpartition(".")[2]
    if "." not in entry:
        return f"def {name}(*_, **__):\n    pass\n"
    owner = entry.partition("(")[0]
    return f"class {owner}:\n    def {name}(*_, **__):\n        pass\n"


def _made(bench: Bench, generator: str) -> str:
    """Return what a generator makes, or nothing."""
    job = Job(generator, "", (("eval", "generate_input()"),))
    if not bench.run(job, "", seconds=_MADE_SECONDS).fine:
        return ""
    with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
        [[how, text]] = json.loads(bench.returned())
        made = ast.literal_eval(text) if how == "repr" else None
        if isinstance(made, str) and len(made) <= _MOST_CHARACTERS:
            return made
    return ""


def shortened(case: Case, times: int) -> Case | None:
    """Return the input with fewer of the cases that its first line counts, or None."""
    first, _, rest = case.input.partition("\n")
    count = int(first) // (times + 1) if first.strip().isdecimal() else 0
    if not count:
        return None
    lines = rest.splitlines(keepends=True)
    kept = "".join(lines[: 1 + 2 * len(lines) // (times + 1)])
    return Case(case.label, f"{count}\n{kept}", case.setup)


def enlarged(text: str, times: int) -> str:
    """Return the input with what it counts repeated, or nothing where it counts nothing.

    A number of the first line with as many lines below it, or with a line of as
    many words, grows with what it counts; else all numbers of the first line are
    multiplied, up to a limit.
    """
    first, *below = text.strip("\n").split("\n")
    heads = first.split()
    grown: Sequence[str] = below
    for place, word in enumerate(heads):
        count = int(word) if word.isdecimal() else 0
        if count > 1 and (new := _repeated(grown, count, times)) is not None:
            grown, heads[place] = new, str(count * times)
    if heads == first.split():
        heads = [_multiplied(word, times) for word in heads]
    made = "\n".join([" ".join(heads), *grown]) + "\n"
    return made if heads != first.split() and len(made) <= _MOST_CHARACTERS else ""


def _multiplied(word: str, times: int) -> str:
    known = word.isdecimal() and 0 < int(word) <= _MOST_NUMBER
    return str(int(word) * times) if known else word


def _repeated(lines: Sequence[str], count: int, times: int) -> list[str] | None:
    if len(lines) == count:
        return [*lines] * times
    grown = [
        " ".join(line.split() * times) if len(line.split()) == count else line for line in lines
    ]
    return grown if grown != list(lines) else None

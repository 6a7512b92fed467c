"""The built-in rules on people's programs: what they change there, one rule at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from perfopt_cli.core import Facts, Known, PerfoptError, Rewrite, Target
from perfopt_cli.model.rules import Rules
from perfopt_cli.source import definitions, splice
from perfopt_cli.train.evaluation.whole_programs import wrapped
from perfopt_cli.train.formats.preamble import with_preamble
from perfopt_cli.train.pairs.problems_records import Problem
from perfopt_cli.train.records import Tests

MOST_EACH = 8
_MOST_TOGETHER = 3
_FILE = "program.py"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A program, what rules made of it, and the imports that this needs. ``name`` is the rules'."""

    slow: str
    fast: str
    name: str
    imports: tuple[str, ...] = ()


def rewritten(problem: Problem, program: str) -> list[Rewritten]:
    """Return what the rules make of a program's functions; of a script's end made into one too."""
    rules = Rules()
    if problem.entry and "." not in problem.entry:
        return list(_function(rules, problem, program))[:MOST_EACH]
    base = program if problem.entry else _as_function(program)
    try:
        names = list(definitions(base))
    except (SyntaxError, ValueError, RecursionError):
        return []
    found = (one for name in names for one in _proposals(rules, base, name, ()))
    texts = ((one, _spliced(base, one)) for one in found)
    changed = [
        Rewritten(base, text, _name(one)) for one, text in texts if text is not None and _few(one)
    ]
    return changed[:MOST_EACH]


def _function(rules: Rules, problem: Problem, program: str) -> Iterator[Rewritten]:
    head = with_preamble(Tests(asserts=("True",)), (program,)).setup
    for one in _proposals(rules, f"{head}\n\n{program}", problem.entry, problem.types):
        if _few(one):
            yield Rewritten(program, f"{one.source.rstrip()}\n", _name(one), tuple(one.imports))


def _as_function(program: str) -> str:
    moved = wrapped(program)
    if moved is None:
        return program
    return moved if "main" in moved else moved.replace("_program", "main")


def _proposals(
    rules: Rules, text: str, name: str, types: tuple[tuple[str, str], ...]
) -> list[Rewrite]:
    try:
        function = definitions(text).get(name)
    except (SyntaxError, ValueError, RecursionError):
        return []
    if function is None or function.fault or function.copies > 1:
        return []
    target = Target(_FILE, name, function.node.lineno, function.source)
    known = Known(Facts(calls=1, types=types)) if types else None
    return rules.propose(target, text, n=3 * MOST_EACH, known=known)


def _few(rewrite: Rewrite) -> bool:
    return rewrite.origin.count("+") < _MOST_TOGETHER


def _name(rewrite: Rewrite) -> str:
    return rewrite.origin.removeprefix("rules:")


def _spliced(text: str, rewrite: Rewrite) -> str | None:
    try:
        return splice(text, rewrite.target.qualname, rewrite.source, rewrite.imports)
    except PerfoptError:
        return None

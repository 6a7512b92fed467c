"""Calls aimed at what a candidate's code treats apart, and the original's does not.

A rewrite that is wrong for one number, or above one length, has that number
in its code. Nothing is done for a candidate without new constants.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import replace
from types import CodeType

from perfopt_cli.core import Rewrite
from perfopt_cli.sandbox.evidence import (
    FUZZ_SECONDS,
    Evidence,
    same_state,
    sort_calls,
)
from perfopt_cli.sandbox.gate import Refusal, parse_function
from perfopt_cli.sandbox.replays import replays_of
from perfopt_cli.sandbox.session import Ending, Session

Scalar = int | float | str
USUAL = (-1, 0, 1, 2, "")
MOST_TEXT = 60
MOST_NEW = 12
MOST_PAIRED = 4


def dictionary(original: str, candidate: str) -> tuple[Scalar, ...]:
    """Return the scalars that only the candidate's source holds, or compares with.

    Of what is in new comparisons, also those that every code holds (0, 1, "").
    Where there are few numbers, their sums, differences, products and
    quotients follow, as ``n * 3 == 12726`` is about 4242.
    """
    before, after = parse_function(original), parse_function(candidate)
    if isinstance(before, Refusal) or isinstance(after, Refusal):
        return ()
    known = set(map(_key, constants(before)))
    found = [value for value in constants(after) if _key(value) not in known]
    found = [value for value in found if value not in USUAL]
    compared = {_blank(node) for node in ast.walk(before) if isinstance(node, ast.Compare)}
    for node in ast.walk(after):
        if isinstance(node, ast.Compare) and _blank(node) not in compared:
            found += _written(node)
    new = list({_key(value): value for value in found}.values())[:MOST_NEW]
    numbers = [value for value in new if isinstance(value, int) and value not in USUAL]
    return tuple({_key(value): value for value in [*new, *_paired(numbers)]}.values())


def constants(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Scalar]:
    """Return the scalars in a function, as written and as the compiler folds them."""
    found = list(_written(function))
    try:
        code = compile(ast.Module([function], []), "<candidate>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    return [*found, *_folded(code)]


def _folded(code: CodeType) -> Iterator[Scalar]:
    queue: list[object] = [code]
    while queue:
        value = queue.pop()
        if isinstance(value, CodeType):
            queue += value.co_consts
        elif isinstance(value, tuple | frozenset):
            queue += value
        elif _told(value):
            yield value  # type: ignore[misc]


def _written(tree: ast.AST) -> Iterator[Scalar]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and _told(node.value):
            yield node.value  # type: ignore[misc]


def _told(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MOST_TEXT and value.isprintable()
    if isinstance(value, float):
        return math.isfinite(value)
    return type(value) is int and abs(value) < 2**64


def _key(value: Scalar) -> tuple[type, str]:
    return type(value), repr(value)


def _blank(node: ast.AST) -> str:
    """Return the shape of an expression, its names left out."""
    if isinstance(node, ast.Name):
        return "Name"
    inner = ",".join(_blank(child) for child in ast.iter_child_nodes(node))
    value = repr(node.value) if isinstance(node, ast.Constant) else ""
    return f"{type(node).__name__}{value}({inner})"


def _paired(numbers: list[int]) -> Iterator[Scalar]:
    few = numbers[:MOST_PAIRED]
    for one in few:
        for other in few:
            if one > other:
                made = [one - other, one + other, one * other]
                if other:
                    made.append(one // other)
                yield from (value for value in made if _told(value))


def aimed_calls(
    session: Session, evidence: Evidence, rewrite: Rewrite, name: str = "aimed"
) -> Evidence | None:
    """Make calls aimed at a candidate's new constants, and replay the original with them.

    They are kept under this name, beside the recorded ones.

    Returns None where there is nothing to aim at, or where the original's
    answers, or the state it leaves, are not the same in two processes.
    """
    values = dictionary(rewrite.target.source, rewrite.source)
    if not values:
        return None
    first = evidence.replays[0].calls
    usable = {index: first[1, index]["nanos"] for index in evidence.originals()}
    output = f"{evidence.request['target']['calls']}-{name}"
    request = {**evidence.request, "job": "fuzz", "usable": usable, "output": output}
    request["dictionary"] = list(values)
    count = 0
    start = session.warm if request.get("warm") else session.open
    with start(request, seconds=FUZZ_SECONDS) as worker:
        for message in worker:
            count = int(message["count"]) if message["kind"] == "fuzzed" else 0
    if worker.ending is not Ending.DONE or not count:
        return None
    request = {**evidence.request, "calls": output}
    replays = tuple(replays_of(session, request, FUZZ_SECONDS))
    if any(one.ending is not Ending.DONE or one.state is None for one in replays):
        return None
    if same_state(evidence.replays) and not same_state(replays):
        return None
    made, _, _ = sort_calls(replays, range(count))
    return replace(
        evidence, request=request, replays=replays, usable=made, recorded=0, fuzzed=len(made)
    )

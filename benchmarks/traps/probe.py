"""Run programs against a project's module: ``python probe.py MODULE < PROGRAMS.json``.

Reads ``{"programs": [...], "timed": [...]}`` and prints the outcomes as JSON:
what the last expression of each program gave, with all that was printed, or
the exception; and the least CPU seconds of each timed expression. Each program
runs in a forked child, on a freshly imported module, in the working directory.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import gc
import importlib
import io
import json
import os
import random
import sys
import time
import warnings
from typing import Any

BESIDE = {"asyncio": asyncio, "random": random, "warnings": warnings, "sys": sys, "gc": gc}
REPEATS = 5


def namespace(module: str) -> dict[str, Any]:
    """Return the module's globals and a few modules of the standard library."""
    return {**BESIDE, **vars(importlib.import_module(module))}


def outcome(module: str, program: str) -> str:
    """Return what the program came to, as text."""
    tree = ast.parse(program)
    last = tree.body.pop()
    if not isinstance(last, ast.Expr):
        raise SystemExit(f"not an expression at the end: {program}")
    names = namespace(module)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            exec(compile(tree, "<program>", "exec"), names)
            code = compile(ast.Expression(last.value), "<program>", "eval")
            result = repr(eval(code, names))
    except Exception as error:  # noqa: BLE001 - what the function raises is its outcome
        result = f"raises {type(error).__name__}: {error.args!r}"
    return f"{result} said {said.getvalue()!r}" if said.getvalue() else result


def seconds(module: str, program: str) -> float:
    """Return the least CPU time that the program takes."""
    names = namespace(module)
    code = compile(program, "<program>", "exec")
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        exec(code, names)
        times.append(time.process_time() - start)
    return min(times)


def forked(function: Any, module: str, program: str) -> Any:
    """Return what the function returns in a child process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as stream:
                json.dump(function(module, program), stream)
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else "ended without an outcome"


def main() -> None:
    """Do what stdin asks for."""
    sys.path.insert(0, os.getcwd())
    request = json.load(sys.stdin)
    module = sys.argv[1]
    answer = {
        "programs": [forked(outcome, module, one) for one in request["programs"]],
        "timed": [forked(seconds, module, one) for one in request["timed"]],
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()

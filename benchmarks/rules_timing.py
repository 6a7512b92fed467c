"""Time functions before and after a rewrite, in this interpreter: part of benchmarks/rules.py.

Reads a JSON list of ``{"before": …, "after": …, "call": …}`` and prints, for
each, a list of ``[before, after]`` in nanoseconds of processor time, the two in
turn (before, after, after, before). Needs the standard library alone, Python 3.9.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from typing import Any

TURN_NS = 5_000_000
LEAST_CALLS = 2
WARM_CALLS = 10


def quads(before: str, after: str, call: str, samples: int) -> list[tuple[int, int]]:
    """Return the times of the two functions, from batches of the same number of calls."""
    slow, fast = side(before, call), side(after, call)
    calls = batch(*slow)
    batch(*fast)
    found = []
    for _ in range(samples):
        turns = [timed(*one, calls) for one in (slow, fast, fast, slow)]
        found.append((turns[0] + turns[3], turns[1] + turns[2]))
    return found


def side(text: str, call: str) -> tuple[Callable[..., Any], Callable[[], Any]]:
    """Return the function f of a module, and what makes its arguments."""
    space: dict[str, Any] = {"__name__": "example"}
    exec(compile(text, "<example>", "exec", dont_inherit=True), space)
    code = compile(call, "<call>", "eval")
    return space["f"], lambda: eval(code, space)


def batch(function: Callable[..., Any], arguments: Callable[[], Any]) -> int:
    """Warm the function up; return how many calls take about a turn."""
    taken = timed(function, arguments, WARM_CALLS)
    return max(LEAST_CALLS, TURN_NS * WARM_CALLS // max(taken, 1))


def timed(function: Callable[..., Any], arguments: Callable[[], Any], calls: int) -> int:
    """Return the processor time of some calls, each with arguments made anew."""
    total = 0
    for _ in range(calls):
        values = arguments()
        start = time.process_time_ns()
        result = function(*values)
        if hasattr(result, "__next__"):
            for _item in result:
                pass
        total += time.process_time_ns() - start
    return total


def main() -> None:
    samples = int(sys.argv[1])
    gc.disable()
    found = []
    for case in json.load(sys.stdin):
        found.append(quads(case["before"], case["after"], case["call"], samples))
        gc.collect()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

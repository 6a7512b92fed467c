"""Functions and candidates of benchmarks/timing.py: as fast by a known factor, and cheats."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

STEPS = 100
TRIES = 3


@dataclass(frozen=True)
class Function:
    """A function whose time grows with its steps, and inputs of it.

    ``text`` is its definition with a hole for the steps.
    """

    name: str
    text: str
    inputs: tuple[Any, ...]
    module: str = ""

    def source(self, steps: int) -> str:
        """Return the definition."""
        return self.text.replace("STEPS", str(steps))

    def with_module(self, steps: int) -> str:
        """Return the text of a module that has it."""
        return f"{self.module}\n\n{self.source(steps)}"

    def nanos(self, steps: int) -> dict[int, int]:
        """Return the time in ns of a call on each input, measured here."""
        namespace: dict[str, Any] = {}
        exec(self.with_module(steps), namespace)  # the text is this file's own
        function = namespace[self.name]
        return {number: least_time(function, each) for number, each in enumerate(self.inputs)}


def least_time(function: Callable[[Any], object], value: object) -> int:
    """Return the least time of a few calls in ns."""
    found = []
    for _ in range(TRIES):
        began = time.perf_counter_ns()
        function(value)
        found.append(time.perf_counter_ns() - began)
    return max(1, min(found))


NUMBERS = """\
def numbers(n):
    total = 0
    for number in range(STEPS * n):
        total += number & 3
    return total
"""
WORDS = """\
def words(texts):
    counts = {}
    for _ in range(STEPS):
        for text in texts:
            counts[text] = counts.get(text, 0) + 1
    return counts
"""
ROWS = """\
def rows(items):
    kept = []
    for _ in range(STEPS):
        kept = [[item, str(item)] for item in items]
    return kept
"""
FUNCTIONS = (
    Function("numbers", NUMBERS, tuple(range(1, 25))),
    Function("words", WORDS, tuple([f"w{i % 7}" for i in range(n)] for n in range(1, 25))),
    Function("rows", ROWS, tuple(list(range(n)) for n in range(1, 13))),
)


@dataclass(frozen=True)
class Case:
    """A candidate, given by its source, against a function of so many steps."""

    name: str
    function: Function
    steps: int
    candidate: str


def scaled(factor: float) -> list[Case]:
    """Return cases whose candidate is ``factor`` times as fast (below 1: slower), by its steps."""
    return [
        Case(
            f"{factor:g}x {function.name}",
            function,
            round(STEPS * factor),
            function.source(STEPS),
        )
        for function in FUNCTIONS
    ]


CHEATED = """
    import queue
    import threading

    KEPT = {}
    JOBS = queue.SimpleQueue()

    def serve():
        while True:
            steps(JOBS.get())

    def steps(n):
        total = 0
        for number in range(n):
            total += number & 3
        return total

    def work(n):
        total = 0
        for number in range(n):
            total += number & 3
        return total
"""
SIZES = [200 * n for n in range(10, 34)]
CHEATS = {
    "a thread that works at once": """
        threading.Thread(target=steps, args=(n,)).start()
        return 0
    """,
    "a thread that works later": """
        def later():
            import time
            time.sleep(0.3)
            steps(n)
        threading.Thread(target=later, daemon=True).start()
        return 0
    """,
    "a thread it waits for": """
        thread = threading.Thread(target=steps, args=(n,))
        thread.start()
        thread.join()
        return 0
    """,
    "a child it waits for": """
        import os
        child = os.fork()
        if not child:
            steps(n)
            os._exit(0)
        os.waitpid(child, 0)
        return 0
    """,
    "a child it does not wait for": """
        import os
        if not os.fork():
            steps(n)
            os._exit(0)
        return 0
    """,
    "a detached child": """
        import os
        child = os.fork()
        if not child:
            if not os.fork():
                os.setsid()
                steps(n)
            os._exit(0)
        os.waitpid(child, 0)
        return 0
    """,
    "a program": """
        import subprocess, sys
        script = f"sum(i & 3 for i in range({n}))"
        subprocess.Popen([sys.executable, "-S", "-c", script])
        return 0
    """,
    "a cache": """
        if n not in KEPT:
            KEPT[n] = steps(n)
        return KEPT[n]
    """,
    "a cache in a default": """
        def keep(n, kept=KEPT):
            if n not in kept:
                kept[n] = steps(n)
            return kept[n]
        return keep(n)
    """,
    "no garbage collection": """
        import gc
        gc.disable()
        return steps(n)
    """,
    "rarer garbage collection": """
        import gc
        gc.set_threshold(10**9)
        return steps(n)
    """,
    "another clock": """
        import time
        for name in dir(time):
            if name.endswith("_ns"):
                setattr(time, name, lambda *clock: 0)
        return steps(n)
    """,
    "another clock in perfopt's worker": """
        import sys, time
        for name, module in list(sys.modules.items()):
            if name.startswith("_perfopt_worker"):
                for own in list(vars(module)):
                    if own.endswith("_ns"):
                        setattr(module, own, lambda *clock: 0)
        return steps(n)
    """,
    "a tracer that holds up the original": """
        import sys
        def trace(*event):
            return trace
        sys.settrace(trace)
        return steps(n)
    """,
}


def cheats() -> list[Case]:
    """Return candidates that hide the work they do, or do it once only."""
    module, _, definition = textwrap.dedent(CHEATED).partition("def work(")
    function = Function("work", "def work(" + definition, tuple(SIZES), module)
    return [Case(name, function, 0, cheat_source(body)) for name, body in CHEATS.items()]


def cheat_source(body: str) -> str:
    """Return the definition of a cheat."""
    return "def work(n):\n" + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ") + "\n"

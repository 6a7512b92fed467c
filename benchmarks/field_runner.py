"""Run several texts of a module on the same calls: what each gives, and how long it takes.

A script of the standard library alone: the project's interpreter runs it. The
request is JSON on stdin, the reply JSON on stdout; see ``main``.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
import math
import random
import resource
import sys
import threading
import time
from collections.abc import Callable
from types import CodeType, GeneratorType
from typing import Any

BATCH_SECONDS = 0.001
MOST_IN_BATCH = 200
STACK = 256 << 20
RECURSION = 20_000
MOST_ITEMS = 100_000
LEAST_SECONDS = 1e-7


class Capture:
    """Stands for the function in the text of a call, and gives its arguments."""

    def __call__(self, *args: Any, **named: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return args, named


def call_in(text: str) -> str:
    """Return the call of ``candidate`` that a statement holds, as an expression."""
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "candidate"
        ):
            return ast.unparse(node)
    raise ValueError(f"no call of candidate: {text[:80]}")


def form(value: Any, inside: tuple[int, ...] = ()) -> str:
    """Return a text that is equal for values of equal types and content."""
    kind = type(value).__name__
    if id(value) in inside:
        return f"<{len(inside) - inside.index(id(value))} up>"
    inside = (*inside, id(value)) if len(inside) < 200 else inside
    if isinstance(value, dict):
        pairs = (f"{form(k, inside)}: {form(v, inside)}" for k, v in value.items())
        return f"{kind}{{{', '.join(pairs)}}}"
    if isinstance(value, (set, frozenset)):
        return f"{kind}{{{', '.join(sorted(form(one, inside) for one in value))}}}"
    if isinstance(value, (list, tuple)) or kind == "deque":
        return f"{kind}[{', '.join(form(one, inside) for one in value)}]"
    if isinstance(value, (GeneratorType, map, filter, zip, range, itertools.chain)):
        return f"{kind}[{', '.join(form(one) for one in itertools.islice(value, MOST_ITEMS))}]"
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if hasattr(value, "__dict__") and not isinstance(value, type):
        return f"{kind}({form(vars(value), inside)})"
    return f"{kind} {value!r}"


def short(told: str) -> str:
    """Return the text, or a digest of a long one."""
    if len(told) <= 200:
        return told
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


class Text:
    """One text of the module, loaded."""

    def __init__(self, source: str, entry: str, helpers: str) -> None:
        self.space: dict[str, Any] = {"__name__": "subject"}
        exec(compile(source, "subject.py", "exec", dont_inherit=True), self.space)
        if helpers:
            exec(f"from {helpers} import *", self.space)
        self.space["candidate"] = Capture()
        self.make: Callable[[], Any] = eval(f"lambda: {entry}", self.space)

    def arguments(self, call: CodeType) -> tuple[tuple[Any, ...], dict[str, Any]]:
        found: tuple[tuple[Any, ...], dict[str, Any]] = eval(call, self.space)
        return found

    def outcome(self, call: CodeType) -> tuple[tuple[str, str], float, Any]:
        """Return what a call gives and its arguments afterwards, CPU seconds, and the value.

        Random numbers begin anew for each call.
        """
        args, named = self.arguments(call)
        random.seed(0)
        function = self.make()
        value = None
        start = time.thread_time()
        try:
            value = function(*args, **named)
            seconds = time.thread_time() - start
            told = form(value)
        except Exception as error:  # noqa: BLE001  (the function may raise anything)
            seconds = time.thread_time() - start
            told = f"raises {type(error).__name__} {error}"
        return (short(told), short(form((args, named)))), max(seconds, LEAST_SECONDS), value

    def seconds(self, call: CodeType, times: int) -> float:
        """Return the CPU seconds of a call, the mean of so many."""
        every = [self.arguments(call) for _ in range(times)]
        function = self.make()
        start = time.thread_time()
        try:
            for args, named in every:
                function(*args, **named)
        except Exception:  # noqa: BLE001  (the function may raise anything)
            return math.nan
        return (time.thread_time() - start) / times


def passes(text: Text, statement: str) -> bool:
    """Tell whether an assertion holds. Anything else than a failure is one, too."""
    space = {**text.space, "candidate": text.make()}
    try:
        exec(compile(statement, "assertion", "exec"), space)
    except Exception:  # noqa: BLE001  (the function may raise anything)
        return False
    return True


def literal(value: Any) -> str | None:
    """Return the value as Python that gives it again, or None."""
    try:
        text = repr(value)
        return text if form(ast.literal_eval(text)) == form(value) else None
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def measure(request: dict[str, Any]) -> dict[str, Any]:
    """Return outcomes, CPU seconds (the least of all runs) and values by text and call.

    An outcome is a pair: the value or exception, and the arguments afterwards.
    """
    sys.path.insert(0, request["folder"])
    texts = [Text(one, request["entry"], request["helpers"]) for one in request["texts"]]
    statements = request.get("asserts", ())
    failed = [[one for one in statements if not passes(text, one)][:3] for text in texts]
    calls = [compile(call_in(one), "call", "eval") for one in request["calls"]]
    found = [[text.outcome(call) for call in calls] for text in texts]
    times: list[list[float]] = [[seconds for _, seconds, _ in one] for one in found]
    for _ in range(request.get("repeats", 0)):
        for number, call in enumerate(calls):
            for text, known in zip(texts, times, strict=False):
                batch = max(1, min(MOST_IN_BATCH, int(BATCH_SECONDS / known[number])))
                known[number] = max(LEAST_SECONDS, min(known[number], text.seconds(call, batch)))
    return {
        "failed": failed,
        "outcomes": [[told for told, _, _ in one] for one in found],
        "seconds": times,
        "values": [literal(value) for _, _, value in found[0]] if request.get("values") else [],
    }


def main() -> None:
    """Answer the request: ``texts`` of a module, ``entry``, ``calls`` and ``asserts``.

    ``entry`` is an expression for the function; ``helpers`` a module in
    ``folder`` whose names calls may use. A text that can't be loaded, and a
    call that can't be read, end in ``error``.
    """
    request = json.load(sys.stdin)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    limit = math.ceil(request["limit"])
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    sys.setrecursionlimit(RECURSION)
    threading.stack_size(STACK)
    reply: dict[str, Any] = {}

    def work() -> None:
        try:
            reply.update(measure(request))
        except Exception as error:  # noqa: BLE001  (the function may raise anything)
            reply["error"] = f"{type(error).__name__}: {error}"

    out, sys.stdout = sys.stdout, sys.stderr
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    json.dump(reply or {"error": "the calls ended their thread"}, out)


if __name__ == "__main__":
    main()

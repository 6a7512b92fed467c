"""Answer calls that another worker wrote to a file: the job ``answer``.

The calls are those that shrink a difference (see ``shrink``). They are answered
with a candidate, or with the original in another process.
"""

import asyncio
import hashlib
import inspect
import logging
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import islice

from . import calls, load
from .canon_types import type_name
from .guard import Guard
from .observe import canonical, observe
from .show import show

MOST_ITEMS = 10_000
SIZED = (str, bytes, list, tuple, dict, set, frozenset)


class Answers:
    """Makes calls of a function, each twice, as nobody knows what they do."""

    def __init__(self, function, request):
        self.function = function
        self.guard = Guard()
        self.deaf = request.get("deaf", False)
        self.ulps = request.get("ulps", 0)

    def twice(self, data):
        """Return what was seen of the two calls, or None where one was stopped."""
        try:
            with self.guard:
                found = [self.observe(data) for _ in range(2)]
        except BaseException:
            return None
        opaque = any(one["how"] == "opaque" for one in found)
        return None if opaque or self.guard.stopped else found

    def observe(self, data):
        """Make a call as replay does."""
        return observe(self.function, data, False, self.ulps, thorough=True, deaf=self.deaf)

    def parts(self, data):
        """Return a digest of each part of what a call leaves, or nothing where it was stopped."""
        try:
            with self.guard:
                found = parts(self.function, data)
        except BaseException:
            return {}
        return {} if self.guard.stopped else found


class Logs(logging.Handler):
    """Keeps log records."""

    def __init__(self):
        super().__init__(level=logging.NOTSET)
        self.records = []

    def emit(self, record):
        """Keep one record."""
        self.records.append((record.name, record.levelno, str(record.msg)))


def parts(function, data):
    """Make the call; return digests of its parts, with the result's type and the arguments.

    For people only: what counts as different is told by ``observe``.
    """
    args, kwargs = calls.load(data)
    out, err, logs, generator = StringIO(), StringIO(), Logs(), sys.modules.get("random")
    if generator is not None:
        generator.seed(0)
    root = logging.getLogger()
    root.addHandler(logs)
    with warnings.catch_warnings(record=True) as caught, redirect_stdout(out), redirect_stderr(err):
        warnings.simplefilter("always")
        try:
            value = outcome(function(*args, **kwargs))
        except Exception as error:
            value = error
        finally:
            root.removeHandler(logs)
    named = ["%s=%s" % (name, show(item)) for name, item in kwargs.items()]
    return {
        "result": digest(value),
        "type": type_name(type(value)),
        "length": len(value) if type(value) in SIZED else None,
        "arguments": digest((args, kwargs)),
        "left": "(%s)" % ", ".join([*map(show, args), *named]),
        "output": digest(out.getvalue()),
        "error output": digest(err.getvalue()),
        "warnings": digest([(one.category, str(one.message)) for one in caught]),
        "log records": digest(logs.records),
        "random numbers": digest(None if generator is None else generator.getstate()),
    }


def outcome(value):
    """Return what comes of a coroutine or generator; any other value as it is."""
    if inspect.iscoroutine(value):
        return asyncio.run(value)
    return list(islice(value, MOST_ITEMS)) if inspect.isgenerator(value) else value


def digest(value):
    """Return a digest of the canonical form."""
    text = canonical(value) or "opaque"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def answer(channel, answers):
    """Answer files of calls until the parent stops asking: the job ``answer``."""
    channel.send("ready")
    while True:
        order = channel.receive()
        if order is None or order["do"] == "stop":
            return
        seen, found = [], {}
        for data in calls.read_file(order["file"]):
            answered = answers.twice(data)
            seen.append(answered)
            found = answers.parts(data) if order["parts"] else {}
        channel.send("answered", seen=seen, parts=found)


def run(channel, request):
    """The ``answer`` job: {target, sys_path, text: candidate or null, imports}; then orders."""
    load.prepare_imports(request)
    sys.dont_write_bytecode = True
    function = load.load_target(request)
    if request["text"] is not None:
        code = load.compile_definition(request["text"], request["target"])
        load.check_code(function, code)
        load.add_imports(function, request["imports"])
        function.__code__ = code
    answer(channel, Answers(function, request))

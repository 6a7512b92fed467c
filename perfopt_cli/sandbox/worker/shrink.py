"""Shrink a call that shows a difference; both sides of the work are here.

The job ``shrink`` sees the original only: it proposes smaller calls, answers
them, and writes the calls to a file. The job ``answer`` answers the calls of
such a file with a candidate, or with the original in another process. The
parent compares, and tells which proposal to go on from.
"""

import asyncio
import hashlib
import inspect
import logging
import sys
import time
import warnings
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import islice

from . import calls, load
from .canon_types import type_name
from .guard import NONSENSE, Guard
from .observe import canonical, observe
from .paste import Call
from .replay import describe
from .show import show
from .smaller import Smaller

BATCH = 40
BATCH_SECONDS = 0.05
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


class Author:
    """Proposes smaller calls that the original answers as it does the one to be shrunk."""

    def __init__(self, function, request, data):
        target = request["target"]
        self.answers = Answers(function, request)
        self.call = Call(function, target)
        self.target = target
        self.smaller = Smaller(function)
        self.first = self.data = data
        self.output = request["output"]
        self.batch = []
        self.tried = set()
        seen = self.answers.twice(data)
        self.manner = None if seen is None else manner(seen)
        self.proposals = self.propose() if self.manner is not None else iter(())

    def propose(self):
        """Yield calls smaller than the current one that were not tried yet."""
        try:
            proposals = list(self.smaller.calls(*calls.load(self.data)))
        except Exception:
            return
        for args, kwargs in proposals:
            try:
                data = calls.dump(args, kwargs)
                text = canonical(calls.load(data))
            except Exception:
                continue
            if text is not None and text not in self.tried:
                self.tried.add(text)
                yield data

    def take(self, number):
        """Go on from a call of the last batch."""
        if number is not None:
            self.data = self.batch[number]
            self.proposals = self.propose()

    def next_batch(self):
        """Write the next proposals to the file; return what the original answers to them."""
        self.batch, seen = [], []
        end = time.monotonic() + BATCH_SECONDS
        while not self.batch and time.monotonic() < end:
            for data in self.proposals:
                found = self.answers.twice(data)
                if found is not None and manner(found) == self.manner:
                    self.batch.append(data)
                    seen.append(found)
                if len(self.batch) >= BATCH or time.monotonic() > end:
                    break
            else:
                break
        calls.write_file(self.output, self.batch)
        return seen

    def finish(self):
        """Write the current call to the file; return how it reads and what it gives."""
        calls.write_file(self.output, [self.data])
        seen = self.answers.twice(self.data)
        found = None
        try:
            with self.answers.guard:
                found = self.call.write(*calls.load(self.data))
        except BaseException:
            found = None
        imports, text = found or ([], self.target["qualname"] + describe(self.data))
        return {
            "imports": imports,
            "text": text,
            "pasteable": found is not None,
            "seen": seen,
            "parts": self.answers.parts(self.data),
        }


def manner(seen):
    """Return how a call ended, or None where that makes no sense or is not twice the same."""
    one, two = seen
    if one["digest"] != two["digest"] or one["error"] in NONSENSE:
        return None
    return one["how"], one["error"]


def write(channel, author):
    """Do what the parent orders: the job ``shrink``."""
    channel.send("ready")
    while True:
        order = channel.receive()
        if order is None or order["do"] == "stop":
            return
        author.take(order.get("take"))
        if order["do"] == "propose":
            channel.send("proposed", seen=author.next_batch())
            continue
        if order["do"] == "give up":
            author.data = author.first
        channel.send("call", **author.finish())


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
    """The jobs ``shrink`` and ``answer``.

    ``shrink``: {target, calls, sys_path, index, output}; ``answer``: {target,
    sys_path, text: the candidate's or null, imports}; then orders.
    """
    load.prepare_imports(request)
    sys.dont_write_bytecode = True
    function = load.load_target(request)
    if request["job"] == "shrink":
        data = calls.read_file(request["calls"])[request["index"]]
        write(channel, Author(function, request, data))
        return
    if request["text"] is not None:
        code = load.compile_definition(request["text"], request["target"])
        load.check_code(function, code)
        load.add_imports(function, request["imports"])
        function.__code__ = code
    answer(channel, Answers(function, request))

"""Replay recorded calls of a target, by the original or by a candidate, and report what happened.

Each call is made twice: in the recorded order, and again in the reverse order,
both times on fresh copies of its arguments; a candidate that keeps something
between calls shows itself. The parent compares the reports of two processes.
"""

import asyncio
import hashlib
import inspect
import io
import logging
import reprlib
import sys
import time
import types
import warnings

from . import calls, load
from .canon import Canonizer, Opaque, length_hint

MAX_TEXT = 300
MAX_STEPS = 10_000
EARLY_STEPS = 3


class LogCapture(logging.Handler):
    """Keeps log records as (logger, level, message template)."""

    def __init__(self):
        super().__init__(level=logging.NOTSET)
        self.records = []

    def emit(self, record):
        """Keep one record."""
        self.records.append((record.name, record.levelno, str(record.msg)))


def invoke(function, args, kwargs):
    """Call the function; return ("returned", value) or ("raised", exception), and its steps."""
    steps = []
    try:
        value = function(*args, **kwargs)
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
        elif type(value) is types.GeneratorType:
            value = step_through(value, args, steps)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        return "raised", error, steps
    return "returned", value, steps


def step_through(generator, args, steps):
    """Run a generator; note after each early item how far it has read its arguments."""
    for _ in range(MAX_STEPS):
        try:
            item = next(generator)
        except StopIteration as stop:
            return stop.value
        hints = [length_hint(arg) for arg in args] if len(steps) < EARLY_STEPS else None
        steps.append((item, hints))
    generator.close()
    return "..."


def observe(function, data, compare):
    """Make one recorded call; return {digest, text, how, error, same, nanos}.

    ``how`` is returned, raised or opaque (not comparable); ``error`` names the
    type of what was raised. ``same`` tells, if compare is true, whether the
    arguments are as they were.
    """
    before = canonical(calls.load(data)) if compare else None
    args, kwargs = calls.load(data)
    out, err, logs = io.StringIO(), io.StringIO(), LogCapture()
    streams = sys.stdout, sys.stderr
    root = logging.getLogger()
    randomness = seed_random()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sys.stdout, sys.stderr = out, err
        root.addHandler(logs)
        start = time.perf_counter_ns()
        try:
            how, value, steps = invoke(function, args, kwargs)
        finally:
            nanos = time.perf_counter_ns() - start
            sys.stdout, sys.stderr = streams
            root.removeHandler(logs)
    said = [(w.category, str(w.message)) for w in caught]
    effects = (out.getvalue(), err.getvalue(), said, logs.records, randomness())
    same = before is not None and before == canonical((args, kwargs))
    seen = {"error": type(value).__name__ if how == "raised" else "", "nanos": nanos}
    try:
        writer = Canonizer()
        writer.write((how, value, steps))
        writer.write((args, kwargs))
        writer.write(effects)
    except (Opaque, Exception) as problem:
        text = str(problem) or type(problem).__name__
        return {"digest": "", "text": text, "how": "opaque", "same": False, **seen}
    digest = hashlib.sha256(writer.text().encode("utf-8", "surrogatepass")).hexdigest()
    text = how + " " + show(value if not steps else [item for item, _ in steps])
    return {"digest": digest, "text": text, "how": how, "same": same, **seen}


def show(value):
    """Return a short text of a value, for people only; nothing is decided by it."""
    shorten = reprlib.Repr()
    shorten.maxstring = shorten.maxother = 60
    try:
        return shorten.repr(value)[:MAX_TEXT]
    except Exception:
        return "<" + type(value).__name__ + ">"


def describe(data):
    """Return the arguments of a recorded call as a short text."""
    args, kwargs = calls.load(data)
    shown = [show(arg) for arg in args] + ["%s=%s" % (k, show(v)) for k, v in kwargs.items()]
    return "(" + ", ".join(shown)[: 2 * MAX_TEXT] + ")"


def seed_random():
    """Seed ``random`` where it is in use; return a function that tells its state's digest."""
    random = sys.modules.get("random")
    if random is None:
        return lambda: ""
    random.seed(0)
    return lambda: hashlib.sha256(repr(random.getstate()).encode()).hexdigest()


def canonical(value):
    """Return the canonical text of a value that no lazy part is taken from, or None."""
    writer = Canonizer()
    writer.drain = lambda iterator: writer.parts.append(str(length_hint(iterator)))
    try:
        writer.write(value)
    except Exception:
        return None
    return writer.text()


def module_state(function):
    """Return a digest by name of the module's data: globals, and attributes of its classes."""
    state = {}
    for name, value in list(function.__globals__.items()):
        if name.startswith("__") or isinstance(value, (types.ModuleType, types.FunctionType)):
            continue
        if isinstance(value, type):
            if value.__module__ == function.__module__:
                for key, item in list(vars(value).items()):
                    if not key.startswith("__") and not callable(item):
                        state[name + "." + key] = digest_of(item)
        else:
            state[name] = digest_of(value)
    return state


def digest_of(value):
    """Return a short digest of a value, or "opaque"."""
    text = canonical(value)
    if text is None:
        return "opaque"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def run(channel, request):
    """The ``replay`` job: {target, calls, sys_path, text: the candidate's or null, imports}."""
    load.prepare_imports(request)
    try:
        function = load.load_target(request)
        if request["text"] is not None:
            code = load.compile_definition(request["text"], request["target"])
            load.check_code(function, code)
            load.add_imports(function, request["imports"])
            function.__code__ = code
        recorded = calls.read_file(request["calls"])
    except load.NotLoadable as error:
        channel.send("unloadable", text=str(error))
        return
    except Exception as error:
        channel.send("unloadable", text="%s: %s" % (type(error).__name__, error))
        return
    names = set(function.__globals__)
    for turn, order in enumerate((range(len(recorded)), reversed(range(len(recorded))))):
        for index in order:
            seen = observe(function, recorded[index], compare=turn == 0)
            if request["text"] is None and turn == 0:
                seen["call"] = describe(recorded[index])
            channel.send("call", turn=turn, index=index, **seen)
    state = module_state(function)
    channel.send("state", state=state, new=sorted(set(function.__globals__) - names))

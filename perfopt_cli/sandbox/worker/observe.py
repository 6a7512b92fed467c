"""Make one recorded call and put everything that can be seen of it into a digest.

Result or exception, arguments afterwards, aliasing, output, warnings, log
records, the state of random generators, threads left running. Nothing of the
user's is asked for its ``repr``; the short texts for people are made of the
same parts.
"""

import _thread
import hashlib
import io
import logging
import random
import sys
import warnings
from collections import Counter, OrderedDict, defaultdict, deque
from operator import is_
from time import perf_counter_ns, sleep

from . import calls
from .canon import Canonizer, Floats, Opaque
from .canon_types import address
from .deep import DeepWalk
from .drive import WAYS, invoke
from .guard import LOOKING, OUTSIDE, WRITING
from .show import show

CONTAINERS = frozenset((list, dict, set, bytearray, deque, Counter, OrderedDict, defaultdict))
SOURCES = (".py", ".pyc", ".so")
MOST_EVENTS = 1000
USUAL_RECORD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
SEEDED = random.Random(0).getstate()
THREAD_WAITS = 10
THREAD_WAIT_SECONDS = 0.005


class Output(io.TextIOWrapper):
    """A text stream that keeps what is written, as text and as bytes."""

    def __init__(self):
        self.kept = io.BytesIO()
        super().__init__(self.kept, "utf-8", "surrogatepass", newline="\n", write_through=True)

    def captured(self):
        """Return what was written so far."""
        return b"closed" if self.kept.closed else self.kept.getvalue()


class Silent(logging.Handler):
    """Stands at the root, so that logging sets nothing up by itself."""

    def emit(self, record):
        """Drop the record: it was seen when it was made."""


class Events:
    """Notes what a call has the interpreter do that can be audited: files, processes, sockets.

    What is refused to a candidate, and then caught by it, shows here too.
    """

    def __init__(self):
        self.noted = None
        self.listening = False

    def begin(self):
        """Note events from here on; return the list that they go to.

        The hook comes with the first call, as it can't be taken off again and
        slows some calls down tenfold: timing, in a fork of the same process,
        is to be without.
        """
        if not self.listening:
            self.listening = True
            sys.addaudithook(self.on_event)
        self.noted = []
        return self.noted

    def on_event(self, event, details):
        """Note the event's name; of a file also whether it is to be written."""
        if self.noted is None or len(self.noted) > MOST_EVENTS:
            return
        if event == "open":
            if not str(details[0]).endswith(SOURCES):
                writing = isinstance(details[2], int) and details[2] & WRITING
                self.noted.append("open to write" if writing else "open")
        elif event.startswith(OUTSIDE) and event not in LOOKING:
            self.noted.append(event)


EVENTS = Events()


class Capture:
    """Catches what a call does beside its result."""

    def __enter__(self):
        self.out, self.err = Output(), Output()
        self.streams = sys.stdout, sys.stderr
        self.logs = []
        self.handler = Silent()
        self.factory = logging.getLogRecordFactory()
        self.threads = _thread._count()
        seed_random()
        self.filter = warnings.catch_warnings(record=True)
        self.warnings = self.filter.__enter__()
        warnings.simplefilter("always")
        self.filters = list(warnings.filters)
        sys.stdout, sys.stderr = self.out, self.err
        logging.setLogRecordFactory(self.make_record)
        self.level, self.disabled = logging.root.level, logging.root.manager.disable
        logging.disable(logging.NOTSET)
        logging.root.setLevel(1)  # what is logged below the level of the tests counts as well
        logging.getLogger().addHandler(self.handler)
        self.events = EVENTS.begin()
        return self

    def __exit__(self, *_details):
        EVENTS.noted = None
        logging.getLogger().removeHandler(self.handler)
        logging.setLogRecordFactory(self.factory)
        logging.root.setLevel(self.level)
        logging.disable(self.disabled)
        sys.stdout, sys.stderr = self.streams
        self.filter.__exit__()

    def make_record(self, *args, **kwargs):
        """Make a log record and note it, and how much was written before it."""
        record = self.factory(*args, **kwargs)
        details = (record.name, record.levelno, record.msg, record.args, bool(record.exc_info))
        self.logs.append([canonical(details), self.lengths(), record])
        return record

    def lengths(self):
        """Return how much was written to the two streams so far."""
        return len(self.out.captured()), len(self.err.captured())

    def written(self):
        """Return how much was written, logged and warned so far."""
        return *self.lengths(), len(self.logs)

    def threads_left(self):
        """Return how many threads the call left running, having waited a little for them."""
        for _ in range(THREAD_WAITS):
            if _thread._count() <= self.threads:
                break
            sleep(THREAD_WAIT_SECONDS)
        return _thread._count() - self.threads

    def effects(self):
        """Return everything that was caught."""
        said = [(one.category, one.message) for one in self.warnings]
        streams = sys.stdout is self.out, sys.stderr is self.err
        filters = None if same_items(warnings.filters, self.filters) else list(warnings.filters)
        written = self.out.captured(), self.err.captured()
        logs = [(text, at, extra_of(record)) for text, at, record in self.logs]
        return written, streams, said, filters, logs, self.events, random_state()


def extra_of(record):
    """Return what the ``extra`` of a logging call added to its record, which is made before."""
    added = {name: value for name, value in vars(record).items() if name not in USUAL_RECORD}
    return canonical(added)


def same_items(one, other):
    """Tell whether two lists hold the very same objects."""
    return len(one) == len(other) and all(map(is_, one, other))


def seed_random():
    """Seed the shared generators of random numbers."""
    random.seed(0)
    numpy = sys.modules.get("numpy")
    if hasattr(numpy, "random"):
        numpy.random.seed(0)


def random_state():
    """Return a digest of the state of the shared generators of random numbers."""
    state = random.getstate()
    state = "" if state == SEEDED else repr(state)  # its repr takes longer than most calls
    numpy = sys.modules.get("numpy")
    if hasattr(numpy, "random"):
        state += canonical(numpy.random.get_state(legacy=False)) or ""
    return digest(state)


class Played:
    """One call, made in one way, and what was seen of it."""

    def __init__(self, function, data, way, floats=None, before=None, thorough=False):
        args, kwargs = calls.load(data)
        target = function.__code__
        writer = Canonizer(target, floats, named=global_containers(function))
        with Capture() as capture:

            def look():
                return digest(canonical((args, kwargs), target) or ""), capture.written()

            start = perf_counter_ns()
            how, value, steps = invoke(function, args, kwargs, way, look if thorough else None)
            self.nanos = perf_counter_ns() - start
            self.how, self.value, self.steps = how, value, steps
            threads = capture.threads_left()
            written = capture.written()  # what is lazy in the result may write more
            self.same = before is not None and before == canonical((args, kwargs))
            self.text, self.problem = "", ""
            try:
                with DeepWalk():
                    writer.write((how, value, steps, threads, written))
                    writer.write((args, kwargs))
                    writer.write(capture.effects())
                self.text = writer.text()
            except (Opaque, Exception) as problem:
                self.problem = str(problem) or type(problem).__name__


def observe(function, data, compare, ulps=0, thorough=False, deaf=False):
    """Make one recorded call; return {digest, text, how, error, line, same, nanos}.

    ``how`` is returned, raised or opaque (not comparable); ``error`` names the
    type of what was raised, and ``line`` is the function's, where it came from
    (0: it is not known). ``same`` tells, if compare is true, whether the
    arguments are as they were. A thorough look goes between the items of
    generators, and plays them in other ways too; a deaf one drops what is sent
    to it, and nothing is sent. With ulps the digest leaves floats out, and
    ``floats`` has them.
    """
    before = canonical(calls.load(data)) if compare else None
    floats = Floats() if ulps else None
    played = Played(function, data, "full", floats, before, thorough)
    texts, problem = [played.text], played.problem
    lazy = any(step[0] == "made" for step in played.steps[:1])
    if thorough and lazy:
        for way in WAYS:
            if deaf and way == "send":
                continue
            other = Played(function, data, way, floats, thorough=True)
            texts.append(other.text)
            problem = problem or other.problem
    raised = played.how == "raised"
    error = type(played.value).__name__ if raised else ""
    line = line_of(played.value, function.__code__) if raised else 0
    seen = {"error": error, "line": line, "nanos": played.nanos}
    if problem:
        return {"digest": "", "text": problem, "how": "opaque", "same": False, **seen}
    if floats is not None:
        seen["floats"] = floats.text()
    items = [step[0] for step in played.steps if len(step) == 3]
    text = played.how + " " + show(items if lazy else played.value)
    return {
        "digest": digest("\n".join(texts)),
        "text": text,
        "how": played.how,
        "same": played.same,
        **seen,
    }


def line_of(error, code):
    """Return the last line of the code that the exception came through, or 0."""
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == code.co_filename and step.tb_lineno is not None:
            first = code.co_firstlineno
            line = step.tb_lineno if step.tb_frame.f_code.co_firstlineno >= first else line
        step = step.tb_next
    return line


def global_containers(function):
    """Return the names of the containers that global variables hold, by id.

    A result that is one of them, and not a copy, lets the caller change it.
    """
    return {
        address(value): name
        for name, value in function.__globals__.items()
        if type(value) in CONTAINERS and not name.startswith("__")
    }


def canonical(value, target=None):
    """Return the canonical text of a value that no lazy part is taken from, or None."""
    writer = Canonizer(target, draining=False)
    try:
        with DeepWalk():
            writer.write(value)
    except Exception:
        return None
    return writer.text()


def digest(text):
    """Return the digest of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

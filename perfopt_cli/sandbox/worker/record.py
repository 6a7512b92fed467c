"""Record calls of the targets while the project's tests run.

Arguments are pickled at entry, before the function can change them. Which
calls are kept: the first few of each shape (types and sizes of the arguments),
then ever rarer ones, so that a target called a million times costs a
dictionary look-up a call and, once enough was seen, nothing (3.12 and later).
"""

import os
import sys
import threading

from . import calls
from .channel import peak_memory
from .entry import arguments, size_class
from .suite import Reporter, run_pytest

MAX_CALLS = 200
FIRST_OF_SHAPE = 8
ENOUGH_SEEN = 200_000


class Target:
    """One function being recorded."""

    def __init__(self, spec):
        self.file = os.path.realpath(spec["file"])
        self.name = spec["qualname"].split(".")[-1]
        self.first = spec["first"]
        self.output = spec["calls"]
        self.shapes = {}
        self.kept = {}
        self.seen = 0
        self.refused = 0
        self.busy = False

    @property
    def full(self):
        """Whether no more calls need to be looked at."""
        return len(self.kept) >= MAX_CALLS or self.seen >= ENOUGH_SEEN

    def matches(self, code):
        """Tell whether the code object is this target's."""
        return (
            code.co_firstlineno == self.first
            and code.co_name == self.name
            and os.path.realpath(code.co_filename) == self.file
        )

    def take(self, frame):
        """Look at a call at its entry, and keep it if its shape is still wanted."""
        if self.busy:  # pickling a user's object may call the target
            return
        self.seen += 1
        args, kwargs = arguments(frame)
        shape = (tuple(map(size_class, args)), tuple((k, size_class(kwargs[k])) for k in kwargs))
        count = self.shapes[shape] = self.shapes.get(shape, 0) + 1
        if count > FIRST_OF_SHAPE and count & (count - 1):
            return
        self.busy = True
        try:
            self.kept.setdefault(calls.dump(args, kwargs))
        except Exception:
            self.refused += 1
        finally:
            self.busy = False


class MonitoringHook:
    """``sys.monitoring``: code that is no target costs one event, ever."""

    def __init__(self, targets):
        self.targets = targets
        self.by_code = {}
        self.codes = []
        self.monitoring = sys.monitoring
        self.tool = next((t for t in (4, 3, 5, 2) if self.monitoring.get_tool(t) is None), None)

    def start(self):
        """Begin; return whether it was possible."""
        if self.tool is None:
            return False
        events = self.monitoring.events
        self.monitoring.use_tool_id(self.tool, "perfopt")
        self.monitoring.register_callback(self.tool, events.PY_START, self.on_start)
        self.monitoring.set_events(self.tool, events.PY_START)
        return True

    def on_start(self, code, _offset):
        """A function begins."""
        target = self.by_code.get(id(code))
        if target is None:
            target = next((t for t in self.targets if t.matches(code)), None)
            if target is None:
                return self.monitoring.DISABLE
            self.by_code[id(code)] = target
            self.codes.append(code)  # keeps the id from being used again
        if target.full:
            return self.monitoring.DISABLE
        target.take(sys._getframe(1))
        return None

    def stop(self):
        """End."""
        self.monitoring.set_events(self.tool, 0)
        self.monitoring.free_tool_id(self.tool)


class ProfileHook:
    """``sys.setprofile``, before 3.12."""

    def __init__(self, targets):
        self.targets = targets
        self.by_code = {}
        self.codes = []

    def start(self):
        """Begin."""
        threading.setprofile(self.on_event)
        sys.setprofile(self.on_event)
        return True

    def on_event(self, frame, event, _argument):
        """Something happens in this thread; only entries of functions count."""
        if event != "call":
            return
        code = frame.f_code
        target = self.by_code.get(id(code), self)
        if target is self:
            target = next((t for t in self.targets if t.matches(code)), None)
            self.by_code[id(code)] = target
            self.codes.append(code)  # keeps the id from being used again
        if target is None:
            return
        if not target.full:
            target.take(frame)
        elif all(t.full for t in self.targets):
            self.stop()

    def stop(self):
        """End."""
        sys.setprofile(None)
        threading.setprofile(None)


class SearchPath:
    """A pytest plug-in that notes ``sys.path`` while what pytest added is still on it."""

    def __init__(self):
        self.entries = []

    def pytest_sessionfinish(self):
        """Note it at the end of the tests: pytest takes its own entries off afterwards."""
        self.entries = [entry for entry in sys.path if isinstance(entry, str)]


def run(channel, request):
    """The ``record`` job: {arguments, wanted, targets: [{file, qualname, first, calls}]}."""
    targets = [Target(spec) for spec in request["targets"]]
    hook = MonitoringHook(targets) if sys.version_info >= (3, 12) else ProfileHook(targets)
    path = SearchPath()
    hook.start()
    try:
        plugins = [Reporter(channel, request.get("wanted")), path]
        code = run_pytest(request["arguments"], plugins)
    finally:
        hook.stop()
    for index, target in enumerate(targets):
        calls.write_file(target.output, list(target.kept))
        channel.send(
            "recorded",
            target=index,
            kept=len(target.kept),
            seen=target.seen,
            refused=target.refused,
        )
    channel.send("recording", code=code, peak=peak_memory(), sys_path=path.entries)

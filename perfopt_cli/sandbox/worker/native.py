"""Tell a function's native time apart for some of its activations (Python 3.12 and later).

An event for each C call would double the time of code that makes many. So a
function is watched with them for a burst of activations in the first test
that reaches it, and in the one after the 1st, 2nd, 4th, 8th …; the share of
native time in those is taken for all.
"""

import sys
from _thread import get_ident
from time import perf_counter

ACTIVATIONS = 100
SECONDS = 0.02


class Split:
    """Stands for a function's code in the profiler while its C calls are told apart."""

    __slots__ = ("code", "depth", "left", "until")

    def __init__(self, code):
        self.code = code
        self.depth = 0
        self.left = ACTIVATIONS
        self.until = None


class Splitter:
    """Takes functions over from the tool ``timer`` while they are in a burst.

    ``elsewhere`` counts, by the id of the code, calls in other threads.
    """

    def __init__(self, tool, timer, spans, profiler, elsewhere):
        self.tool = tool
        self.timer = timer
        self.spans = spans
        self.profiler = profiler
        self.elsewhere = elsewhere
        self.splits = {}
        self.open = {}
        self.main = get_ident()
        events = sys.monitoring.events
        for event, callback in (
            (events.PY_START, self.enter),
            (events.PY_RESUME, self.enter),
            (events.PY_RETURN, self.leave),
            (events.PY_YIELD, self.leave),
        ):
            sys.monitoring.register_callback(tool, event, callback)

    def begin(self, code):
        """Start a burst; the code must not be running."""
        key = id(code)
        if key not in self.open:
            split = self.splits.setdefault(key, Split(code))
            split.left, split.until = ACTIVATIONS, None
            self.open[key] = split
            sys.monitoring.set_local_events(self.timer, code, 0)
            events = self.spans | sys.monitoring.events.CALL
            sys.monitoring.set_local_events(self.tool, code, events)

    def enter(self, code, offset):
        """The code starts, resumes or is thrown into."""
        split = self.open.get(id(code))
        if split is None:
            return
        if get_ident() != self.main:
            self.elsewhere[id(code)] = self.elsewhere.get(id(code), 0) + 1
            return
        split.depth += 1
        split.left -= 1
        if split.until is None:
            split.until = perf_counter() + SECONDS
        self.profiler._pystart_callback(split, offset)

    def leave(self, code, offset, value):
        """The code returns, yields or raises: end its burst if that is used up."""
        split = self.open.get(id(code))
        if split is None or get_ident() != self.main:
            return
        self.profiler._pyreturn_callback(split, offset, value)
        split.depth -= 1
        # Entered as one and left as the other would garble the profiler's stack.
        if split.depth <= 0 and (split.left <= 0 or perf_counter() > split.until):
            split.depth = 0
            del self.open[id(code)]
            sys.monitoring.set_local_events(self.tool, code, 0)
            sys.monitoring.set_local_events(self.timer, code, self.spans)

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
    """Takes functions over from the tool ``timer`` to the tool ``watcher`` for a burst.

    ``open`` holds those in a burst, by the id of their code; the watcher's
    events on them come here. ``elsewhere`` counts calls in other threads.
    """

    def __init__(self, watcher, timer, spans, profiler, elsewhere):
        self.watcher = watcher
        self.timer = timer
        self.spans = spans
        self.enter_profiler = profiler._pystart_callback
        self.leave_profiler = profiler._pyreturn_callback
        self.elsewhere = elsewhere
        self.splits = {}
        self.open = {}
        self.main = get_ident()

    def begin(self, code):
        """Start a burst; the code must not be running."""
        split = self.splits.setdefault(id(code), Split(code))
        split.left, split.until = ACTIVATIONS, None
        self.open[id(code)] = split
        set_events = sys.monitoring.set_local_events
        set_events(self.timer, code, 0)
        set_events(self.watcher, code, 0)  # brings back events that were switched off
        set_events(self.watcher, code, self.spans | sys.monitoring.events.CALL)

    def enter(self, code, offset):
        """Code in a burst starts, resumes or is thrown into."""
        if get_ident() != self.main:
            self.elsewhere[id(code)] = self.elsewhere.get(id(code), 0) + 1
            return
        split = self.open[id(code)]
        split.depth += 1
        split.left -= 1
        if split.until is None:
            split.until = perf_counter() + SECONDS
        self.enter_profiler(split, offset)

    def leave(self, code, offset, value):
        """Code returns, yields or raises: end its burst if that is used up."""
        split = self.open.get(id(code))
        if split is None or get_ident() != self.main:
            return
        self.leave_profiler(split, offset, value)
        split.depth -= 1
        # Entered as one and left as the other would garble the profiler's stack.
        if split.depth <= 0 and (split.left <= 0 or perf_counter() > split.until):
            split.depth = 0
            del self.open[id(code)]
            sys.monitoring.set_local_events(self.watcher, code, 0)
            sys.monitoring.set_local_events(self.timer, code, self.spans)
